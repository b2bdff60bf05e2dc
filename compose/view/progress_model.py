"""What a progress view knows: events folded into one row for each resource. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from msgspec.structs import replace

from compose.base.events import (
    Event,
    HealthChanged,
    PlanFinished,
    PlanStarted,
    ResourceUnchanged,
    StepFailed,
    StepFinished,
    StepOutput,
    StepProgress,
    StepSkipped,
    StepStarted,
)
from compose.base.value import Value

State = Literal["working", "done", "warning", "failed", "skipped"]

OUTPUT_LINES: Final = 6
"""How many of the last lines that a step wrote are remembered."""


class Part(Value, frozen=True, kw_only=True):
    """A part of a long step, such as a layer of an image; sizes in bytes, `total` 0 = not known."""

    name: str
    detail: str = ""
    current: int = 0
    total: int = 0


class Row(Value, frozen=True, kw_only=True):
    """What is known of one resource.

    `action` is the last word about it; `running` maps the steps at work on it to their actions; `began` is the
    time of its first event, `seconds` the time from there to its last step's end, None while one is at work.
    `output` holds the last lines its steps wrote.
    """

    resource: str
    state: State
    action: str
    began: float
    seconds: float | None = None
    detail: str = ""
    waits_for: str = ""
    running: dict[str, str] = {}
    current: int = 0
    total: int = 0
    parts: dict[str, Part] = {}
    output: tuple[str, ...] = ()


class Progress(Value, frozen=True, kw_only=True):
    """All that a plan's events said so far; `rows` by resource in the order they were first heard of."""

    command: str = ""
    project: str = ""
    finished: bool = False
    rows: dict[str, Row] = {}

    @property
    def done(self) -> int:
        """How many rows have nothing left to do."""
        return sum(row.state != "working" for row in self.rows.values())

    @property
    def is_working(self) -> bool:
        """Whether a step is at work, so that time alone changes what is shown."""
        return any(row.state == "working" for row in self.rows.values())


def reduce(progress: Progress, event: Event) -> Progress:
    """Return the progress after `event`; events that say nothing of resources leave it as it is."""
    rule = _RULES.get(type(event))
    return rule(progress, event) if rule is not None else progress


def _plan_started(progress: Progress, event: PlanStarted) -> Progress:
    """Begin afresh, keeping what was said of resources before the first plan."""
    rows = {} if progress.command else progress.rows
    return Progress(command=event.command, project=event.project, rows=rows)


def _plan_finished(progress: Progress, _event: PlanFinished) -> Progress:
    return replace(progress, finished=True)


def _step_started(progress: Progress, event: StepStarted) -> Progress:
    row = progress.rows.get(event.resource)
    running = {event.step: event.action} if row is None else {**row.running, event.step: event.action}
    began = event.time if row is None else row.began
    return _with(
        progress,
        Row(
            resource=event.resource,
            state="working",
            action=event.action,
            began=began,
            waits_for=event.waits_for,
            running=running,
        ),
    )


def _step_progress(progress: Progress, event: StepProgress) -> Progress:
    row = progress.rows.get(event.resource)
    if row is None:
        return progress
    if not event.part:
        return _with(progress, replace(row, detail=event.detail or row.detail, current=event.current, total=event.total))
    before = row.parts.get(event.part, Part(name=event.part))
    part = Part(
        name=event.part,
        detail=event.detail or before.detail,
        current=event.current,
        total=event.total or before.total,
    )
    return _with(progress, replace(row, parts={**row.parts, event.part: part}))


def _step_output(progress: Progress, event: StepOutput) -> Progress:
    row = progress.rows.get(event.resource)
    if row is None:
        return progress
    return _with(progress, replace(row, output=(*row.output, event.text)[-OUTPUT_LINES:]))


def _step_finished(progress: Progress, event: StepFinished) -> Progress:
    return _end(progress, event, "done", event.action, event.detail)


def _step_failed(progress: Progress, event: StepFailed) -> Progress:
    state: State = "warning" if event.optional else "failed"
    return _end(progress, event, state, state_word(event), event.diagnostic.summary)


def _step_skipped(progress: Progress, event: StepSkipped) -> Progress:
    row = progress.rows.get(event.resource)
    if row is not None and row.state == "failed":
        return progress
    return _end(progress, event, "skipped", "Skipped", event.reason)


def _unchanged(progress: Progress, event: ResourceUnchanged) -> Progress:
    return _with(progress, Row(resource=event.resource, state="done", action=event.action, began=event.time, seconds=0.0))


def _health_changed(progress: Progress, event: HealthChanged) -> Progress:
    row = progress.rows.get(f"Container {event.container}")
    if row is None or row.state != "working":
        return progress
    return _with(progress, replace(row, detail=event.detail or event.state))


def waiting_text(waits_for: str) -> str:
    """Return what is shown beside `Waiting`: `for db to be healthy`."""
    return f"for {waits_for}" if waits_for else ""


def state_word(event: StepFailed) -> str:
    """Return the word a failed step is shown with: an optional step's failure is a warning."""
    return "Warning" if event.optional else "Error"


def _end(progress: Progress, event: StepFinished | StepFailed | StepSkipped, state: State, action: str, detail: str) -> Progress:
    row = progress.rows.get(event.resource)
    began = event.time if row is None else row.began
    running = {} if row is None else {step: word for step, word in row.running.items() if step != event.step}
    if row is not None and running and state == "done":
        return _with(progress, replace(row, running=running, action=next(reversed(running.values()))))
    return _with(
        progress,
        Row(
            resource=event.resource,
            state=state,
            action=action,
            began=began,
            seconds=max(event.time - began, 0.0),
            detail=detail,
            running=running,
            output=row.output if row is not None and state == "failed" else (),
        ),
    )


def _with(progress: Progress, row: Row) -> Progress:
    return replace(progress, rows={**progress.rows, row.resource: row})


_RULES: Final[dict[type, Callable[[Progress, Any], Progress]]] = {
    PlanStarted: _plan_started,
    PlanFinished: _plan_finished,
    StepStarted: _step_started,
    StepProgress: _step_progress,
    StepOutput: _step_output,
    StepFinished: _step_finished,
    StepFailed: _step_failed,
    StepSkipped: _step_skipped,
    ResourceUnchanged: _unchanged,
    HealthChanged: _health_changed,
}
