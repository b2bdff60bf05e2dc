"""Hearing signals on a thread of its own, also while the main thread is about to block.

A handler in Python runs on the main thread once that gets round to it; when the signal comes just before a call that
blocks, that is not before the call returns. The interpreter's wakeup descriptor is written to in any case.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Final, Self

_PATIENCE_SECONDS: Final = 1.0
_NOBODY: Final = -1


class Wakeup:
    """Calls `heard(number)` for each of `numbers` that comes while it is entered; only in the main thread.

    Each of them needs a handler (`signal.signal`) as well, which may do nothing. Others go on to the one entered before.
    """

    def __init__(self, numbers: Collection[int], heard: Callable[[int], object]) -> None:
        self._numbers = frozenset(numbers)
        self._heard = heard
        self._read_end = self._write_end = self._outer = _NOBODY
        self._thread = threading.Thread()

    def __enter__(self) -> Self:
        self._read_end, self._write_end = os.pipe()
        if sys.platform != "win32":
            os.set_blocking(self._write_end, False)
        self._outer = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._watch, name="signals", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._outer)
        os.close(self._write_end)
        if self._thread is not threading.current_thread():
            self._thread.join(_PATIENCE_SECONDS)
        if not self._thread.is_alive():
            os.close(self._read_end)

    def _watch(self) -> None:
        while number := os.read(self._read_end, 1):
            if number[0] in self._numbers:
                self._heard(number[0])
            elif self._outer != _NOBODY:
                os.write(self._outer, number)
