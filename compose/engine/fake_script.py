"""What a fake engine is told to do: how containers behave, which calls fail or wait, and whose time it lives by."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from itertools import count
from typing import Literal

from compose.base.value import Value
from compose.engine.port import Call

EPOCH = 1_700_000_000.0


class Health(Value, frozen=True, kw_only=True):
    """The healthcheck's word changes, `after` seconds from the start of the container."""

    status: Literal["starting", "healthy", "unhealthy"]
    after: float = 0.0
    exit_code: int = 0
    output: str = ""


class Exit(Value, frozen=True, kw_only=True):
    """The container's process ends, `after` seconds from its start."""

    code: int = 0
    after: float = 0.0
    oom: bool = False


class Line(Value, frozen=True, kw_only=True):
    """The container writes a line, `after` seconds from its start."""

    text: str
    stream: Literal["stdout", "stderr"] = "stdout"
    after: float = 0.0


class Script(Value, frozen=True, kw_only=True):
    """How one run of a container goes.

    `refuses` is the engine's error for the start call. A container with a healthcheck and no `health` becomes
    healthy at once.
    """

    health: tuple[Health, ...] = ()
    lines: tuple[Line, ...] = ()
    exit: Exit | None = None
    refuses: str = ""


Matches = Callable[[Call], bool]


class Gate:
    """Holds every matching call until it is opened."""

    def __init__(self, matches: Matches) -> None:
        self.matches = matches
        self.reached = threading.Event()
        self._open = threading.Event()

    def open(self) -> None:
        """Let the held calls, and all later ones, go on."""
        self._open.set()

    def pass_through(self) -> None:
        """Stand at the gate until it is open."""
        self.reached.set()
        self._open.wait()


class Fault(Value, frozen=True, kw_only=True):
    """Calls that fail.

    Those that `matches`, from the `first` such call on (1 = the first), `times` of them. With `status` 0 the
    connection is cut; `performed` = after the engine did what was asked. `path` in messages is the call's.
    """

    matches: Matches
    status: int = 500
    message: str = "fake failure"
    first: int = 1
    times: int = 1
    performed: bool = False


class ManualClock:
    """Time that stands still until a test moves it; what was due in between happens in order."""

    def __init__(self, now: float = EPOCH) -> None:
        self._now = now
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._lock = threading.RLock()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._now

    def monotonic(self) -> float:
        """Return the same seconds; they never go back."""
        return self._now

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do something at a time; at once when that is past."""
        if when <= self._now:
            action()
            return
        with self._lock:
            heapq.heappush(self._due, (when, next(self._order), action))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        until = self._now + seconds
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > until:
                    break
                when, _, action = heapq.heappop(self._due)
                self._now = max(self._now, when)
            action()
        self._now = until


class InstantClock(ManualClock):
    """Time that jumps to whatever is due next, so that nothing is ever waited for."""

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do something now, at that time."""
        with self._lock:
            self._now = max(self._now, when)
        action()
