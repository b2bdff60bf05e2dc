"""What one look at a container says about its readiness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from compose.base import labels
from compose.base.value import Value
from compose.state.observed import state_word

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NEVER = "0001-"
_TEMPORARY = re.compile(r"^[0-9a-f]{12}_")
GONE = "gone"
_WHOLE = 19
"""Where the fraction of a second begins."""


class Probe(Value, frozen=True, kw_only=True):
    """One run of a healthcheck; times in seconds since the epoch, 0 = unknown."""

    start: float = 0.0
    end: float = 0.0
    exit_code: int = 0
    output: str = ""


class Observation(Value, frozen=True, kw_only=True):
    """A container as inspected.

    `state` is the engine's word (created, running, paused, restarting, removing, exited, dead), or `gone`.
    `health` is the engine's word for the healthcheck ("" without one). Times are seconds since the epoch by the
    engine's clock, 0 = never. `restart_policy` is "" or `no` when the engine does not restart it.
    """

    id: str
    name: str
    service: str = ""
    number: int = 0
    state: str = GONE
    health: str = ""
    probes: tuple[Probe, ...] = ()
    probe_command: tuple[str, ...] = ()
    has_healthcheck: bool = False
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    created_at: float = 0.0
    started_at: float = 0.0
    finished_at: float = 0.0
    restarts: int = 0
    restart_policy: str = ""

    @property
    def newest(self) -> float:
        """The latest moment of the engine's clock that this look knows of."""
        return max(self.started_at, self.finished_at, self.probes[-1].end if self.probes else 0.0)

    @property
    def readiness(self) -> str:
        """The healthcheck's word about this run of the container: "", starting, healthy or unhealthy.

        A word whose last probe began before the container did is about an earlier run, and does not count.
        """
        if not self.has_healthcheck:
            return ""
        if self.health not in {"healthy", "unhealthy"}:
            return "starting"
        if self.probes and self.probes[-1].start and self.probes[-1].start < self.started_at:
            return "starting"
        return self.health


def gone(identifier: str, *, name: str, service: str = "", number: int = 0) -> Observation:
    """Return the observation of a container that the engine does not have any more."""
    return Observation(id=identifier, name=name, service=service, number=number)


def from_inspect(data: Mapping[str, Any]) -> Observation:
    """Return the observation in an answer of GET containers/{id}/json."""
    state: Mapping[str, Any] = data.get("State") or {}
    config: Mapping[str, Any] = data.get("Config") or {}
    health: Mapping[str, Any] = state.get("Health") or state.get("Healthcheck") or {}
    label: Mapping[str, str] = config.get("Labels") or {}
    number = label.get(labels.CONTAINER_NUMBER, "")
    status = _word(health.get("Status"))
    command = tuple((config.get("Healthcheck") or {}).get("Test") or ())
    return Observation(
        id=data["Id"],
        name=_name(data, label),
        service=label.get(labels.SERVICE, ""),
        number=int(number) if number.isdigit() else 0,
        state=state_word(state.get("Status") or GONE),
        health=status,
        probes=tuple(_probe(entry) for entry in health.get("Log") or ()),
        probe_command=command,
        has_healthcheck=bool(status) or bool(command and command[0] not in {"NONE", ""}),
        exit_code=int(state.get("ExitCode") or 0),
        oom_killed=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        created_at=instant(data.get("Created")),
        started_at=instant(state.get("StartedAt")),
        finished_at=instant(state.get("FinishedAt")),
        restarts=int(data.get("RestartCount") or 0),
        restart_policy=((data.get("HostConfig") or {}).get("RestartPolicy") or {}).get("Name") or "",
    )


def _name(data: Mapping[str, Any], label: Mapping[str, str]) -> str:
    """Return the container's name; of one that is to replace another the name it will have in the end."""
    name = str(data.get("Name", "")).removeprefix("/")
    return _TEMPORARY.sub("", name) if labels.REPLACE in label else name


def _word(status: str | None) -> str:
    return "" if status in {None, "none"} else str(status)


def _probe(entry: Mapping[str, Any]) -> Probe:
    return Probe(
        start=instant(entry.get("Start")),
        end=instant(entry.get("End")),
        exit_code=int(entry.get("ExitCode") or 0),
        output=entry.get("Output") or "",
    )


def instant(text: str | None) -> float:
    """Return an engine's time as seconds since the epoch; 0 for none, for year one and for other text."""
    if text and len(text) > _WHOLE and text[_WHOLE] == "." and text[-1] == "Z" and not text.startswith(_NEVER):
        with suppress(ValueError):
            return _seconds(text[:_WHOLE]) + float(text[_WHOLE:-1])
    match = _INSTANT.fullmatch(text or "")
    if match is None or match.group(1).startswith(_NEVER):
        return 0.0
    whole, fraction, zone = match.groups()
    moment = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone)).astimezone(UTC)
    return moment.timestamp() + float(fraction or 0)


@lru_cache(maxsize=256)
def _seconds(text: str) -> float:
    """Return the seconds of `2026-01-31T12:00:00`; log lines come in thousands with the same one."""
    return datetime.fromisoformat(text + "+00:00").timestamp()
