"""Conversations of a terminal with a container."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest

from compose.engine.fake_streams import FakeConnection
from compose.engine.talk import Keys, Talk


class FakeTerminal:
    """A terminal that remembers what was done with it."""

    def __init__(self, stdin=None):
        self.stdin = stdin
        self.out = b""
        self.modes = []

    def stdout(self, data):
        self.out += data

    def stderr(self, data):
        self.out += data

    def size(self):
        return (24, 80)

    @contextmanager
    def taken(self, *, raw, resized, signalled):
        self.modes.append(("raw" if raw else "as it is", signalled is not None))
        resized()
        yield
        self.modes.append("given back")


def talk(terminal, *, tty=True, sizes=None, keys="", stdin=True):
    seen = [] if sizes is None else sizes
    return Talk(terminal, tty=tty, stdin=stdin, keys=keys, resize=lambda *size: seen.append(size) is None)


@pytest.mark.parametrize(
    ("keys", "typed", "sent", "seen"),
    [
        ("", [b"\x10\x11"], b"", True),
        ("", [b"a\x10", b"\x11b"], b"a", True),
        ("", [b"\x10", b"a", b"\x11"], b"\x10a\x11", False),
        ("", [b"\x10\x10", b"\x11"], b"\x10", True),
        ("ctrl-x", [b"abc\x18"], b"abc", True),
        ("ctrl-a,d", [b"\x01", b"d"], b"", True),
        ("ctrl-a,d", [b"d", b"\x01", b"\x01"], b"d\x01", False),
        ("a,b,a,c", [b"aba", b"bac"], b"ab", True),
    ],
)
def test_keys_are_held_back_from_what_is_typed(keys, typed, sent, seen):
    watched = Keys(keys)
    assert b"".join(watched.pass_on(data) for data in typed) == sent
    assert watched.seen is seen


def test_the_keys_end_a_conversation_that_goes_on():
    reader, writer = os.pipe()
    connection = FakeConnection([])
    one = talk(FakeTerminal(reader))
    os.write(writer, b"ls\x10\x11")
    one.hold(connection)
    os.close(reader)
    os.close(writer)
    assert (one.detached, connection.written) == (True, b"ls")


def test_a_terminal_inside_takes_the_one_outside_and_gets_its_size():
    reader, writer = os.pipe()
    terminal, sizes = FakeTerminal(reader), []
    connection = FakeConnection([b"hello"])
    connection.end()
    talk(terminal, sizes=sizes).hold(connection)
    os.close(reader)
    os.close(writer)
    assert terminal.out == b"hello"
    assert terminal.modes == [("raw", False), "given back"]
    assert set(sizes) == {(24, 80)}


def test_without_a_terminal_inside_nothing_is_resized_or_detached():
    terminal, sizes = FakeTerminal(), []
    connection = FakeConnection([])
    connection.end()
    one = talk(terminal, tty=False, sizes=sizes)
    one.hold(connection)
    assert (sizes, terminal.modes, one.detached) == ([], [("as it is", False), "given back"], False)


def test_what_runs_beside_is_told_when_it_fails():
    connection = FakeConnection([])
    connection.end()

    def fails():
        raise ValueError("beside")

    with pytest.raises(ValueError, match="beside"):
        talk(FakeTerminal(), stdin=False).hold(connection, meanwhile=fails)
