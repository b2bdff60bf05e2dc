"""How many steps of a kind run at once: as many as the engine turns out to bear."""

from __future__ import annotations

from collections import deque

from compose.base.value import Value
from compose.plan import operation as ops


class Limits(Value, frozen=True, kw_only=True):
    """Bounds of a lane.

    `start` steps at once to begin with, at most `most`. When a full lane finishes nothing for `stall` seconds its steps
    wait rather than work (a grace period, a registry), and it is widened.
    """

    start: int
    most: int
    stall: float


_STARTS = Limits(start=8, most=64, stall=1.5)
_STOPS = Limits(start=8, most=256, stall=0.25)
_PULLS = Limits(start=16, most=64, stall=1.0)
_QUICK = Limits(start=8, most=64, stall=1.0)

_LANES: dict[type, str] = {
    ops.StartContainer: "start",
    ops.RestartContainer: "stop",
    ops.StopContainer: "stop",
    ops.RemoveContainer: "remove",
    ops.PullImage: "pull",
    ops.PushImage: "pull",
    ops.PublishProject: "pull",
    ops.BuildImage: "pull",
    ops.RunHook: "hook",
    ops.RunProvider: "hook",
}
_LIMITS = {"start": _STARTS, "stop": _STOPS, "remove": _STOPS, "pull": _PULLS, "hook": _PULLS}

_FEW, _MANY = 3, 6
"""A lane grows while fewer steps than this queue inside the engine, and shrinks when more do."""


class Lane:
    """Steps of one kind: those that are ready, and how many may run.

    The limit follows the engine: when steps take as long in company as the quickest did, there is room for more;
    when they take longer, they only queue inside the engine (the delay-based control of TCP Vegas).
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.limit = limits.start
        self.ready: deque[str] = deque()
        self.running = 0
        self._quickest: float | None = None
        self._moved = 0.0

    def take(self, now: float) -> str | None:
        """Return the next step to run, None when there is none or no room."""
        if not self.ready or self.running >= self.limit:
            return None
        if not self.running:
            self._moved = now
        self.running += 1
        return self.ready.popleft()

    def finished(self, seconds: float, now: float) -> None:
        """Learn from a step that ended after `seconds`."""
        self.running -= 1
        self._moved = now
        self._quickest = seconds if self._quickest is None else min(self._quickest, seconds)
        queued = self.limit * (1 - self._quickest / seconds) if seconds > 0 else 0.0
        if queued < _FEW and self.ready:
            self.limit = min(self._limits.most, self.limit + 1)
        elif queued > _MANY:
            self.limit = max(1, self.limit - 1)

    def stalls_at(self) -> float | None:
        """Return when the lane should be widened if nothing ends before, None when there is nothing to gain."""
        if not self.ready or self.running < self.limit or self.limit >= self._limits.most:
            return None
        return self._moved + self._limits.stall

    def widen(self, now: float) -> None:
        """Let twice as many run, because those that run wait."""
        self.limit = min(self._limits.most, self.limit * 2)
        self._moved = now


class Lanes:
    """All lanes of a run, and the user's own limit over all of them together."""

    def __init__(self, parallel: int | None) -> None:
        self._parallel = parallel
        self._lanes: dict[str, Lane] = {}
        self._running: dict[str, tuple[Lane, float]] = {}

    def add(self, step: str, operation: ops.Operation) -> None:
        """Let a step run as soon as there is room."""
        name = _LANES.get(type(operation), "quick")
        if name not in self._lanes:
            self._lanes[name] = Lane(_LIMITS.get(name, _QUICK))
        self._lanes[name].ready.append(step)

    def take(self, now: float) -> str | None:
        """Return a step that may run now."""
        if self._parallel is not None and len(self._running) >= self._parallel:
            return None
        for lane in self._lanes.values():
            step = lane.take(now)
            if step is not None:
                self._running[step] = (lane, now)
                return step
        return None

    def finished(self, step: str, now: float) -> None:
        """Give a step's room back."""
        lane, since = self._running.pop(step)
        lane.finished(now - since, now)

    def clear(self) -> list[str]:
        """Let nothing more run; return what was ready."""
        left = [step for lane in self._lanes.values() for step in lane.ready]
        for lane in self._lanes.values():
            lane.ready.clear()
        return left

    def stalls_at(self) -> float | None:
        """Return when `widen` should be called if nothing ends before."""
        times = [time for time in (lane.stalls_at() for lane in self._lanes.values()) if time is not None]
        return min(times, default=None)

    def widen(self, now: float) -> None:
        """Widen the lanes that have stalled."""
        for lane in self._lanes.values():
            due = lane.stalls_at()
            if due is not None and due <= now:
                lane.widen(now)
