"""Events in the order an `up` emits them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from compose.base.diagnostics import Diagnostic
from compose.base.events import (
    Attached,
    CommandOutput,
    ContainerExited,
    ContainerRecreated,
    FilesSynced,
    HealthChanged,
    LogLine,
    Notice,
    PathExplained,
    PlanFinished,
    PlanStarted,
    ResourceUnchanged,
    StepFailed,
    StepFinished,
    StepOutput,
    StepProgress,
    StepSkipped,
    StepStarted,
    WatchAction,
    WatchChanged,
)
from compose.base.place import Span


def started(step, resource, action="Creating", *, time=100.0, address="container:web:1", **fields):
    return StepStarted(time=time, step=step, address=address, resource=resource, action=action, **fields)


def finished(step, resource, action="Created", *, time=101.0, address="container:web:1", **fields):
    return StepFinished(time=time, step=step, address=address, resource=resource, action=action, seconds=1.0, **fields)


def failed(step, resource, summary="no such image: nope", *, time=101.0, **fields):
    diagnostic = Diagnostic(
        severity="error", code="x", summary=summary, span=Span(file="a", line=1, column=1, end_line=1, end_column=2)
    )
    return StepFailed(
        time=time, step=step, address="container:web:1", resource=resource, seconds=1.0, diagnostic=diagnostic, **fields
    )


def line(text, *, container="web-1", service="web", stream="stdout", time=1700000000.25, **fields):
    return LogLine(time=time, service=service, container=container, number=1, stream=stream, text=text, **fields)


def one_of_each():
    return [
        PlanStarted(time=1.0, project="p", command="up", steps=2),
        started("a", "Container p-web-1", waits_for="db to be healthy"),
        StepProgress(time=1.0, step="a", resource="Image x", part="abc", detail="Downloading", current=1, total=2),
        StepOutput(time=1.0, step="a", resource="Image x", text="Step 1/2 : FROM x"),
        finished("a", "Container p-web-1", detail="d"),
        failed("b", "Container p-db-1"),
        StepSkipped(time=1.0, step="c", address="container:x:1", resource="Container p-x-1", reason="because"),
        ResourceUnchanged(time=1.0, address="network:default", resource="Network p_default"),
        HealthChanged(time=1.0, service="db", container="p-db-1", state="starting"),
        Attached(time=1.0, containers={"web-1": "web"}),
        ContainerRecreated(time=1.0, service="web", container="web-1"),
        ContainerExited(time=1.0, service="web", container="web-1", exit_code=3),
        line("hello", timestamp="2026-01-01T00:00:00.000000001Z"),
        Notice(time=1.0, diagnostic=Diagnostic(severity="warning", code="w", summary="careful", path=("services", "web", 0))),
        WatchChanged(time=1.0, enabled=True, services=("web",)),
        FilesSynced(
            time=1.0, service="web", container="p-web-1", written=1, removed=0, paths=("/a",), size=3, seconds=0.006, road="shell"
        ),
        WatchAction(time=1.0, service="web", action="exec", state="failed", detail="make", exit_code=2, seconds=0.1),
        CommandOutput(time=1.0, service="web", container="p-web-1", text="made"),
        PathExplained(time=1.0, path="/x/a.log", service="web", rule=1, wanted=False, because="`*.log`"),
        PlanFinished(time=1.0, done=1, failed=1, skipped=1, seconds=0.5),
    ]


@pytest.fixture
def events():
    """One event of every type."""
    return one_of_each()


@pytest.fixture
def happen():
    """Makers of single events."""
    return SimpleNamespace(
        plan=lambda command="up": PlanStarted(time=100.0, project="p", command=command, steps=2),
        end=lambda: PlanFinished(time=109.0, done=1, failed=0, skipped=0, seconds=9.0),
        started=started,
        finished=finished,
        failed=failed,
        line=line,
    )
