"""Where the time of a run went: bars for every service, the path that decided how long it took, a trace for viewers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from compose.base.value import Value
from compose.engine.outcome import Outcome, Timing
from compose.engine.words import beginning, waits_for
from compose.plan import operation as ops
from compose.plan.plan import Plan, Step

_PHASES: dict[type, str] = {
    ops.PullImage: "pull",
    ops.BuildImage: "build",
    ops.CreateNetwork: "create",
    ops.CreateVolume: "create",
    ops.CreateContainer: "create",
    ops.CopyFiles: "create",
    ops.ConnectNetwork: "create",
    ops.RenameContainer: "create",
    ops.StartContainer: "start",
    ops.RunHook: "hook",
    ops.RunProvider: "provider",
    ops.WaitCondition: "ready",
    ops.StopContainer: "stop",
    ops.RemoveContainer: "remove",
}
_SIGNS = {
    "pull": "p",
    "build": "b",
    "create": "c",
    "start": "s",
    "hook": "h",
    "provider": "v",
    "ready": "r",
    "stop": "-",
    "remove": "x",
    "other": "o",
}
_COLUMNS = ("pull", "build", "stop", "create", "start", "ready")
"""Phases that have a column, as far as they occur."""
_WIDTH = 48
_MICROSECONDS = 1_000_000


class Performed(Value, frozen=True, kw_only=True):
    """A plan that was carried out, what came of it, and when it began (seconds of the session's monotonic clock)."""

    plan: Plan
    outcome: Outcome
    began: float


class Bar(Value, frozen=True, kw_only=True):
    """One step's time, in seconds since the first plan began; `row` is the service, or the thing that is none's."""

    row: str
    phase: str
    words: str
    ready: float
    start: float
    end: float


def bars(runs: Sequence[Performed]) -> tuple[Bar, ...]:
    """Return the steps that began, in the order of their beginning; one that serves several services has several bars.

    A service's `ready` is from its start to the end of the first wait for it.
    """
    found: list[Bar] = []
    for run in runs:
        offset = run.began - runs[0].began
        for step in run.plan.steps:
            timing = run.outcome.timings.get(step.id)
            if timing is not None:
                found += _bars(step, timing, offset)
    return tuple(sorted(_ready(found), key=lambda bar: (bar.start, bar.end)))


def critical_path(runs: Sequence[Performed]) -> tuple[tuple[float, Bar], ...]:
    """Return the steps that decided how long it took, in their order, each with the seconds it added."""
    found: list[tuple[float, Bar]] = []
    for run in runs:
        offset = run.began - runs[0].began
        for step, since in reversed(list(_backwards(run))):
            timing = run.outcome.timings[step.id]
            found.append((timing.end - since, _bars(step, timing, offset)[0]))
    return tuple(found)


def render(runs: Sequence[Performed]) -> str:
    """Return a table of the services with a bar each, and the critical path below it. Ends with a newline."""
    drawn = bars(runs)
    if not drawn:
        return "Nothing took any time.\n"
    total = max(bar.end for bar in drawn)
    columns = [phase for phase in _COLUMNS if any(bar.phase == phase for bar in drawn)]
    table = [("", *columns, f"0s{f'{total:.2f}s':>{_WIDTH}}")]
    for row in dict.fromkeys(bar.row for bar in drawn):
        own = [bar for bar in drawn if bar.row == row]
        table.append((row, *(_seconds(bar for bar in own if bar.phase == phase) for phase in columns), _bar(own, total)))
    shown = dict.fromkeys(bar.phase for bar in drawn)
    legend = ", ".join(f"{_SIGNS[phase]} = {phase}" for phase in shown)
    path = [f"  {seconds:6.2f}s  {bar.words}" for seconds, bar in critical_path(runs)]
    return "\n".join([*_aligned(table), legend, "", f"Critical path ({total:.2f}s):", *path]) + "\n"


def trace(runs: Sequence[Performed]) -> bytes:
    """Return the steps as a Chrome trace (JSON object format; times in microseconds), a line for every service."""
    drawn = bars(runs)
    rows = {row: number for number, row in enumerate(dict.fromkeys(bar.row for bar in drawn), 1)}
    names = [{"name": "thread_name", "ph": "M", "pid": 1, "tid": number, "args": {"name": row}} for row, number in rows.items()]
    events = [
        {
            "name": bar.words,
            "cat": bar.phase,
            "ph": "X",
            "ts": round(bar.start * _MICROSECONDS),
            "dur": round((bar.end - bar.start) * _MICROSECONDS),
            "pid": 1,
            "tid": rows[bar.row],
            "args": {"could_begin_at_seconds": round(bar.ready, 6)},
        }
        for bar in drawn
    ]
    return msgspec.json.encode({"traceEvents": [*names, *events], "displayTimeUnit": "ms"})


def _bars(step: Step, timing: Timing, offset: float) -> list[Bar]:
    operation = step.operation
    wanted = waits_for(operation)
    words = f"{step.resource} {beginning(operation)}" if not wanted else f"Waiting for {wanted}"
    phase = _PHASES.get(type(operation), "other")
    return [
        Bar(row=row, phase=phase, words=words, ready=timing.ready + offset, start=timing.start + offset, end=timing.end + offset)
        for row in _rows(step)
    ]


def _rows(step: Step) -> tuple[str, ...]:
    operation = step.operation
    if isinstance(operation, ops.PullImage | ops.BuildImage | ops.PushImage):
        return operation.services or (step.resource,)
    if isinstance(operation, ops.WaitCondition):
        return (operation.service,)
    return (step.address.key if step.address.kind in {"container", "provider"} else str(step.address),)


def _ready(found: Sequence[Bar]) -> Iterator[Bar]:
    """Yield the bars, those of waits cut to what a service itself took: of several the first that ended, from its start on."""
    started = {bar.row: bar.end for bar in found if bar.phase == "start"}
    waits: dict[str, Bar] = {}
    for bar in found:
        if bar.phase != "ready":
            yield bar
        elif bar.row not in waits or bar.end < waits[bar.row].end:
            waits[bar.row] = bar
    for row, bar in waits.items():
        yield msgspec.structs.replace(bar, start=min(max(bar.start, started.get(row, bar.start)), bar.end))


def _backwards(run: Performed) -> Iterator[tuple[Step, float]]:
    """Yield the step that ended last, then each time the one it had to wait for, with the time since when it counts."""
    steps = {step.id: step for step in run.plan.steps}
    timings = run.outcome.timings
    last = max(timings, key=lambda one: timings[one].end, default=None)
    while last is not None:
        before = [one for one in (*steps[last].after, *steps[last].settled) if one in timings]
        previous = max(before, key=lambda one: timings[one].end, default=None)
        yield steps[last], timings[previous].end if previous is not None else 0.0
        last = previous


def _seconds(own: Iterable[Bar]) -> str:
    spent = [bar.end - bar.start for bar in own]
    return f"{sum(spent):.2f}s" if spent else "-"


def _bar(own: Sequence[Bar], total: float) -> str:
    cells = [" "] * _WIDTH
    for bar in own:
        first = min(int(bar.start / total * _WIDTH), _WIDTH - 1) if total else 0
        end = max(first + 1, round(bar.end / total * _WIDTH)) if total else 1
        cells[first:end] = _SIGNS[bar.phase] * (end - first)
    return f"|{''.join(cells[:_WIDTH])}|"


def _aligned(table: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
