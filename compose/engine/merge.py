"""Lines of several containers put in the order of the engine's clock while they come."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable
from itertools import count

from compose.base.clock import Clock
from compose.base.events import Event, LogLine

LATENESS_SECONDS = 0.05


class Merger:
    """Holds every line back for a moment, in case an earlier one is still on its way; safe for several threads.

    A line later than that is passed on at once, out of order rather than lost. Events that are no lines come after
    the lines that were pushed before them. `deliver` is called on a thread of the merger.
    """

    def __init__(self, deliver: Callable[[Event], None], clock: Clock, *, lateness: float = LATENESS_SECONDS) -> None:
        self._deliver = deliver
        self._clock = clock
        self._lateness = lateness
        self._heap: list[tuple[float, int, Event]] = []
        self._arrivals: deque[tuple[float, float]] = deque()
        self._order = count()
        self._latest = 0.0
        self._changed = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="engine-log-merge", daemon=True)
        self._thread.start()

    def push(self, event: Event) -> None:
        """Take a line, or something that happened after the lines taken so far."""
        with self._changed:
            self._latest = max(self._latest, event.time) if isinstance(event, LogLine) else self._latest
            time = event.time if isinstance(event, LogLine) else self._latest
            heapq.heappush(self._heap, (time, next(self._order), event))
            self._arrivals.append((self._clock.monotonic() + self._lateness, time))
            if len(self._arrivals) == 1:
                self._changed.notify()

    def close(self) -> None:
        """Deliver everything that is held back, and end."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._ending and not self._due():
                    self._changed.wait(self._patience())
                ready, ended = self._released(), self._ending
            for event in ready:
                self._deliver(event)
            if ended:
                return

    def _patience(self) -> float | None:
        return max(0.0, self._arrivals[0][0] - self._clock.monotonic()) if self._arrivals else None

    def _due(self) -> bool:
        return bool(self._arrivals) and self._arrivals[0][0] <= self._clock.monotonic()

    def _released(self) -> list[Event]:
        """Return, in order, everything up to the latest one whose time to be held back is over."""
        mark, now = 0.0, self._clock.monotonic()
        while self._arrivals and (self._ending or self._arrivals[0][0] <= now):
            mark = max(mark, self._arrivals.popleft()[1])
        ready: list[Event] = []
        while self._heap and self._heap[0][0] <= mark:
            ready.append(heapq.heappop(self._heap)[2])
        return ready
