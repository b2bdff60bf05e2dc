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
from compose.view.wording import failure_word, word

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
    `output` holds the last lines its steps wrote. `service` is that of a container. `reached` is the word of the
    last step that succeeded, what is true of the resource when later ones do not.
    """

    resource: str
    service: str = ""
    state: State
    action: str
    reached: str = ""
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
    """All that a plan's events said so far.

    `rows` by resource in the order they were first heard of; `waits` are the steps that hold up a service: which,
    and what it waits for.
    """

    command: str = ""
    project: str = ""
    finished: bool = False
    rows: dict[str, Row] = {}
    waits: dict[str, tuple[str, str]] = {}

    @property
    def done(self) -> int:
        """How many rows have nothing left to do."""
        return sum(row.state != "working" and not self.held_up(row) for row in self.rows.values())

    def held_up(self, row: Row) -> str:
        """Return what the row's service waits for before its next step, "" when nothing holds it up."""
        if row.state != "done" or not row.service:
            return ""
        return ", ".join(waits_for for service, waits_for in self.waits.values() if service == row.service)

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
    action = word(event) or (row.action if row is not None else event.action)
    before = {} if row is None else row.running
    if event.dependant:
        progress = replace(progress, waits={**progress.waits, event.step: (event.dependant, event.waits_for)})
    return _with(
        progress,
        Row(
            resource=event.resource,
            service=_service(event.address) or (row.service if row is not None else ""),
            state="working",
            action=action,
            reached=row.reached if row is not None else "",
            began=event.time if row is None else row.began,
            waits_for=event.waits_for,
            running={**before, event.step: action},
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
    return _end(progress, event, "done", word(event), event.detail)


def _step_failed(progress: Progress, event: StepFailed) -> Progress:
    state: State = "warning" if event.optional else "failed"
    return _end(progress, event, state, failure_word(event), _brief(event.diagnostic.summary, event.resource))


def _brief(summary: str, resource: str) -> str:
    """Return what is the matter without what the row says already."""
    for words in ("dependency failed to start: ", "Error response from daemon: ", f"{resource[:1].lower()}{resource[1:]} "):
        summary = summary.removeprefix(words)
    return summary


def _step_skipped(progress: Progress, event: StepSkipped) -> Progress:
    row = progress.rows.get(event.resource)
    if row is not None and row.state == "failed":
        return progress
    return _end(progress, event, "skipped", (row.reached if row is not None else "") or "Skipped", event.reason)


def _unchanged(progress: Progress, event: ResourceUnchanged) -> Progress:
    return _with(progress, Row(resource=event.resource, state="done", action=event.action, began=event.time, seconds=0.0))


def _health_changed(progress: Progress, event: HealthChanged) -> Progress:
    row = progress.rows.get(f"Container {event.container}")
    if row is None or row.state != "working":
        return progress
    return _with(progress, replace(row, detail=event.detail or event.state))


def _end(progress: Progress, event: StepFinished | StepFailed | StepSkipped, state: State, action: str, detail: str) -> Progress:
    row = progress.rows.get(event.resource)
    began = event.time if row is None else row.began
    running = {} if row is None else {step: doing for step, doing in row.running.items() if step != event.step}
    if event.step in progress.waits:
        progress = replace(progress, waits={step: wait for step, wait in progress.waits.items() if step != event.step})
    reached = action if state == "done" and action else row.reached if row is not None else ""
    if row is not None and running and state == "done":
        return _with(progress, replace(row, running=running, action=next(reversed(running.values())), reached=reached))
    return _with(
        progress,
        Row(
            resource=event.resource,
            service=row.service if row is not None else _service(event.address),
            state=state,
            action=action or (row.action if row is not None else ""),
            reached=reached,
            began=began,
            seconds=max(event.time - began, 0.0),
            detail=detail,
            running=running,
            output=row.output if row is not None and state == "failed" else (),
        ),
    )


def _service(address: str) -> str:
    kind, _, rest = address.partition(":")
    return rest.rpartition(":")[0] or rest if kind == "container" else ""


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
