"""The events of a run, made from steps."""

from __future__ import annotations

from collections.abc import Callable

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.events import (
    Event,
    Notice,
    PlanFinished,
    PlanStarted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)
from compose.engine import words
from compose.engine.errors import internal
from compose.engine.outcome import Outcome
from compose.engine.work import Finished
from compose.plan.operation import Operation, WaitCondition
from compose.plan.plan import Plan, Step

Emit = Callable[[Event], None]
Explain = Callable[[Step, Diagnostic], Diagnostic]
"""Adds to the diagnostic of a failed step what the engine does not know, such as the place that asked for it."""


class Teller:
    """Emits the events of a run; only ever called on one thread.

    `undoes` marks the steps' ids as those of steps being taken back, for an operation that is not the step's own.
    """

    def __init__(self, emit: Emit, clock: Clock, explain: Explain | None = None) -> None:
        self._emit = emit
        self._clock = clock
        self._explain = explain

    def plan_started(self, plan: Plan) -> None:
        """Tell that execution begins."""
        self._emit(PlanStarted(time=self._clock.now(), project=plan.project, command=plan.command, steps=len(plan.steps)))

    def plan_finished(self, outcome: Outcome) -> None:
        """Tell that execution ended."""
        self._emit(
            PlanFinished(
                time=self._clock.now(),
                done=len(outcome.done),
                failed=len(outcome.failed),
                skipped=len(outcome.skipped),
                seconds=outcome.seconds,
            )
        )

    def started(self, step: Step, undoes: Operation | None = None) -> None:
        """Tell that a step began."""
        operation = undoes or step.operation
        self._emit(
            StepStarted(
                time=self._clock.now(),
                step=_id(step, undoes),
                address=str(step.address),
                resource=step.resource,
                action=words.beginning(operation),
                group=step.group,
                waits_for=words.waits_for(operation),
                dependant=operation.dependant if isinstance(operation, WaitCondition) else "",
            )
        )

    def finished(self, step: Step, result: Finished, seconds: float, undoes: Operation | None = None) -> None:
        """Tell that a step succeeded."""
        self._emit(
            StepFinished(
                time=self._clock.now(),
                step=_id(step, undoes),
                address=str(step.address),
                resource=step.resource,
                action=result.action or words.end(undoes or step.operation),
                seconds=seconds,
                group=step.group,
                detail=result.detail or ("taken back" if undoes else ""),
            )
        )

    def failed(self, step: Step, error: Exception, seconds: float, undoes: Operation | None = None) -> tuple[Diagnostic, ...]:
        """Tell that a step failed, and return all diagnostics of it; those after the first are told as notices."""
        known = error if isinstance(error, ComposeError) and error.diagnostics else internal(error)
        diagnostics = known.diagnostics
        if self._explain is not None:
            diagnostics = tuple(self._explain(step, one) for one in diagnostics)
        self._emit(
            StepFailed(
                time=self._clock.now(),
                step=_id(step, undoes),
                address=str(step.address),
                resource=step.resource,
                seconds=seconds,
                diagnostic=diagnostics[0],
                group=step.group,
                optional=step.optional,
            )
        )
        for other in diagnostics[1:]:
            self._emit(Notice(time=self._clock.now(), diagnostic=other))
        return diagnostics

    def skipped(self, step: Step, reason: str, because: str = "") -> None:
        """Tell that a step will not run."""
        self._emit(
            StepSkipped(
                time=self._clock.now(),
                step=step.id,
                address=str(step.address),
                resource=step.resource,
                reason=reason,
                because=because,
                group=step.group,
            )
        )


def _id(step: Step, undoes: Operation | None) -> str:
    return f"{step.id}:undo" if undoes else step.id
