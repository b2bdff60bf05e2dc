"""Keys that a terminal sends, and the terminal afterwards."""

from __future__ import annotations

import os
import pty
import queue
import termios

import pytest

from compose.cli import keyboard
from compose.cli.keyboard import Keyboard, keys


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("d", ["d"]),
        ("lw", ["l", "w"]),
        ("\x1b[A\x1bOB\x1b[C\x1b[D", ["up", "down", "right", "left"]),
        ("\x1b", ["escape"]),
        ("\r\n", ["enter", "enter"]),
        ("\x1b[3~x", ["x"]),
        ("\x1b[1;5Cx", ["x"]),
        ("ü", ["ü"]),
    ],
)
def test_keys_are_told_apart(sent, found):
    assert keys(sent) == found


@pytest.fixture
def terminal(monkeypatch):
    ours, theirs = pty.openpty()
    monkeypatch.setattr(keyboard.Keyboard, "_is_in_front", lambda _self: True)
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_keys_are_read_without_echo_and_the_terminal_is_left_as_it_was(terminal):
    ours, theirs = terminal
    before = termios.tcgetattr(theirs)
    pressed: queue.Queue[str] = queue.Queue()
    reader = Keyboard(theirs, pressed=pressed.put, resized=lambda: None)
    reader.open()
    assert not termios.tcgetattr(theirs)[3] & (termios.ECHO | termios.ICANON)
    assert termios.tcgetattr(theirs)[3] & termios.ISIG
    os.write(ours, b"d")
    assert pressed.get(timeout=10) == "d"
    reader.pause()
    assert termios.tcgetattr(theirs) == before
    reader.resume()
    os.write(ours, b"w")
    assert pressed.get(timeout=10) == "w"
    reader.close()
    assert termios.tcgetattr(theirs) == before


def test_a_program_in_the_background_leaves_the_terminal_alone(terminal, monkeypatch):
    _, theirs = terminal
    monkeypatch.setattr(keyboard.Keyboard, "_is_in_front", lambda _self: False)
    before = termios.tcgetattr(theirs)
    reader = Keyboard(theirs, pressed=lambda _key: None, resized=lambda: None)
    reader.open()
    assert termios.tcgetattr(theirs) == before
    reader.close()
