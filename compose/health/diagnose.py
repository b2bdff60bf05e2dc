"""Why a wait failed, told so that nobody has to look elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compose.base.diagnostics import Diagnostic
from compose.base.place import Span
from compose.health.conditions import Condition, Failed, Pending
from compose.health.observation import Observation, Probe

_PROBES = 3
"""Failed probes told at most, the latest last."""
_LINES = 10
"""Lines of output told at most, of a probe and of the log."""

_WAITS_FOR: dict[Condition, str] = {
    "service_started": "to be started",
    "service_healthy": "to be healthy",
    "service_completed_successfully": "to complete successfully",
    "running_or_healthy": "to be running or healthy",
}
_CODES = {
    "unhealthy": "dependency-unhealthy",
    "exited": "dependency-exited",
    "no-healthcheck": "dependency-without-healthcheck",
    "job-failed": "dependency-job-failed",
    "gone": "dependency-removed",
    "missing": "dependency-missing",
}
_OWN_CODES = {
    "unhealthy": "service-unhealthy",
    "exited": "service-exited",
    "no-healthcheck": "service-without-healthcheck",
    "job-failed": "service-job-failed",
    "gone": "service-removed",
    "missing": "service-missing",
}


def diagnose(
    failed: Failed,
    *,
    condition: Condition,
    service: str,
    now: float,
    dependant: str = "",
    required: bool = True,
    span: Span | None = None,
    logs: Sequence[str] = (),
    waited: float | None = None,
) -> Diagnostic:
    """Return the diagnostic for a wait that cannot end well.

    - `service` is what was waited for, `dependant` the service that waits ("" = the user, by `--wait`).
    - `span` is where the file asks for the dependency; `logs` are the culprit's last lines, oldest first.
    - `now` and `waited` in seconds; the former by the clock of the observations.
    """
    return Diagnostic(
        severity="error" if required else "warning",
        code=(_CODES if dependant else _OWN_CODES)[failed.code],
        summary=_summary(failed, service=service, dependant=dependant, required=required),
        span=span,
        path=("services", dependant, "depends_on", service) if dependant else ("services", service),
        detail="\n".join(_detail(failed, condition, service=service, dependant=dependant, now=now, waited=waited, logs=logs)),
        hint=_hint(failed, service),
    )


def timed_out(
    pending: Pending, *, condition: Condition, service: str, seconds: float, dependant: str = "", span: Span | None = None
) -> Diagnostic:
    """Return the diagnostic for a wait that took longer than the user allows."""
    if dependant:
        summary = f"timeout waiting for dependencies: `{dependant}` waited {seconds:g}s for `{service}` {_WAITS_FOR[condition]}"
    else:
        summary = f"application not healthy after {seconds:g}s"
    return Diagnostic(
        severity="error",
        code="dependency-timeout" if dependant else "wait-timeout",
        summary=summary,
        span=span,
        path=("services", dependant, "depends_on", service) if dependant else ("services", service),
        detail="\n".join(f"container {name} is {state}" for name, state in pending.waiting),
        hint=f"`compose logs {service}` shows what it is doing",
    )


def _summary(failed: Failed, *, service: str, dependant: str, required: bool) -> str:
    if not dependant:
        return failed.reason
    reason = f"{dependant} is missing dependency {service}" if failed.code == "missing" else failed.reason
    if not required:
        return f'optional dependency "{service}" failed to start: {reason}'
    return reason if failed.code in {"missing", "job-failed"} else f"dependency failed to start: {reason}"


def _detail(
    failed: Failed,
    condition: Condition,
    *,
    service: str,
    dependant: str,
    now: float,
    waited: float | None,
    logs: Sequence[str],
) -> Iterator[str]:
    if dependant:
        after = f" (waited {_seconds(waited)})" if waited is not None else ""
        yield f"`{dependant}` depends on `{service}` {_WAITS_FOR[condition]} ({condition}){after}"
    culprit = failed.container
    if culprit is None:
        return
    yield f"container {culprit.name}: {', '.join(_facts(culprit, now))}"
    if failed.code == "unhealthy":
        yield from _probes(culprit, now)
    lines = [line.rstrip() for line in logs if line.strip()][-_LINES:]
    if lines:
        yield f"last log lines of {culprit.name}:"
        yield from (f"  {line}" for line in lines)


def _facts(seen: Observation, now: float) -> Iterator[str]:
    if seen.state in {"exited", "dead"}:
        yield f"exited with code {seen.exit_code}" + (f" {_seconds(now - seen.finished_at)} ago" if seen.finished_at else "")
        if seen.started_at and seen.finished_at >= seen.started_at:
            yield f"ran for {_seconds(seen.finished_at - seen.started_at)}"
    elif seen.started_at:
        yield f"{seen.state} for {_seconds(now - seen.started_at)}"
    else:
        yield seen.state
    if seen.oom_killed:
        yield "killed for running out of memory"
    if seen.restarts:
        yield f"restarted {seen.restarts} time{'s' if seen.restarts > 1 else ''} by the engine"
    if seen.error:
        yield f"engine says: {seen.error}"


def _probes(seen: Observation, now: float) -> Iterator[str]:
    if seen.probe_command:
        yield f"healthcheck: {_command(seen.probe_command)}"
    for probe in [probe for probe in seen.probes if probe.exit_code and probe.start >= seen.started_at][-_PROBES:]:
        yield f"  probe exited with {probe.exit_code}{_timing(probe, now)}"
        yield from (f"    {line.rstrip()}" for line in probe.output.strip().splitlines()[-_LINES:])


def _command(command: Sequence[str]) -> str:
    return " ".join(command[1:] if command[0] in {"CMD", "CMD-SHELL"} else command)


def _timing(probe: Probe, now: float) -> str:
    if not probe.end:
        return ""
    return f" after {_seconds(probe.end - probe.start)}, {_seconds(now - probe.end)} ago"


def _hint(failed: Failed, service: str) -> str:
    culprit = failed.container
    if culprit is not None and culprit.oom_killed:
        return f"give `{service}` more memory (`deploy.resources.limits.memory`, `mem_limit`)"
    if failed.code == "no-healthcheck":
        return f"add a `healthcheck` to `{service}`, or depend on it with `condition: service_started`"
    if failed.code == "missing":
        return f"start it as well: `compose up -d {service}`"
    return f"`compose logs {service}` shows everything it wrote"


def _seconds(value: float | None) -> str:
    return f"{max(value or 0.0, 0.0):.1f} s"
