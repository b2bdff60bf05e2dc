"""Which libraries a command may load: what it does not need would only make it slower to start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import json, sys
from compose.cli import start
codes = []
start.leave = codes.append
start.run()
code = codes[0]
sys.stdout.flush()
json.dump({"code": code, "modules": sorted(sys.modules)}, open(sys.argv.pop(), "w"))
"""

HEAVY = frozenset(
    {
        "docker",
        "requests",
        "urllib3",
        "networkx",
        "watchfiles",
        "pydantic",
        "jsonschema",
        "rich",
        "asyncio",
        "socket",
        "ssl",
        "yaml",
        "typer",
        "typing_extensions",
    }
)


def loaded(tmp_path, *arguments, **environ):
    """Run a command line in a new interpreter and return its exit code and the names of all modules it loaded."""
    report = tmp_path / "report.json"
    probe = PROBE.replace("sys.argv.pop()", repr(str(report)))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environ}
    subprocess.run(
        [sys.executable, "-c", probe, *arguments], cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=60
    )
    found = json.loads(report.read_text())
    return found["code"], set(found["modules"])


@pytest.mark.parametrize("arguments", [(), ("--help",), ("version",), ("version", "--short"), ("nope",), ("engine",)])
def test_without_a_project_or_an_engine_no_library_loads(tmp_path, arguments):
    _, modules = loaded(tmp_path, *arguments)
    assert HEAVY & modules == set()
    assert not any(name.startswith(("compose.load", "compose.engine", "compose.source")) for name in modules)


def test_help_loads_no_command(tmp_path):
    _, modules = loaded(tmp_path, "--help")
    assert not any(name.startswith("compose.cli.commands.") for name in modules)


def test_a_command_loads_no_other(tmp_path):
    _, modules = loaded(tmp_path, "version")
    assert {name for name in modules if name.startswith("compose.cli.commands.")} == {"compose.cli.commands.version"}


@pytest.mark.parametrize("arguments", [("--help",), ("version",)])
def test_a_terminal_view_is_not_loaded_where_nothing_is_shown(tmp_path, arguments):
    _, modules = loaded(tmp_path, *arguments)
    assert not any(name.startswith(("compose.view.screen", "compose.view.progress_layout")) for name in modules)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "compose.yaml").write_text(
        "name: p\nservices:\n  web:\n    image: busybox\n    depends_on: [db]\n  db:\n    image: busybox\n"
    )
    return Path(tmp_path)


@pytest.mark.parametrize("arguments", [("config", "-q"), ("config",), ("config", "--services"), ("config", "--hash", "*")])
def test_reading_a_valid_project_loads_yaml_and_nothing_else(project, arguments):
    code, modules = loaded(project, *arguments)
    assert code == 0
    assert HEAVY & modules == {"yaml"}
    assert not any(name.startswith("compose.engine") for name in modules)


def test_checking_a_valid_project_does_without_much_of_the_standard_library(project):
    _, modules = loaded(project, "config", "-q")
    assert {"difflib", "inspect", "ipaddress", "pathlib", "shutil", "subprocess", "traceback", "urllib"} & modules == set()
    assert not any(name.startswith(("compose.view.make", "compose.view.diagnostics", "compose.load.encode")) for name in modules)


def test_an_engine_on_this_machine_is_asked_without_docker_py(project):
    code, modules = loaded(project, "-p", "p", "ps", DOCKER_HOST="unix:///nowhere/docker.sock")
    assert code == 1
    assert HEAVY & modules <= {"socket", "ssl"}


@pytest.mark.parametrize("arguments", [("up", "--nope"), ("up", "-d", "--build", "--no-build")])
def test_a_mistake_in_flags_costs_no_library(tmp_path, arguments):
    code, modules = loaded(tmp_path, *arguments)
    assert code == 1
    assert {"docker", "requests", "urllib3", "networkx", "watchfiles", "pydantic", "jsonschema", "rich"} & modules == set()


def test_the_pytest_plugin_loads_next_to_nothing_before_a_test_asks_for_a_stack():
    script = "import pytest, sys; before = set(sys.modules); import compose.testing.plugin; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    own = {"compose", "compose.base", "compose.base.version", "compose.testing", "compose.testing.plugin"}
    assert set(done.stdout.split()) <= own


def run(tmp_path, script):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COMPOSE": f"{sys.executable} -m compose"}
    return subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_reader_that_goes_away_is_no_reason_to_complain(project):
    done = run(project, "$COMPOSE config | true; echo ${PIPESTATUS[0]}")
    assert done.stdout.strip() in {"0", "141"}
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the kernel has no device that is always full")
def test_a_full_disk_is_told(project):
    done = run(project, "$COMPOSE version > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "error[cannot-write]: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_streams_may_be_closed(project, closed):
    assert run(project, f"$COMPOSE version {closed}").returncode == 0
