"""What the plugin says without an engine, in a pytest of its own."""

import os
import subprocess
import sys

import pytest


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "compose.testing.plugin", "-p", "no:cacheprovider", "-q", *arguments],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("compose_scope = modul", "compose_scope is one of session, package, module, class, function, not `modul`"),
        ("compose_share = all", "compose_share is one of worker, session, not `all`"),
        ("compose_timeout = 2m", "compose_timeout is a number of seconds, not `2m`"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(tmp_path, setting, said):
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{setting}\n")
    done = run(tmp_path)
    assert (done.returncode, said in done.stderr) == (4, True), done.stderr
    assert "Traceback" not in done.stderr


def test_where_no_stack_is_asked_for_nothing_is_loaded_or_said(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it(): assert not {'docker', 'yaml', 'msgspec', 'compose.api', 'compose.commands'} & sys.modules.keys()\n"
    )
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "compose" not in done.stdout
