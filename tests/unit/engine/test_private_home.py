import shutil
import tempfile
from pathlib import Path

import pytest

from compose.base.errors import ComposeError
from compose.engine.private_home import Record, Traces, home_of, homes, not_installed


@pytest.fixture
def tmp_path():
    """A directory whose path is short enough for a socket in it."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    yield path
    shutil.rmtree(path)


def environ(path):
    return {"XDG_STATE_HOME": str(path)}


@pytest.mark.parametrize("name", ["default", "a", "test-2", "x.y_z"])
def test_socket_is_where_other_commands_look_for_it(tmp_path, name):
    home = home_of(name, environ(tmp_path))

    assert home.host == f"unix://{tmp_path}/compose-reconciler/engine/{name}/docker.sock"


def test_without_a_state_directory_the_user_s_own_is_taken():
    assert str(home_of("default", {"HOME": "/home/x"}).directory) == "/home/x/.local/state/compose-reconciler/engine/default"


@pytest.mark.parametrize("name", ["", "A", "-x", ".x", "a/b", "..", "a b", "x" * 33])
def test_names_that_cannot_be_a_directory_are_refused(tmp_path, name):
    with pytest.raises(ComposeError) as caught:
        home_of(name, environ(tmp_path))

    assert caught.value.diagnostics[0].code == "engine-name"


def test_a_path_the_kernel_would_cut_is_refused(tmp_path):
    with pytest.raises(ComposeError) as caught:
        home_of("default", environ(tmp_path / ("x" * 100)))

    assert caught.value.diagnostics[0].code == "engine-socket-path"


def test_note_is_read_as_it_was_written(tmp_path):
    home = home_of("default", environ(tmp_path))
    home.directory.mkdir(parents=True)
    record = Record(
        kind="docker", pid=7, started=9, traces=Traces(bridge="ce-1", filters=("/sbin/iptables",), sysctls={"a": "1"})
    )

    home.write(record)

    assert home.read() == record
    assert [other.name for other in homes(environ(tmp_path))] == ["default"]


@pytest.mark.parametrize("text", ["", "{", '{"kind":"other"}'])
def test_a_note_that_cannot_be_read_counts_as_none(tmp_path, text):
    home = home_of("default", environ(tmp_path))
    home.directory.mkdir(parents=True)
    home.record_file.write_text(text)

    assert home.read() is None


def test_there_are_no_engines_without_a_directory(tmp_path):
    assert homes(environ(tmp_path)) == []


@pytest.mark.parametrize(("keep", "left"), [(True, ["data"]), (False, None)])
def test_clearing_keeps_the_data_only_when_asked(tmp_path, keep, left):
    home = home_of("default", environ(tmp_path))
    for folder in (home.data, home.programs):
        folder.mkdir(parents=True)
    home.log.write_text("x")

    home.clear(keep_data=keep)

    assert (sorted(entry.name for entry in home.directory.iterdir()) if home.directory.exists() else None) == left


def test_missing_programs_are_named_with_the_command_that_installs_them():
    error = not_installed(["dockerd", "runc"], ("docker.io",), kind="docker-rootless")

    assert error.diagnostics[0].summary == "no program `dockerd`, `runc` on this machine"
    assert "compose engine start --rootless --install" in error.diagnostics[0].hint
