"""Engines as tables and text: where they were looked for, what they are, which private ones there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from compose.engine.endpoint import Candidate
from compose.state.observed import EngineFacts
from compose.view.tables import TIGHT, align, table

_YES_NO: Final = {True: "yes", False: "no"}


def places(candidates: Sequence[Candidate], chosen: str) -> str:
    """Return a table of the places that were looked at; the one in use has a star."""
    rows = [
        ("*" if candidate.endpoint.url == chosen else "", candidate.endpoint.url, candidate.endpoint.source, _outcome(candidate))
        for candidate in candidates
    ]
    return table(("", "ENDPOINT", "FROM", "FOUND"), rows, TIGHT)


def facts(engine: EngineFacts) -> str:
    """Return what an engine is, one property a line."""
    major, minor = engine.api_version
    rows: Iterable[tuple[str, str]] = (
        ("Engine:", f"{engine.name} {engine.version}".strip()),
        ("API:", f"{major}.{minor}"),
        ("Platform:", f"{engine.os}/{engine.arch}" if engine.arch else engine.os),
        ("Storage:", engine.storage_driver),
        ("Cgroups:", f"version {engine.cgroup_version}" if engine.cgroup_version else ""),
        ("Rootless:", _YES_NO[engine.rootless]),
        ("Swarm:", _YES_NO[engine.swarm]),
    )
    return align([row for row in rows if row[1]])


def _outcome(candidate: Candidate) -> str:
    if candidate.answered is None:
        return "not looked at"
    return "answers" if candidate.answered else candidate.reason
