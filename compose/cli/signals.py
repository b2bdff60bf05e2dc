"""Ctrl-C and SIGTERM as a request to stop that rises with each signal.

Signals reach a thread of their own through a pipe, so that whoever watches the request is called at once and
never in the middle of what the main thread is doing. While nobody watches, a signal ends the program as usual.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final, Self

from compose.commands.stopping import Cancellation

AT_ONCE: Final = 2
"""The level above which a signal ends the program whatever it is doing."""

_EXIT_CODE: Final = 130
_PATIENCE_SECONDS: Final = 1.0
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """Routes SIGINT and SIGTERM to a `Cancellation` while it is entered; only in the main thread."""

    def __init__(self, stop: Cancellation, *, leave: Callable[[int], Any] = os._exit) -> None:
        self._stop = stop
        self._leave = leave
        self._before: dict[signal.Signals, Any] = {}
        self._read_end = self._write_end = -1
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._read_end, self._write_end = os.pipe()
        self._thread = threading.Thread(target=self._watch, name="signals", daemon=True)
        self._thread.start()
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._write_end)
        if self._thread is not None:
            self._thread.join(_PATIENCE_SECONDS)
        os.close(self._read_end)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if not self._stop.is_watched:
            raise KeyboardInterrupt
        os.write(self._write_end, bytes([number]))

    def _watch(self) -> None:
        while os.read(self._read_end, 1):
            if self._stop.cancel() > AT_ONCE:
                self._leave(_EXIT_CODE)


class Suspension:
    """Gives the terminal back while Ctrl-Z stops the program, and takes it again afterwards; only in the main thread."""

    def __init__(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        self._pause = pause
        self._resume = resume
        self._before: Any = None

    def __enter__(self) -> Self:
        if hasattr(signal, "SIGTSTP"):
            self._before = signal.signal(signal.SIGTSTP, self._on_signal)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if hasattr(signal, "SIGTSTP"):
            signal.signal(signal.SIGTSTP, self._before)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._pause()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._on_signal)
        self._resume()
