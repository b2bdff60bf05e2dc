"""Lines of several containers put in the order of the engine's clock while they come."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from math import ceil

from compose.base.clock import Clock
from compose.base.events import Event, LogLine

LATENESS_SECONDS = 0.1
ROOM_LINES, ROOM_CHARACTERS = 1024, 131_072
"""How much of one source is held back at most (its last batch may go over it)."""
_GRID_SECONDS = 0.005
"""Events are released in steps of this, so that many small batches do not mean as many releases."""
_BATCH = 2048
"""Most events handed over at once, so that whoever shows them is never kept from other things for long."""

Events = Sequence[Event]
Deliver = Callable[[Events], None]


class Merger:
    """Holds every line back for a moment, in case an earlier one is still on its way; safe for several threads.

    - Each source's events keep their order. A line later than `lateness` seconds, or than there is room to wait for it,
      is passed on at once, out of order rather than lost.
    - Memory is bounded: where `deliver` is slower than the sources, those who push lines wait. Other events never wait.
    - `deliver` is called on a thread of the merger, with as many events as are due.
    """

    def __init__(self, deliver: Deliver, clock: Clock, *, lateness: float = LATENESS_SECONDS) -> None:
        self._deliver = deliver
        self._clock = clock
        self._lateness = lateness
        self._sources: dict[str, _Source] = {}
        self._heads: list[tuple[float, int, _Source]] = []
        self._order = count()
        self._latest = 0.0
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._drained = threading.Condition(self._lock)
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="engine-log-merge", daemon=True)
        self._thread.start()

    def push(self, events: Events) -> None:
        """Take events of one container, which belong after those of it taken so far; waits for room if they are lines."""
        if not events:
            return
        first = events[0]
        key, is_line = getattr(first, "container", ""), isinstance(first, LogLine)
        with self._lock:
            source = self._sources.setdefault(key, _Source())
            while is_line and source.is_full and not self._ending:
                self._drained.wait()
            due = self._due()
            for event in events:
                self._latest = max(self._latest, event.time) if is_line else self._latest
                source.add(event, event.time if is_line else self._latest, due)
            if source.is_full or not self._heads:
                self._changed.notify()
            if not source.waits:
                source.waits = True
                heapq.heappush(self._heads, (source.head_time, next(self._order), source))

    def close(self) -> None:
        """Deliver everything that is held back, and end."""
        with self._lock:
            self._ending = True
            self._changed.notify()
            self._drained.notify_all()
        self._thread.join()

    def _due(self) -> float:
        return ceil((self._clock.monotonic() + self._lateness) / _GRID_SECONDS) * _GRID_SECONDS

    def _run(self) -> None:
        while True:
            with self._lock:
                ready = self._released()
                while not ready and not self._ending:
                    self._changed.wait(self._patience())
                    ready = self._released()
                ended = self._ending and not self._heads
            if ready:
                self._deliver(ready)
            if ended:
                return

    def _patience(self) -> float | None:
        return max(0.0, min(head[2].head_due for head in self._heads) - self._clock.monotonic()) if self._heads else None

    def _released(self) -> list[Event]:
        """Return, in order, everything up to the latest one whose time to be held back is over."""
        mark = self._mark()
        ready: list[Event] = []
        had_full = False
        while self._heads and self._heads[0][0] <= mark and len(ready) < _BATCH:
            source = self._heads[0][2]
            had_full = had_full or source.is_full
            ready.append(source.take())
            if source.is_empty:
                source.waits = False
                heapq.heappop(self._heads)
            else:
                heapq.heapreplace(self._heads, (source.head_time, next(self._order), source))
        if had_full:
            self._drained.notify_all()
        return ready

    def _mark(self) -> float:
        """Return the latest time of an event whose time to be held back is over."""
        if self._ending:
            return float("inf")
        now = self._clock.monotonic()
        return max((head[2].due_time(now) for head in self._heads), default=float("-inf"))


class _Source:
    """Events of one container that are held back.

    `times` never go back: a line stamped before its predecessor (the engine stamps stdout and stderr apart) keeps its
    place. `batches` say until when what was pushed together is held back: (due, time of the last event).
    """

    def __init__(self) -> None:
        self.waits = False
        self._events: deque[tuple[float, Event]] = deque()
        self._batches: deque[tuple[float, float]] = deque()
        self._characters = 0
        self._last = 0.0

    @property
    def is_full(self) -> bool:
        return len(self._events) >= ROOM_LINES or self._characters >= ROOM_CHARACTERS

    @property
    def is_empty(self) -> bool:
        return not self._events

    @property
    def head_time(self) -> float:
        return self._events[0][0]

    @property
    def head_due(self) -> float:
        return 0.0 if self.is_full else self._batches[0][0]

    def add(self, event: Event, time: float, due: float) -> None:
        self._last = max(self._last, time)
        self._events.append((self._last, event))
        self._characters += _size(event)
        if self._batches and self._batches[-1][0] == due:
            self._batches.pop()
        self._batches.append((due, self._last))

    def due_time(self, now: float) -> float:
        """Return the time of the last event that was held back long enough; where there is no more room that is all."""
        if self.is_full:
            return self._last
        found = float("-inf")
        for due, time in self._batches:
            if due > now:
                break
            found = time
        return found

    def take(self) -> Event:
        time, event = self._events.popleft()
        self._characters -= _size(event)
        while self._batches and self._batches[0][1] <= time and (not self._events or self._events[0][0] > self._batches[0][1]):
            self._batches.popleft()
        return event


def _size(event: Event) -> int:
    return len(event.text) if isinstance(event, LogLine) else 0
