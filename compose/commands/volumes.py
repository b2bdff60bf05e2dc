"""`volumes`: the volumes of a project."""

from __future__ import annotations

from compose.base.errors import fail
from compose.commands.session import Session
from compose.state.observed import VolumeState


def volumes(session: Session, services: tuple[str, ...] = ()) -> tuple[VolumeState, ...]:
    """Return the project's volumes by name; with services those that their running containers mount.

    Raises:
        ComposeError: a service is unknown.
    """
    from compose.engine.observe import list_containers, list_volumes  # noqa: PLC0415 - needs the engine

    scope = session.scope(services)
    there = list_containers(session.engine, scope.name) if services else ()
    mounted: set[str] = set()
    for name in services:
        containers = [one for one in there if one.service == name and one.state == "running"]
        if not containers and scope.project is None:
            raise fail("unknown-service", f"no such service: {name}")
        mounted |= {str(mount.get("Name", "")) for one in containers for mount in one.mounts}
    found = [volume for volume in list_volumes(session.engine, scope.name) if not services or volume.name in mounted]
    return tuple(sorted(found, key=lambda volume: volume.name))
