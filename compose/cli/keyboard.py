"""Keys typed while a command runs in the foreground: read one by one, the terminal as it was afterwards."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from compose.base.errors import EngineError
from compose.cli.terminal import Relay

_SEQUENCES: Final[dict[str, str]] = {
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1bOA": "up",
    "\x1bOB": "down",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\x1b": "escape",
    "\r": "enter",
    "\n": "enter",
}
_PATIENCE_SECONDS: Final = 1.0


def keys(text: str) -> list[str]:
    """Return the keys that a terminal sent: characters, or `up`, `down`, `left`, `right`, `enter`, `escape`.

    Sequences of other keys are left out.
    """
    found: list[str] = []
    left = text
    while left:
        size = _length(left)
        piece, left = left[:size], left[size:]
        if piece in _SEQUENCES:
            found.append(_SEQUENCES[piece])
        elif len(piece) == 1:
            found.append(piece)
    return found


def _length(text: str) -> int:
    """Return how long the sequence at the beginning is (ECMA-48: parameters, then a final byte)."""
    if not text.startswith(("\x1b[", "\x1bO")) or len(text) < 3:  # noqa: PLR2004 - an introducer and a final byte
        return 1
    return next((at + 1 for at in range(2, len(text)) if "@" <= text[at] <= "~"), len(text))


class Keyboard:
    """Calls `pressed` for each key from `open` to `close`, on a thread of its own; only where there are terminals.

    Signals (Ctrl-C, Ctrl-Z) stay what they are. While the program is stopped or in the background, nothing is read.
    `resized` is called when the terminal's size changes. `open` and `close` belong to the main thread.
    """

    def __init__(self, descriptor: int, *, pressed: Callable[[str], None], resized: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._pressed = pressed
        self._relay = Relay({"SIGWINCH": resized, "SIGCONT": self.resume})
        self._before: Any = None
        self._wake, self._waker = -1, -1
        self._reading = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()

    def open(self) -> None:
        """Begin to read, if this process is the one that the terminal listens to."""
        if sys.platform == "win32" or self._thread is not None:
            return
        self._wake, self._waker = os.pipe()
        self._relay.__enter__()
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()
        self.resume()

    def pause(self) -> None:
        """Give the terminal back for a while (Ctrl-Z)."""
        with self._lock:
            self._reading.clear()
            self._restore()

    def resume(self) -> None:
        """Take the terminal again, unless the program goes on in the background."""
        with self._lock:
            if self._thread is None or not self._is_in_front():
                return
            self._take()
            self._reading.set()

    def close(self) -> None:
        """End, and leave the terminal as it was found."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._relay.__exit__(None, None, None)
        os.close(self._waker)
        self._reading.set()
        if thread is not threading.current_thread():
            thread.join(_PATIENCE_SECONDS)
        self.pause()

    def _run(self) -> None:
        while self._reading.wait():
            readable = select.select([self._descriptor, self._wake], [], [])[0]
            if self._wake in readable:
                os.close(self._wake)
                return
            if not self._reading.is_set():
                continue
            data = os.read(self._descriptor, 1024)
            if not data:
                self._reading.clear()
                continue
            for key in keys(data.decode("utf-8", "ignore")):
                self._press(key)

    def _press(self, key: str) -> None:
        try:
            self._pressed(key)
        except EngineError:
            return  # what cannot be done now is told by whoever talks to the engine all the time

    def _is_in_front(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return True  # without job control there is no background

    def _take(self) -> None:
        import termios  # noqa: PLC0415 - not everywhere
        import tty  # noqa: PLC0415 - likewise

        if self._before is None:
            self._before = termios.tcgetattr(self._descriptor)
            tty.setcbreak(self._descriptor, termios.TCSADRAIN)

    def _restore(self) -> None:
        if self._before is None:
            return
        import termios  # noqa: PLC0415 - not everywhere

        before, self._before = self._before, None
        if self._is_in_front():
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)
