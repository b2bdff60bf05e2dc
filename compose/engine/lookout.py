"""What is known of a project's containers, kept up to date by the engine's events.

One thread, one subscription. Events only say where to look: what counts is what an inspect call answers. There is
no tick; the thread sleeps until something happens or a deadline comes.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import Protocol

from compose.base.clock import Clock
from compose.base.errors import EngineError
from compose.base.events import HealthChanged
from compose.base.value import Value
from compose.engine.errors import NOT_FOUND, internal
from compose.engine.events import Interrupted, Occurrence, Opened, Signal, Subscription
from compose.engine.port import Call, Engine, path
from compose.engine.workers import Workers
from compose.health.observation import Observation, from_inspect, gone
from compose.health.tracker import HealthTracker

_LOOKS = 8
"""Inspect calls at once."""
_GIVE_UP_SECONDS = 30.0
"""For how long an engine may be out of reach before those who wait are told."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class Seen(Value, frozen=True, kw_only=True):
    """A container was looked at; `change` is there when its state is another than before.

    `order` tells when the look began, in the lookout's own counting (`Lookout.mark`).
    """

    observation: Observation
    order: int
    change: HealthChanged | None = None


class Listener(Protocol):
    """Someone who wants to know; called on the lookout's thread, must not block and must not raise."""

    def seen(self, seen: Seen) -> None:
        """A container of interest was looked at."""
        ...

    def happened(self, occurrence: Occurrence) -> None:
        """Something happened to a container of the project, of interest or not."""
        ...

    def lost(self, error: EngineError) -> None:
        """The engine is out of reach for too long."""
        ...


class _Known(Value, frozen=True, kw_only=True):
    name: str
    service: str
    number: int


class Lookout:
    """Watches the containers it is asked to watch.

    Methods that say so must be called on the lookout's own thread, which `call` does for others. `interruptions` counts
    how often the event stream broke, as it does when the engine ends.
    """

    def __init__(self, engine: Engine, project: str, clock: Clock) -> None:
        self.tracker = HealthTracker()
        self.interruptions = 0
        self._engine = engine
        self._project = project
        self._clock = clock
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._known: dict[str, _Known] = {}
        self._looking: dict[str, bool] = {}
        self._troubled: dict[str, tuple[float, float]] = {}
        self._listeners: list[Listener] = []
        self._workers = Workers(_LOOKS, name="engine-look")
        self._subscription: Subscription | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def call(self, function: Callable[[], None]) -> None:
        """Run a function on the lookout's thread, soon."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="engine-lookout", daemon=True)
                self._thread.start()
        self._inbox.put(function)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` from now on."""
        self.call(partial(self._listeners.append, listener))

    def close(self) -> None:
        """End the thread and the subscription; nobody is told anything afterwards."""
        self._closed.set()
        with self._lock:
            if self._subscription is not None:
                self._subscription.close()
        self._inbox.put(_nothing)
        self._workers.close()

    def subscribe(self) -> None:
        """Follow events from now on; once the stream is open, everything of interest is looked at again."""
        with self._lock:
            if self._subscription is None and not self._closed.is_set():
                self._subscription = Subscription(self._engine, self._project, self._deliver, self._clock)

    # -- on the lookout's thread

    def mark(self) -> int:
        """Return a number that every look from now on will exceed (own thread)."""
        return next(self._order)

    def watch(self, container: str, *, name: str, service: str, number: int) -> None:
        """Be interested in a container id, and look at it (own thread)."""
        self._known.setdefault(container, _Known(name=name, service=service, number=number))
        self.look(container)

    def look(self, container: str) -> None:
        """Inspect a container of interest now; if that is under way, once more when it is done (own thread)."""
        if container in self._looking:
            self._looking[container] = True
            return
        self._looking[container] = False
        self._workers.submit(partial(self._inspect, container, next(self._order)))

    def tell(self, seen: Seen) -> None:
        """Let every listener know of something that is known by other means than a look (own thread)."""
        for listener in self._listeners:
            listener.seen(seen)

    def after(self, seconds: float, function: Callable[[], None]) -> None:
        """Run a function in so many seconds (own thread)."""
        heapq.heappush(self._timers, (self._clock.monotonic() + seconds, next(self._order), function))

    def _deliver(self, signal: Signal) -> None:
        """Take a signal (on the subscription's thread)."""
        self.call(partial(self._signalled, signal))

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                task = self._inbox.get(timeout=self._patience())
            except Empty:
                task = _nothing
            if self._closed.is_set():
                return
            try:
                task()
                self._ring()
            except Exception as error:  # noqa: BLE001 - whoever waits must learn of it, or would wait for ever
                self._tell_lost(internal(error))

    def _patience(self) -> float | None:
        return max(0.0, self._timers[0][0] - self._clock.monotonic()) if self._timers else None

    def _ring(self) -> None:
        while self._timers and self._timers[0][0] <= self._clock.monotonic():
            heapq.heappop(self._timers)[2]()

    def _signalled(self, signal: Signal) -> None:
        if isinstance(signal, Opened | Interrupted):
            self.interruptions += isinstance(signal, Interrupted) or signal.again
            self._look_at_all()  # without events it is looked instead; an engine that is not there is told by the looks
        else:
            if signal.container in self._known:
                self.look(signal.container)
            for listener in self._listeners:
                listener.happened(signal)

    def _look_at_all(self) -> None:
        for container in self._known:
            self.look(container)

    def _inspect(self, container: str, order: int) -> None:
        """Look at a container (on a worker)."""
        try:
            answer = self._engine.call(Call(method="GET", path=path("/containers/{}/json", container)))
            self.call(partial(self._looked, container, from_inspect(answer), order))
        except EngineError as error:
            if error.status == NOT_FOUND:
                known = self._known[container]
                found = gone(container, name=known.name, service=known.service, number=known.number)
                self.call(partial(self._looked, container, found, order))
            else:
                self.call(partial(self._failed, container, error))
        except Exception as error:  # noqa: BLE001 - an answer that makes no sense must end the wait too
            self.call(partial(self._tell_lost, internal(error)))

    def _looked(self, container: str, found: Observation, order: int) -> None:
        self._troubled.pop(container, None)
        again = self._looking.pop(container)
        change = self.tracker.apply(found, self._clock.now())
        self.tell(Seen(observation=found, change=change, order=order))
        if again:
            self.look(container)

    def _failed(self, container: str, error: EngineError) -> None:
        """Look again later, a little later each time, until it has gone on for too long."""
        del self._looking[container]
        now = self._clock.monotonic()
        since, pause = self._troubled.get(container, (now, _FIRST_PAUSE))
        if now - since >= _GIVE_UP_SECONDS:
            self._tell_lost(error)
            return
        self._troubled[container] = (since, min(pause * 2, _LONGEST_PAUSE))
        self.after(pause, partial(self.look, container))

    def _tell_lost(self, error: EngineError) -> None:
        for listener in self._listeners:
            listener.lost(error)


def _nothing() -> None:
    """Wake the thread."""
