"""Events from several threads, on one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from compose.base.events import Event


class Serial:
    """Calls `emit` for some events at a time, whichever thread they come from.

    A signal handler that interrupts an emit may emit too: the lock is one that a thread can take twice.
    """

    def __init__(self, emit: Callable[[Sequence[Event]], None]) -> None:
        self._emit = emit
        self._lock = threading.RLock()

    def __call__(self, events: Sequence[Event]) -> None:
        """Emit events, when no others are being emitted."""
        with self._lock:
            self._emit(events)
