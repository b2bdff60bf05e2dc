"""A look at a container as the account of its failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compose.base.failure import Failure, Moment, ProbeRun
from compose.health.observation import Observation

_ENDED = frozenset({"exited", "dead"})
_MOMENTS = 12
"""Moments of a time line at most; of more, the middle is left out."""
_TEXT = 4000
"""Characters kept of what a probe wrote."""


def failure_of(
    seen: Observation,
    *,
    condition: str,
    dependant: str = "",
    logs: Sequence[str] = (),
    waited: float | None = None,
) -> Failure:
    """Return what is known of a container at one look; `logs` are its last lines, oldest first."""
    probes = [probe for probe in seen.probes if probe.start >= seen.started_at]
    return Failure(
        service=seen.service,
        container=seen.name,
        dependant=dependant,
        condition=condition,
        waited=waited,
        state=seen.state,
        health=seen.readiness,
        exit_code=seen.exit_code if seen.state in _ENDED else None,
        oom_killed=seen.oom_killed,
        restarts=seen.restarts,
        error=seen.error,
        healthcheck=command_text(seen.probe_command),
        probes=tuple(
            ProbeRun(start=one.start, end=one.end, exit_code=one.exit_code, output=one.output[:_TEXT]) for one in probes
        ),
        logs=tuple(line.rstrip() for line in logs if line.strip()),
        timeline=_shortened(sorted(_moments(seen), key=lambda moment: moment.time)),
    )


def command_text(command: Sequence[str]) -> str:
    """Return the command of a healthcheck as it is typed."""
    return " ".join(command[1:] if command and command[0] in {"CMD", "CMD-SHELL"} else command)


def _moments(seen: Observation) -> Iterator[Moment]:
    if seen.created_at:
        yield Moment(time=seen.created_at, what="created")
    if seen.started_at:
        again = f", for the {_ordinal(seen.restarts + 1)} time" if seen.restarts else ""
        yield Moment(time=seen.started_at, what=f"started{again}")
    for probe in seen.probes:
        if probe.end and probe.start >= seen.started_at:
            result = f"exited with {probe.exit_code}" if probe.exit_code else "succeeded"
            yield Moment(time=probe.end, what=f"probe {result}")
    if seen.state in _ENDED and seen.finished_at:
        memory = " (out of memory)" if seen.oom_killed else ""
        yield Moment(time=seen.finished_at, what=f"exited with code {seen.exit_code}{memory}")


def _shortened(moments: list[Moment]) -> tuple[Moment, ...]:
    if len(moments) <= _MOMENTS:
        return tuple(moments)
    half = _MOMENTS // 2
    left_out = Moment(time=moments[half].time, what=f"… {len(moments) - 2 * half} more …")
    return (*moments[:half], left_out, *moments[-half:])


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")  # noqa: PLR2004 - 11th to 13th
    return f"{number}{ending}"
