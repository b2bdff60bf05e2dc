"""A stack that did not come up, told in full: the culprit, its probes and last lines, who took how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError

if TYPE_CHECKING:
    from compose.commands.timings import Performed
    from compose.health.observation import Observation, Probe

LAST_LINES = 30
_PROBES = 5


class StackFailed(ComposeError):
    """A stack, or a service that was waited for, did not get ready; `report` is the whole story, and the text of it."""

    def __init__(self, diagnostics: Sequence[Diagnostic], report: str) -> None:
        super().__init__(*diagnostics)
        self.report = report

    def __str__(self) -> str:
        return self.report


def told(diagnostics: Sequence[Diagnostic], runs: Sequence[Performed] = (), services: Iterable[str] = ()) -> str:
    """Return the report: what went wrong, sections about services, and where the time went."""
    from compose.commands import timings  # noqa: PLC0415 - only when something failed
    from compose.view.diagnostics import render_all  # noqa: PLC0415 - likewise

    parts = [render_all(_once(diagnostics)).rstrip(), *services]
    if runs:
        parts.append(timings.render(runs).rstrip())
    return "\n\n".join(part for part in parts if part)


def _once(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics without details of containers of which an earlier one tells."""
    told_of: set[str] = set()
    found: list[Diagnostic] = []
    for one in diagnostics:
        containers = {failure.container for failure in one.failures}
        found.append(replace(one, detail="", hint="") if containers and containers <= told_of else one)
        told_of |= containers
    return found


def section(name: str, seen: Observation | None, lines: Sequence[str]) -> str:
    """Return what is known of a service: its state, its last probes, its last lines."""
    parts = [f"{name}: {state(seen)}" if seen is not None else f"{name}: no container"]
    if seen is not None and seen.probes and seen.readiness != "healthy":
        parts += [_probe(probe) for probe in seen.probes[-_PROBES:]]
    parts += [f"  | {line}" for line in lines]
    return "\n".join(parts)


def state(seen: Observation) -> str:
    """Return in words where a container is."""
    if seen.state in {"exited", "dead"}:
        return f"exited with code {seen.exit_code}{', out of memory' if seen.oom_killed else ''}"
    return f"{seen.state} ({seen.readiness})" if seen.readiness else seen.state


def _probe(probe: Probe) -> str:
    said = " ".join(probe.output.split())
    return f"  probe: exit code {probe.exit_code}{f': {said[:200]}' if said else ''}"
