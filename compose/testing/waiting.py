"""Waiting for conditions of a service, and noticing at once when its containers end meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Self

from compose.base.clock import SystemClock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, EngineError
from compose.commands.stopping import Cancellation
from compose.engine.events import Occurrence
from compose.engine.lookout import Lookout, Seen
from compose.engine.workers import Workers
from compose.health.observation import GONE, Observation
from compose.testing.ready import Condition, Exited, Log

if TYPE_CHECKING:
    from compose.testing.service import StackService

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.025, 0.5, 1.3
_ENDED = frozenset({"exited", "dead", GONE})


class Ends:
    """Knows which of a service's containers have ended, from the engine's events."""

    def __init__(self, service: StackService) -> None:
        project = service.stack.project
        self._lookout = Lookout(project.engine, project.name, SystemClock())
        self._changed = threading.Condition()
        self._ended: dict[str, Observation] = {}
        self.containers = tuple(one.id for one in service.containers())
        self._lookout.listen(self)
        for one in service.containers():
            self._lookout.call(partial(self._lookout.watch, one.id, name=one.name, service=service.name, number=one.number))
        self._lookout.subscribe()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self._lookout.close()

    @property
    def ended(self) -> tuple[Observation, ...]:
        """The containers that have ended."""
        with self._changed:
            return tuple(self._ended.values())

    def within(self, seconds: float, *, of: int = 1) -> bool:
        """Wait until so many have ended, for at most so long; return whether they have."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._ended) >= of, timeout=seconds)

    # -- on the lookout's thread

    def seen(self, seen: Seen) -> None:
        """Take in whether a container runs."""
        found = seen.observation
        with self._changed:
            if found.state in _ENDED:
                self._ended[found.id] = found
            else:
                self._ended.pop(found.id, None)
            self._changed.notify_all()

    def happened(self, occurrence: Occurrence) -> None:
        """Do nothing: the lookout looks."""

    def lost(self, error: EngineError) -> None:
        """Do nothing: the conditions' own calls fail."""


def wait_together(wanted: Mapping[StackService, Sequence[Condition]], timeout: float) -> Diagnostic | None:
    """Wait for conditions of several services at once; return what is wrong with the first that does not get there."""
    inbox: SimpleQueue[Diagnostic | BaseException | None] = SimpleQueue()
    workers = Workers(name="compose-ready")

    def one(service: StackService, conditions: Sequence[Condition]) -> None:
        try:
            inbox.put(wait(service, conditions, timeout))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            inbox.put(error)

    for service, conditions in wanted.items():
        workers.submit(partial(one, service, conditions))
    try:
        for _ in wanted:
            found = inbox.get()
            if isinstance(found, BaseException):
                raise found
            if found is not None:
                return found  # the others notice when their containers go, or their time is over
    finally:
        workers.close()
    return None


def wait(service: StackService, conditions: Sequence[Condition], timeout: float) -> Diagnostic | None:
    """Wait until the conditions hold, one after the other; return what is wrong when one does not."""
    clock = SystemClock()
    deadline = clock.monotonic() + timeout
    with Ends(service) as ends:
        for condition in conditions:
            left = deadline - clock.monotonic()
            wrong = _kinds(condition)(service, condition, ends, left)
            if wrong:
                late = deadline - clock.monotonic() <= 0
                return _diagnostic(service.name, wrong, timeout if late and not ends.ended else None)
    return None


def _kinds(condition: Condition) -> Callable[[StackService, Condition, Ends, float], str]:
    return _exit if isinstance(condition, Exited) else _line if isinstance(condition, Log) else _poll


def _poll(service: StackService, condition: Condition, ends: Ends, seconds: float) -> str:
    """Ask again and again until nothing is lacking; the pause is cut short when a container ends."""
    clock = SystemClock()
    deadline, pause = clock.monotonic() + seconds, _FIRST_PAUSE
    while lacking := _lacking(condition, service):
        left = deadline - clock.monotonic()
        if ends.within(max(0.0, min(pause, left))):
            return f"{_end(ends.ended[0])}; {lacking}"
        if left <= 0:
            return lacking
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
    return ""


def _lacking(condition: Condition, service: StackService) -> str:
    try:
        return condition.lacks(service)
    except ComposeError as error:
        return str(error)


def _exit(service: StackService, condition: Condition, ends: Ends, seconds: float) -> str:
    assert isinstance(condition, Exited)
    if not ends.within(max(0.0, seconds), of=len(ends.containers)):
        return condition.lacks(service) or "has not ended"
    wrong = [one for one in ends.ended if one.exit_code not in condition.codes]
    return _end(wrong[0]) if wrong else ""


def _line(service: StackService, condition: Condition, ends: Ends, seconds: float) -> str:
    """Follow what is written until enough of it matches, or its writer ends."""
    assert isinstance(condition, Log)
    stop = Cancellation()
    alarm = threading.Timer(max(0.0, seconds), stop.cancel)
    alarm.start()
    found = 0
    try:
        ended = service.last_ended_at()
        since = f"{ended:.9f}" if ended else ""
        for line in service.stack.project.logs(service.name, follow=True, since=since, stop=stop):
            found += condition.matches(line.text)
            if found >= condition.count:
                return ""
    finally:
        alarm.cancel()
    missing = f"`{condition.pattern}` was written {found} of {condition.count} times"
    return f"{_end(ends.ended[0])}; {missing}" if ends.within(0.5 if not stop.level else 0.0) else missing


def _end(seen: Observation) -> str:
    if seen.state == GONE:
        return f"container {seen.name} was removed"
    return f"container {seen.name} exited ({seen.exit_code}{', out of memory' if seen.oom_killed else ''})"


def _diagnostic(service: str, wrong: str, seconds: float | None) -> Diagnostic:
    after = f" after {seconds:.3g} seconds" if seconds is not None else ""
    return Diagnostic(severity="error", code="not-ready", summary=f"`{service}` is not ready{after}: {wrong}")
