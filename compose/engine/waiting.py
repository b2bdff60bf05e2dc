"""Waits for conditions of dependencies, decided the moment the engine knows; no wait holds a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.base.events import HealthChanged
from compose.base.place import Span
from compose.base.value import Value
from compose.engine.events import Occurrence
from compose.engine.logs import tail
from compose.engine.lookout import Lookout, Seen
from compose.engine.port import Call, Engine, path
from compose.engine.workers import Workers
from compose.health.conditions import Failed, Met, Pending
from compose.health.diagnose import diagnose, timed_out
from compose.health.observation import Observation, from_inspect
from compose.plan.operation import Target, WaitCondition

_LOG_LINES = 10
_THREADS = 4


class Resolution(Value, frozen=True, kw_only=True):
    """How a wait ended: well, without a diagnostic; `early`, because our own probe passed before the engine's."""

    diagnostic: Diagnostic | None = None
    early: bool = False


Done = Callable[[Resolution], None]
Changed = Callable[[HealthChanged], None]


class _Wait:
    def __init__(
        self, operation: WaitCondition, containers: Mapping[str, Target], span: Span | None, since: float, done: Done
    ) -> None:
        self.operation = operation
        self.containers = containers
        self.span = span
        self.since = since
        self.done = done
        self.mark = 0
        self.unseen = set(containers)
        self.over = False


class Waiter:
    """Resolves wait operations through one lookout.

    A condition is looked at immediately; only when it is not decided by then are events followed. A container that
    can no longer satisfy it ends the wait at once. `changed` is told of every change of a container waited for.
    """

    def __init__(self, engine: Engine, lookout: Lookout, clock: Clock, changed: Changed) -> None:
        self._engine = engine
        self._lookout = lookout
        self._clock = clock
        self._changed = changed
        self._waits: list[_Wait] = []
        self._by_container: dict[str, list[_Wait]] = {}
        self._workers = Workers(_THREADS, name="engine-diagnose")
        lookout.listen(self)

    def wait(self, operation: WaitCondition, containers: Mapping[str, Target], done: Done, *, span: Span | None = None) -> None:
        """Begin to wait; `done` is called once, on a thread of the waiter.

        `containers` are the ids that must satisfy the condition; `span` is where the file asks for it.
        """
        wait = _Wait(operation, containers, span, self._clock.monotonic(), done)
        self._lookout.call(partial(self._begin, wait))

    def cancel(self) -> None:
        """Forget all waits; their `done` is not called any more."""
        self._lookout.call(self._forget_all)

    def close(self) -> None:
        """Release the threads."""
        self._workers.close()

    # -- on the lookout's thread

    def seen(self, seen: Seen) -> None:
        """Decide the waits for a container that was looked at."""
        if seen.change is not None:
            self._changed(seen.change)
        identifier = seen.observation.id
        for wait in list(self._by_container.get(identifier, ())):
            if seen.order > wait.mark:
                wait.unseen.discard(identifier)
            self._judge(wait)

    def happened(self, occurrence: Occurrence) -> None:
        """Do nothing: the lookout looks at what is of interest."""

    def lost(self, error: EngineError) -> None:
        """Give up every wait: nobody can tell any more."""
        for wait in list(self._waits):
            self._end(wait, Resolution(diagnostic=error.diagnostics[0]))

    def _begin(self, wait: _Wait) -> None:
        self._waits.append(wait)
        wait.mark = self._lookout.mark()
        for identifier, target in wait.containers.items():
            self._by_container.setdefault(identifier, []).append(wait)
            self._lookout.watch(identifier, name=target.name, service=target.service, number=target.number)
        if wait.operation.timeout is not None:
            self._lookout.after(wait.operation.timeout, partial(self._expire, wait))
        self._judge(wait)

    def _judge(self, wait: _Wait) -> None:
        if wait.over or wait.unseen:
            return  # what was known before the wait began may be about an earlier run of the container
        verdict = self._verdict(wait)
        if isinstance(verdict, Met):
            left = wait.operation.hold - (self._clock.now() - verdict.since)
            if wait.operation.hold and left > 0:
                self._lookout.after(left, partial(self._judge, wait))
                self._lookout.subscribe()
            else:
                self._end(wait, Resolution(early=verdict.early))
        elif isinstance(verdict, Failed):
            self._retire(wait)
            self._workers.submit(partial(self._explain, wait, verdict))
        else:
            self._lookout.subscribe()

    def _verdict(self, wait: _Wait) -> Pending | Met | Failed:
        operation = wait.operation
        return self._lookout.tracker.verdict(
            operation.service, operation.condition, list(wait.containers), exit_ok=operation.exit_ok
        )

    def _expire(self, wait: _Wait) -> None:
        verdict = None if wait.over else self._verdict(wait)
        operation = wait.operation
        if isinstance(verdict, Pending | Met) and operation.timeout is not None:
            self._retire(wait)
            pending = verdict if isinstance(verdict, Pending) else Pending()
            replicas = (self._lookout.tracker.replica(identifier) for identifier in wait.containers)
            late = {name for name, _state in pending.waiting}
            seen = [one.seen for one in replicas if one is not None and one.seen.name in late]
            self._workers.submit(partial(self._explain_lateness, wait, pending, seen, operation.timeout))

    def _explain_lateness(self, wait: _Wait, pending: Pending, seen: Sequence[Observation], seconds: float) -> None:
        """Say what was still missing, with the last words of those that are late (on a worker)."""
        operation = wait.operation
        wait.done(
            Resolution(
                diagnostic=timed_out(
                    pending,
                    condition=operation.condition,
                    service=operation.service,
                    seconds=seconds,
                    now=self._clock.now(),
                    dependant=operation.dependant,
                    span=wait.span,
                    seen=[(self._once_more(one), tail(self._engine, one.id, lines=_LOG_LINES)) for one in seen],
                )
            )
        )

    def _once_more(self, known: Observation) -> Observation:
        """Return how a container is now: no event tells of probes that changed nothing."""
        try:
            return from_inspect(self._engine.call(Call(method="GET", path=path("/containers/{}/json", known.id))))
        except EngineError:
            return known

    def _explain(self, wait: _Wait, failed: Failed) -> None:
        """Say why a wait failed, with the culprit's last words (on a worker, because these must be fetched)."""
        operation, culprit = wait.operation, failed.container
        lines: tuple[str, ...] = ()
        if culprit is not None and failed.code not in {"gone", "missing"}:
            lines = tail(self._engine, culprit.id, lines=_LOG_LINES)
        wait.done(
            Resolution(
                diagnostic=diagnose(
                    failed,
                    condition=operation.condition,
                    service=operation.service,
                    now=self._clock.now(),
                    dependant=operation.dependant,
                    required=operation.required,
                    span=wait.span,
                    logs=lines,
                    waited=self._clock.monotonic() - wait.since,
                )
            )
        )

    def _end(self, wait: _Wait, resolution: Resolution) -> None:
        if not wait.over:
            self._retire(wait)
            wait.done(resolution)

    def _retire(self, wait: _Wait) -> None:
        wait.over = True
        self._waits.remove(wait)
        for identifier in wait.containers:
            self._by_container[identifier].remove(wait)

    def _forget_all(self) -> None:
        for wait in list(self._waits):
            self._retire(wait)
