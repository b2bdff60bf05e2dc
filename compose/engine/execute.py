"""Carrying a plan out: what can run runs at once, one loop tells what happens, and every failure is reported.

Handlers run on worker threads and only return or post; the loop on the caller's thread decides and emits. Waits
and delays occupy no worker.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Self

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, EngineError
from compose.base.events import Event, Notice
from compose.base.stop import Stop
from compose.engine import words
from compose.engine.lanes import Lanes
from compose.engine.outcome import Outcome, Timing
from compose.engine.port import Engine
from compose.engine.progress import PlanProgress
from compose.engine.retry import is_trouble, persist
from compose.engine.telling import Emit, Explain, Teller
from compose.engine.tolerance import tolerated_failures, too_many_failures
from compose.engine.work import Finished, Handlers, Run, Work
from compose.engine.workers import Workers
from compose.plan.operation import CheckFailures, CreateContainer, Delay, Operation, PullImage, PushImage, WaitCondition
from compose.plan.plan import Plan, Step

if TYPE_CHECKING:
    from compose.engine.lookout import Lookout
    from compose.engine.probing import Probing
    from compose.engine.waiting import Resolution, Waiter

__all__ = ["Outcome", "execute"]

Result = Finished | Exception

_THREADS = 256
_AT_ONCE = 2
_NEEDED = "a step that it needs failed"
_STOPPED = "stopped by the user"


def execute(  # noqa: PLR0917 - the agreed signature
    plan: Plan,
    engine: Engine,
    handlers: Handlers,
    emit: Emit,
    clock: Clock,
    stop: Stop,
    *,
    parallel: int | None = None,
    lookout: Lookout | None = None,
    explain: Explain | None = None,
    probe: bool = False,
) -> Outcome:
    """Carry out a plan and return what came of it; failures are in the outcome, never raised.

    - `emit` is called on the caller's thread only, in the order things happen.
    - `stop` at level 1: no new steps, pulls and pushes are given up, other steps under way end, unfinished groups are
      taken back; at level 2: connections are closed and what is under way is given up.
    - `parallel`: at most so many steps at once (None = as many as the engine bears).
    - `lookout`: an open one to wait with; without it one is made when the plan has waits.
    - `explain` adds to the diagnostics of failed steps.
    - `probe`: run the healthchecks of containers that are waited for by ourselves too, early and often (`probing`).

    Raises:
        ComposeError: the steps of the plan wait for each other.
    """
    with _Waits(engine, plan.project, clock, lookout, probe=probe) as waits:
        teller = Teller(emit, clock, explain)
        return _Execution(plan, engine, handlers, emit, clock, waits, Lanes(parallel), teller).run(stop)


class _Waits:
    """Makes a waiter, and if need be a lookout, when the first wait comes."""

    def __init__(self, engine: Engine, project: str, clock: Clock, lookout: Lookout | None, *, probe: bool) -> None:
        self._engine = engine
        self._project = project
        self._clock = clock
        self._given = lookout
        self._own: Lookout | None = None
        self._interruptions = lookout.interruptions if lookout is not None else 0
        self._waiter: Waiter | None = None
        self._wants_probing = probe
        self._probing: Probing | None = None

    def waiter(self, post: Emit) -> Waiter:
        """Return the waiter; changes of health are posted."""
        if self._waiter is None:
            from compose.engine.lookout import Lookout  # noqa: PLC0415 - builds and pulls wait for nothing
            from compose.engine.waiting import Waiter  # noqa: PLC0415 - likewise

            if self._given is None:
                self._own = Lookout(self._engine, self._project, self._clock)
            lookout = self._given or self._own
            assert lookout is not None  # made above
            self._waiter = Waiter(self._engine, lookout, self._clock, post)
            if self._wants_probing:
                from compose.engine.probing import Probing  # noqa: PLC0415 - only tests ask for it

                self._probing = Probing(self._engine, lookout, self._clock)
        return self._waiter

    @property
    def interrupted(self) -> bool:
        """Whether the event stream broke in the meantime."""
        lookout = self._given or self._own
        return lookout is not None and lookout.interruptions > self._interruptions

    def cancel(self) -> None:
        """Forget all waits."""
        if self._waiter is not None:
            self._waiter.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._probing is not None:
            self._probing.close()
        if self._waiter is not None:
            self._waiter.close()
        if self._own is not None:
            self._own.close()


class _Execution:
    """The state of one run; every method but `_perform` and `_post` belongs to the loop's thread."""

    def __init__(  # noqa: PLR0917 - made in one place
        self,
        plan: Plan,
        engine: Engine,
        handlers: Handlers,
        emit: Emit,
        clock: Clock,
        waits: _Waits,
        lanes: Lanes,
        teller: Teller,
    ) -> None:
        self._plan = plan
        self._engine = engine
        self._handlers = handlers
        self._emit = emit
        self._clock = clock
        self._waits = waits
        self._lanes = lanes
        self._tell = teller
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._progress = PlanProgress(plan)
        self._workers = Workers(_THREADS, name="engine-step")
        self._run = Run(engine, plan.project, clock, self._post)
        self._begin = clock.monotonic()
        self._ready_at: dict[str, float] = {}
        self._started_at: dict[str, float] = {}
        self._timings: dict[str, Timing] = {}
        self._working: set[str] = set()
        self._patient: set[str] = set()
        self._alarms: list[tuple[float, str]] = []
        self._errors: list[tuple[str, Diagnostic]] = []
        self._exit_codes: dict[str, int] = {}
        self._warnings: list[Diagnostic] = []
        self._undone: list[str] = []
        self._undoing = False
        self._level = 0

    def run(self, stop: Stop) -> Outcome:
        """Carry the plan out."""
        self._tell.plan_started(self._plan)
        stop.subscribe(lambda level: self._inbox.put(partial(self._raised, level)))
        self._raised(stop.level)
        self._advance()
        while self._working or self._patient or self._undoing:
            self._next()
            self._advance()
        self._workers.close()
        outcome = self._outcome()
        self._tell.plan_finished(outcome)
        return outcome

    def _next(self) -> None:
        """Wait for the next thing that happens, and take it in."""
        times = [time for time in (self._lanes.stalls_at(), self._alarms[0][0] if self._alarms else None) if time is not None]
        patience = max(0.0, min(times) - self._clock.monotonic()) if times else None
        try:
            self._inbox.get(timeout=patience)()
        except Empty:
            now = self._clock.monotonic()
            self._lanes.widen(now)
            while self._alarms and self._alarms[0][0] <= now:
                self._ended(self._progress.steps[heappop(self._alarms)[1]], Finished())

    def _advance(self) -> None:
        """Begin everything that can begin."""
        if not self._level:
            for step in self._progress.ready():
                self._ready_at[step.id] = self._clock.monotonic()
                self._admit(step)
        while (one := self._lanes.take(self._clock.monotonic())) is not None:
            self._launch(self._progress.steps[one])
        if not self._undoing and self._level < _AT_ONCE:
            self._undo(self._progress.to_undo())

    def _admit(self, step: Step) -> None:
        if not isinstance(step.operation, WaitCondition | Delay | CheckFailures):
            self._lanes.add(step.id, step.operation)
            return
        self._patient.add(step.id)
        self._started(step)
        if isinstance(step.operation, Delay):
            heappush(self._alarms, (self._clock.monotonic() + step.operation.seconds, step.id))
        elif isinstance(step.operation, CheckFailures):
            self._inbox.put(partial(self._check, step, step.operation))
        else:
            self._wait(step, step.operation)

    def _started(self, step: Step) -> None:
        self._started_at[step.id] = self._clock.monotonic()
        self._tell.started(step)

    # -- work

    def _launch(self, step: Step) -> None:
        self._working.add(step.id)
        self._started(step)
        self._workers.submit(partial(self._perform, step, step.operation, partial(self._worked, step)))

    def _perform(self, step: Step, operation: Operation, done: Callable[[Result], None], *, stubborn: bool = False) -> None:
        """Carry out an operation (on a worker); `stubborn` tries again whatever the engine's trouble is."""
        result: Result
        attempt = partial(self._handlers[type(operation)], operation, Work(self._run, step))
        try:
            result = persist(attempt, self._run.abort, again=is_trouble) if stubborn else attempt()
        except Exception as error:  # noqa: BLE001 - the loop tells the user, whatever it is
            result = error
        self._inbox.put(partial(done, result))

    def _worked(self, step: Step, result: Result) -> None:
        if step.id in self._working:  # else it was given up
            self._working.remove(step.id)
            self._lanes.finished(step.id, self._clock.monotonic())
            self._ended(step, result)

    def _ended(self, step: Step, result: Result) -> None:
        self._patient.discard(step.id)
        start, end = self._started_at[step.id], self._clock.monotonic()
        ready = self._ready_at[step.id]
        self._timings[step.id] = Timing(ready=ready - self._begin, start=start - self._begin, end=end - self._begin)
        if isinstance(result, Exception):
            diagnostics = self._tell.failed(step, result, end - start)
            if step.optional:
                self._warnings.extend(diagnostics)
            else:
                self._errors.extend((step.id, one) for one in diagnostics)
                self._exit_codes[step.id] = result.exit_code if isinstance(result, ComposeError) else 1
            for skip in self._progress.failed(step):
                self._tell.skipped(self._progress.steps[skip.step], _NEEDED, skip.because)
            return
        if isinstance(step.operation, CreateContainer):
            created = step.operation.target
            self._run.containers[created.service, created.number] = result.container
        self._tell.finished(step, result, end - start)
        self._progress.succeeded(step)

    def _check(self, step: Step, operation: CheckFailures) -> None:
        """Decide whether too many replicas failed to be replaced."""
        if step.id not in self._patient:
            return  # the user stopped
        failures = self._progress.failures(operation.groups)
        if len(failures) > operation.at_most:
            self._ended(step, ComposeError(too_many_failures(operation, len(failures), step.reason.span)))
            return
        if operation.forgives and failures:
            tolerated = self._progress.forgive(failures)
            self._warnings += [one for culprit, one in self._errors if culprit in tolerated]
            self._errors = [(culprit, one) for culprit, one in self._errors if culprit not in tolerated]
            self._emit(Notice(time=self._clock.now(), diagnostic=tolerated_failures(operation, len(failures), step.reason.span)))
        self._ended(step, Finished())

    # -- waits

    def _wait(self, step: Step, operation: WaitCondition) -> None:
        from compose.engine.waiting import Resolution  # noqa: PLC0415 - as above

        resolved = partial(self._post_resolution, step)
        try:
            containers = {self._run.container(target): target for target in operation.containers}
        except ComposeError as error:
            resolved(Resolution(diagnostic=error.diagnostics[0]))
            return
        self._waits.waiter(self._post).wait(operation, containers, resolved, span=step.reason.span)

    def _post_resolution(self, step: Step, resolution: Resolution) -> None:
        """Let the loop know how a wait ended (from any thread)."""
        self._inbox.put(partial(self._resolved, step, resolution))

    def _resolved(self, step: Step, resolution: Resolution) -> None:
        if step.id in self._patient:
            failed = resolution.diagnostic
            done = Finished(action=words.READY) if resolution.early else Finished()
            self._ended(step, ComposeError(failed) if failed is not None else done)

    # -- taking back

    def _undo(self, taken: list[tuple[Step, Operation]]) -> None:
        """Perform the first of the operations, and the others after it, whatever comes of it."""
        possible = [(step, operation) for step, operation in taken if self._run.has(getattr(operation, "container", None))]
        self._undoing = bool(possible) and self._level < _AT_ONCE
        if self._undoing:
            (step, operation), *rest = possible
            self._tell.started(step, operation)
            done = partial(self._took_back, step, operation, rest, self._clock.monotonic())
            self._workers.submit(partial(self._perform, step, operation, done, stubborn=True))

    def _took_back(
        self, step: Step, operation: Operation, rest: list[tuple[Step, Operation]], start: float, result: Result
    ) -> None:
        seconds = self._clock.monotonic() - start
        if isinstance(result, Exception):
            self._errors.extend(("", one) for one in self._tell.failed(step, result, seconds, operation))
        else:
            self._tell.finished(step, result, seconds, operation)
        if step.id not in self._undone:
            self._undone.append(step.id)
        self._undo(rest)

    # -- stopping, telling

    def _raised(self, level: int) -> None:
        """Take in that the user asked to stop."""
        if level and not self._level:
            transfers = {one for one in self._working if isinstance(self._progress.steps[one].operation, PullImage | PushImage)}
            given_up = [*self._lanes.clear(), *self._patient, *sorted(transfers)]
            self._working -= transfers
            self._patient.clear()
            self._run.halt.rise(level)
            self._alarms.clear()
            self._waits.cancel()
            for skip in self._progress.stop(given_up):
                self._tell.skipped(self._progress.steps[skip.step], _STOPPED)
        if level >= _AT_ONCE > self._level:
            self._run.abort.set()
            self._engine.close()
            for one in sorted(self._working):
                self._ended(self._progress.steps[one], _given_up())
            self._working.clear()
            self._undoing = False
        self._level = max(self._level, level)

    def _post(self, event: Event) -> None:
        """Let the loop emit an event (from any thread)."""
        self._inbox.put(partial(self._emit, event))

    def _outcome(self) -> Outcome:
        failed = self._progress.ids("failed")
        optional = self._progress.forgiven | {one for one in failed if self._progress.steps[one].optional}
        first = next((culprit for culprit, _ in self._errors), "")
        return Outcome(
            done=self._progress.ids("done"),
            failed=tuple(one for one in failed if one not in optional),
            tolerated=tuple(one for one in failed if one in optional),
            skipped=self._progress.ids("skipped"),
            undone=tuple(self._undone),
            diagnostics=tuple(one for _, one in self._errors),
            exit_code=self._exit_codes.get(first, 1),
            warnings=tuple(self._warnings),
            containers=dict(self._run.containers),
            timings=dict(self._timings),
            seconds=self._clock.monotonic() - self._begin,
            interrupted=self._run.lost.is_set() or self._waits.interrupted,
        )


def _given_up() -> EngineError:
    summary = "given up: the user did not want to wait any longer"
    return EngineError(Diagnostic(severity="error", code="given-up", summary=summary))
