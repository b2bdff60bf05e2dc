"""Ctrl-C and SIGTERM as a request to stop that rises with each signal.

They reach a thread of their own (`compose.cli.wakeup`), so that whoever watches the request is called at once and
never in the middle of what the main thread is doing. While nobody watches, a signal ends the program as usual.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final, Self

from compose.cli.wakeup import Wakeup
from compose.commands.stopping import Cancellation

AT_ONCE: Final = 2
"""The level above which a signal ends the program whatever it is doing."""

_EXIT_CODE: Final = 130
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """Routes SIGINT and SIGTERM to a `Cancellation` while it is entered; only in the main thread."""

    def __init__(self, stop: Cancellation, *, leave: Callable[[int], Any] = os._exit) -> None:
        self._stop = stop
        self._leave = leave
        self._before: dict[signal.Signals, Any] = {}
        self._wakeup = Wakeup(_SIGNALS, self._heard)

    def __enter__(self) -> Self:
        self._wakeup.__enter__()
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._wakeup.__exit__(None, None, None)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stop.is_watched:
            raise KeyboardInterrupt

    def _heard(self, _number: int) -> None:
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
