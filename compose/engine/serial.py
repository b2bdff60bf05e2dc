"""Events from several threads, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from compose.base.events import Event


class Serial:
    """Calls `emit` for one event at a time, whichever thread it comes from.

    A signal handler that interrupts an emit may emit too: the lock is one that a thread can take twice.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._lock = threading.RLock()

    def __call__(self, event: Event) -> None:
        """Emit an event, when no other is being emitted."""
        with self._lock:
            self._emit(event)
