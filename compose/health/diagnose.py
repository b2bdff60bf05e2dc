"""Why a wait failed, told so that nobody has to look elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compose.base.diagnostics import Diagnostic
from compose.base.failure import Failure, ProbeRun
from compose.base.place import Span
from compose.health.conditions import Condition, Failed, Pending
from compose.health.failure import failure_of
from compose.health.fixes import likely_fix
from compose.health.observation import Observation

_PROBES = 3
"""Failed probes told at most, the latest last."""
_LINES = 10
"""Lines of output told at most, of a probe and of the log."""
_LEAST_MOMENTS = 3
"""With fewer moments there is nothing in a time line that is not told anyway."""

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
    culprit = failed.container
    failures: tuple[Failure, ...] = ()
    if culprit is not None:
        failures = (failure_of(culprit, condition=condition, dependant=dependant, logs=logs, waited=waited),)
    detail = [*_relation(condition, service=service, dependant=dependant, waited=waited)]
    for failure in failures:
        detail += _account(failure, culprit, now, probes=failed.code == "unhealthy")
    return Diagnostic(
        severity="error" if required else "warning",
        code=(_CODES if dependant else _OWN_CODES)[failed.code],
        summary=_summary(failed, service=service, dependant=dependant, required=required),
        span=span,
        path=("services", dependant, "depends_on", service) if dependant else ("services", service),
        detail="\n".join(detail),
        hint=_hint(failed, service, failures, now),
        failures=failures,
    )


def timed_out(
    pending: Pending,
    *,
    condition: Condition,
    service: str,
    seconds: float,
    now: float = 0.0,
    dependant: str = "",
    span: Span | None = None,
    seen: Sequence[tuple[Observation, Sequence[str]]] = (),
) -> Diagnostic:
    """Return the diagnostic for a wait that took longer than the user allows.

    `seen` are the containers that are not there yet, as they were last looked at, each with its last lines.
    """
    if dependant:
        summary = f"timeout waiting for dependencies: `{dependant}` waited {seconds:g}s for `{service}` {_WAITS_FOR[condition]}"
    else:
        summary = f"application not healthy after {seconds:g}s"
    failures = tuple(failure_of(one, condition=condition, dependant=dependant, logs=logs, waited=seconds) for one, logs in seen)
    detail: list[str] = []
    for name, state in pending.waiting:
        detail.append(f"container {name} is {state}")
        for failure, (one, _) in zip(failures, seen, strict=True):
            if one.name == name:
                detail += _account(failure, one, now, probes=True)
    fixes = [fix for fix in (likely_fix(failure, now=now) for failure in failures) if fix]
    return Diagnostic(
        severity="error",
        code="dependency-timeout" if dependant else "wait-timeout",
        summary=summary,
        span=span,
        path=("services", dependant, "depends_on", service) if dependant else ("services", service),
        detail="\n".join(detail),
        hint="\n".join((*fixes[:1], f"`compose logs {service}` shows what it is doing")),
        failures=failures,
    )


def _summary(failed: Failed, *, service: str, dependant: str, required: bool) -> str:
    if not dependant:
        return failed.reason
    reason = f"{dependant} is missing dependency {service}" if failed.code == "missing" else failed.reason
    if not required:
        return f'optional dependency "{service}" failed to start: {reason}'
    return reason if failed.code in {"missing", "job-failed"} else f"dependency failed to start: {reason}"


def _relation(condition: Condition, *, service: str, dependant: str, waited: float | None) -> Iterator[str]:
    if dependant:
        after = f" (waited {_seconds(waited)})" if waited is not None else ""
        yield f"`{dependant}` depends on `{service}` {_WAITS_FOR[condition]} ({condition}){after}"


def _account(failure: Failure, seen: Observation | None, now: float, *, probes: bool) -> Iterator[str]:
    """Yield the lines that tell how a container was."""
    if seen is not None:
        yield f"container {failure.container}: {', '.join(_facts(seen, now))}"
    if probes:
        yield from _probes(failure, now)
    if failure.logs:
        yield f"last log lines of {failure.container}:"
        yield from (f"  {line}" for line in failure.logs[-_LINES:])
    if len(failure.timeline) >= _LEAST_MOMENTS:
        begin = next((one.time for one in failure.timeline if one.what.startswith("started")), failure.timeline[0].time)
        yield "time line:"
        yield from (f"  {one.time - begin:+z7.1f} s  {one.what}" for one in failure.timeline)


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


def _probes(failure: Failure, now: float) -> Iterator[str]:
    if failure.healthcheck:
        yield f"healthcheck: {failure.healthcheck}"
    for probe in [probe for probe in failure.probes if probe.exit_code][-_PROBES:]:
        yield f"  probe exited with {probe.exit_code}{_timing(probe, now)}"
        yield from (f"    {line.rstrip()}" for line in probe.output.strip().splitlines()[-_LINES:])


def _timing(probe: ProbeRun, now: float) -> str:
    if not probe.end:
        return ""
    return f" after {_seconds(probe.end - probe.start)}, {_seconds(now - probe.end)} ago"


def _hint(failed: Failed, service: str, failures: Sequence[Failure], now: float) -> str:
    if failed.code == "no-healthcheck":
        return f"add a `healthcheck` to `{service}`, or depend on it with `condition: service_started`"
    if failed.code == "missing":
        return f"start it as well: `compose up -d {service}`"
    fixes = [fix for fix in (likely_fix(failure, now=now) for failure in failures) if fix]
    return "\n".join((*fixes, f"`compose logs {service}` shows everything it wrote"))


def _seconds(value: float | None) -> str:
    return f"{max(value or 0.0, 0.0):.1f} s"
