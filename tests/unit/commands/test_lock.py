from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from compose.base.errors import Cancelled
from compose.commands.lock import locked, path_of
from compose.commands.session import GlobalOptions
from compose.commands.stopping import Cancellation


@pytest.fixture
def session(tmp_path):
    """Make a session of a process: only what a lock needs of it, with what was said in `said`."""

    def make(**options):
        said = []
        return SimpleNamespace(
            options=GlobalOptions(**options),
            environ={"XDG_RUNTIME_DIR": str(tmp_path)},
            engine=SimpleNamespace(address="unix:///run/docker.sock"),
            stop=Cancellation(),
            said=said,
            warned=threading.Event(),
            warn=lambda *diagnostics: said.extend(diagnostics),
        )

    return make


def waiting(session):
    """Let the session tell when it begins to wait."""
    told, keep = threading.Event(), session.warn
    session.warn = lambda *diagnostics: (keep(*diagnostics), told.set())
    return told


def test_the_second_waits_and_names_the_first(session):
    first, second = session(), session()
    order = []

    def run():
        with locked(second, "p", "up"):
            order.append("second")

    told = waiting(second)
    thread = threading.Thread(target=run)
    with locked(first, "p", "up"):
        thread.start()
        assert told.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    (note,) = second.said
    assert note.code == "project-locked"
    assert note.summary.startswith("`compose up` (process ")


def test_another_project_or_engine_does_not_wait(session):
    other = session()
    other.engine.address = "tcp://there:2375"
    with locked(session(), "p", "up"), locked(session(), "q", "up"), locked(other, "p", "up"):
        pass


def test_a_dry_run_takes_no_lock(session):
    with locked(session(), "p", "up"), locked(session(dry_run=True), "p", "up"):
        pass


def test_waiting_can_be_given_up(session):
    first, second = session(), session()
    told = waiting(second)
    failed = []

    def run():
        try:
            with locked(second, "p", "up"):
                failed.append("got it")
        except Cancelled:
            failed.append("cancelled")

    with locked(first, "p", "up"):
        thread = threading.Thread(target=run)
        thread.start()
        assert told.wait(10)
        second.stop.cancel()
        thread.join(10)
    assert failed == ["cancelled"]


def test_the_lock_is_free_after_a_failure(session):
    with pytest.raises(ZeroDivisionError), locked(session(), "p", "up"):
        raise ZeroDivisionError
    free = session()
    with locked(free, "p", "up"):
        pass
    assert free.said == []


def test_without_a_runtime_directory_the_state_directory_serves(tmp_path):
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    assert path_of(environ, "a", "p").is_relative_to(tmp_path)
    assert path_of(environ, "a", "p") != path_of(environ, "b", "p")
