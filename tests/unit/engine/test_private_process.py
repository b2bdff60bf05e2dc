import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from compose.base.clock import SystemClock
from compose.engine import private_process
from compose.engine.private_home import home_of
from compose.engine.private_process import answers, await_ready, end, find_program, is_alive, kill_all, members, spawn, start_time


class StandingClock(SystemClock):
    """A clock by which nothing ever takes too long."""

    def monotonic(self):
        return 0.0


@pytest.fixture
def tmp_path():
    """A directory whose path is short enough for a socket in it."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def home(tmp_path):
    home = home_of("x", {"XDG_STATE_HOME": str(tmp_path)})
    home.directory.mkdir(parents=True)
    return home


@pytest.fixture
def sleeper(home):
    process = spawn(("sleep", "1000"), home, {"PATH": "/usr/bin:/bin"})
    yield process
    process.kill()
    process.wait()


def serve(path, answer):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def reply():
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(answer)

    threading.Thread(target=reply, daemon=True).start()
    return listener


@pytest.mark.parametrize(
    ("answer", "good"), [(b"HTTP/1.0 200 OK\r\n\r\nOK", True), (b"HTTP/1.0 500 No\r\n\r\n", False), (b"", False)]
)
def test_only_a_good_answer_counts_as_one(tmp_path, answer, good):
    with serve(tmp_path / "s", answer):
        assert answers(tmp_path / "s") is good


def test_no_socket_is_no_answer(tmp_path):
    assert answers(tmp_path / "none") is False


def test_readiness_is_given_up_as_soon_as_the_process_ends(home):
    process = spawn(("false",), home, {"PATH": "/usr/bin:/bin"})

    assert await_ready(process, home.socket, StandingClock()) is False
    assert process.returncode == 1


def test_readiness_is_given_up_when_it_takes_too_long(home, sleeper):
    class Hasty(SystemClock):
        times = iter([0.0, 0.0, private_process.READY_SECONDS + 1])

        def monotonic(self):
            return next(self.times)

    assert await_ready(sleeper, home.socket, Hasty()) is False


def test_readiness_is_the_engine_s_answer(home, sleeper):
    with serve(home.socket, b"HTTP/1.0 200 OK\r\n\r\nOK"):
        assert await_ready(sleeper, home.socket, StandingClock()) is True


def test_a_process_is_known_by_its_start_not_only_by_its_number(sleeper):
    started = start_time(sleeper.pid)

    assert is_alive(sleeper.pid, started)
    assert not is_alive(sleeper.pid, started + 1)
    assert not is_alive(0, 0)


def test_a_process_that_only_waits_to_be_reaped_is_not_alive():
    process = subprocess.Popen(("sleep", "1000"))
    started = start_time(process.pid)
    process.kill()

    assert end(process.pid, started, 10) is True
    assert not is_alive(process.pid, started)
    process.wait()


def test_an_engine_s_processes_are_found_by_its_mark_and_killed(home, sleeper):
    assert members(home) == {sleeper.pid}

    kill_all(lambda: members(home))

    assert members(home) == set()


@pytest.mark.usefixtures("sleeper")
def test_a_process_with_another_s_mark_is_left_alone(tmp_path):
    other = home_of("y", {"XDG_STATE_HOME": str(tmp_path)})

    assert members(other) == set()


def test_a_client_of_the_engine_is_none_of_its_processes(home):
    client = subprocess.Popen(("sleep", "1000", str(home.directory)), env={"DOCKER_HOST": home.host, "PATH": "/usr/bin:/bin"})
    try:
        assert members(home) == set()
    finally:
        client.kill()
        client.wait()


def test_programs_are_found_in_the_system_s_directories_too():
    assert find_program("sh", {"PATH": "/nowhere"}) in {"/usr/bin/sh", "/bin/sh"}
