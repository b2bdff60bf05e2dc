"""A program in a real pseudo-terminal, typed at and read as a person does."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path

DEADLINE = 60


class PseudoTerminal:
    """A program whose standard streams are a terminal of `rows` and `columns`."""

    def __init__(self, command: list[str], *, folder: Path, environment: Mapping[str, str], rows: int, columns: int) -> None:
        self.ours, theirs = pty.openpty()
        self._size(rows, columns)
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.screen = b""
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )

    def _size(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows: int, columns: int) -> None:
        self._size(rows, columns)
        os.kill(self.process.pid, signal.SIGWINCH)

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def until(self, text: str) -> str:
        """Read until `text` comes, and return all up to it; what comes later is kept."""
        wanted = text.encode()
        end = time.monotonic() + DEADLINE
        while wanted not in self.screen:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} never came: {self.screen!r}"
            if select.select([self.ours], [], [], left)[0]:
                self.screen += os.read(self.ours, 65536)
        seen, _, self.screen = self.screen.partition(wanted)
        return (seen + wanted).decode()

    def wait(self) -> int:
        """Return the exit code, reading on so that the program is never held up by a full terminal."""
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            assert time.monotonic() < end, self.screen
            if select.select([self.ours], [], [], 0.05)[0]:
                self.screen += os.read(self.ours, 65536)
        return self.process.returncode

    def is_as_before(self) -> bool:
        """Whether the terminal has the modes it had at first."""
        return termios.tcgetattr(self.theirs) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)
