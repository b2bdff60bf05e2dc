"""Names that a shell completes: services, profiles, projects. Asked at every press of a key: fast, and never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import ComposeError
from compose.commands.session import Session


def services(session: Session) -> tuple[str, ...]:
    """Return the services that the files declare, in any profile."""
    return tuple(sorted(_declared(session)))


def profiles(session: Session) -> tuple[str, ...]:
    """Return the profiles that services name."""
    declared = _declared(session).values()
    return tuple(
        sorted({str(name) for service in declared if isinstance(service, Mapping) for name in service.get("profiles") or ()})
    )


def projects(session: Session) -> tuple[str, ...]:
    """Return the projects that have containers on the engine (GET containers/json)."""
    from compose.engine.port import Call  # noqa: PLC0415 - names in files are completed without an engine

    call = Call(method="GET", path="/containers/json", query={"all": True, "filters": {"label": [labels.PROJECT]}})
    try:
        found = session.engine.call(call)
    except ComposeError:  # a shell has no place for messages while somebody types
        return ()
    return tuple(sorted({(container.get("Labels") or {}).get(labels.PROJECT, "") for container in found or ()} - {""}))


def _declared(session: Session) -> dict[str, Any]:
    """Return the services as they are written, merged over all files; nothing is checked or interpolated."""
    from compose.load.pipeline import load_model  # noqa: PLC0415 - flags and commands are completed without files

    request = replace(session.request(), profiles=("*",), no_interpolate=True, no_consistency=True, no_path_resolution=True)
    try:
        found = load_model(request).data.get("services")
    except ComposeError:  # as above
        return {}
    return dict(found or {})
