"""Both ends of interactive streams."""

from __future__ import annotations

import os
import threading

import pytest

from compose.base.errors import EngineError
from compose.engine import errors
from compose.engine.attach import Ending, attach, await_removal, interact, resize
from compose.engine.fake import FakeEngine, calls_to
from compose.engine.fake_script import Fault
from compose.engine.fake_streams import FakeConnection, frame
from tests.unit.engine.builders import PROJECT, body

SECONDS = 10


class Kept:
    """Keeps bytes by stream."""

    def __init__(self) -> None:
        self.out = b""
        self.err = b""

    def to_out(self, data: bytes) -> None:
        self.out += data

    def to_err(self, data: bytes) -> None:
        self.err += data


def test_streams_are_told_apart_without_a_terminal():
    connection, kept = FakeConnection([frame("stdout", b"out"), frame("stderr", b"err")]), Kept()
    connection.end()
    interact(connection, tty=False, stdin=None, stdout=kept.to_out, stderr=kept.to_err)
    assert (kept.out, kept.err) == (b"out", b"err")


def test_a_terminal_has_one_stream():
    connection, kept = FakeConnection([b"\x1b[1mraw"]), Kept()
    connection.end()
    interact(connection, tty=True, stdin=None, stdout=kept.to_out, stderr=kept.to_err)
    assert (kept.out, kept.err) == (b"\x1b[1mraw", b"")


def test_input_is_sent_and_its_end_told():
    ended = threading.Event()
    connection = FakeConnection(received=lambda _connection, data: ended.set() if data is None else None)
    reader, writer = os.pipe()
    os.write(writer, b"typed")
    os.close(writer)
    threading.Thread(target=lambda: (ended.wait(SECONDS), connection.end()), daemon=True).start()
    interact(connection, tty=False, stdin=reader, stdout=Kept().to_out, stderr=Kept().to_err)
    os.close(reader)
    assert (connection.written, connection.input_ended) == (b"typed", True)


def test_the_end_of_the_other_side_ends_it_while_it_takes_no_more_input():
    closed, writing = threading.Event(), threading.Event()

    def stuck(_connection, _data):
        writing.set()
        assert closed.wait(SECONDS), "closing ends a write that is blocked"

    connection = FakeConnection(closing=lambda _stream: closed.set(), received=stuck)
    reader, writer = os.pipe()
    os.write(writer, b"too much")
    threading.Thread(target=lambda: (writing.wait(SECONDS), connection.end()), daemon=True).start()
    interact(connection, tty=False, stdin=reader, stdout=Kept().to_out, stderr=Kept().to_err)
    assert closed.is_set()
    os.close(reader)
    os.close(writer)


def test_the_end_of_the_other_side_ends_it_while_nobody_types():
    connection = FakeConnection()
    connection.end()
    reader, writer = os.pipe()
    interact(connection, tty=False, stdin=reader, stdout=Kept().to_out, stderr=Kept().to_err)
    os.write(writer, b"still ours")
    assert os.read(reader, 100) == b"still ours"
    os.close(reader)
    os.close(writer)
    assert connection.written == b""


def test_a_broken_connection_is_an_error():
    connection = FakeConnection()
    connection.cut(errors.connection_lost("POST /attach", "reset"))
    with pytest.raises(EngineError):
        interact(connection, tty=False, stdin=None, stdout=Kept().to_out, stderr=Kept().to_err)


def add(engine: FakeEngine) -> str:
    with engine.world.lock:
        return engine.world.add_container(f"{PROJECT}-web-1", body("web")).id


def test_only_what_is_wanted_is_asked_for():
    engine = FakeEngine()
    identifier = add(engine)
    attach(engine, identifier, stdin=True, detach_keys="ctrl-x")
    query = {key: value for key, value in engine.calls[-1].query.items() if value is not None}
    assert query == {"stream": True, "stdin": True, "stdout": True, "stderr": True, "detachKeys": "ctrl-x"}


def test_a_size_that_cannot_be_set_now_is_no_error_but_a_lost_engine_is():
    engine = FakeEngine()
    identifier = add(engine)
    assert resize(engine, identifier, rows=1, columns=2)
    assert engine.calls[-1].query == {"h": 1, "w": 2}
    assert not resize(engine, "f" * 64, rows=1, columns=2)
    engine.fail(Fault(matches=calls_to("POST", "/resize"), status=0))
    with pytest.raises(EngineError):
        resize(engine, identifier, rows=1, columns=2)


def test_an_end_is_awaited_from_before_the_start():
    engine, codes = FakeEngine(), []
    identifier = add(engine)
    waiting = threading.Thread(target=lambda: codes.append(Ending(engine, identifier).code()))
    waiting.start()
    while identifier not in engine.world.waiters:
        threading.Event().wait(0.001)
    with engine.world.lock:
        engine.world.start(engine.world.containers[identifier])
        engine.world.die(engine.world.containers[identifier], 9)
    waiting.join(SECONDS)
    assert codes == [9]


def test_a_removal_that_is_over_needs_no_wait():
    engine = FakeEngine()
    await_removal(engine, "f" * 64)
    engine.fail(Fault(matches=calls_to("POST", "/wait"), status=500))
    with pytest.raises(EngineError):
        await_removal(engine, "f" * 64)
