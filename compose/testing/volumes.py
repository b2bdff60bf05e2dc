"""What named volumes hold, read and written through a container that mounts them: no program inside is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from compose.base.value import Value
from compose.engine import archive
from compose.engine.port import Call, Engine, path
from compose.model.project import Project
from compose.state.observed import ContainerState

_CHUNK = 1 << 20


class Place(Value, frozen=True, kw_only=True):
    """A named volume of a project, and where one of its services mounts it."""

    key: str
    name: str
    service: str
    target: str


def places(project: Project, services: Sequence[str] = ()) -> tuple[Place, ...]:
    """Return the named volumes that services mount (all services when none is named), each once; external ones are left out."""
    found: dict[str, Place] = {}
    for name, service in project.services.items():
        for mount in service.volumes:
            volume = project.volumes.get(mount.source)
            whole = mount.type == "volume" and not (mount.volume and mount.volume.subpath)
            if whole and volume is not None and not volume.external and (not services or name in services):
                found.setdefault(mount.source, Place(key=mount.source, name=volume.name, service=name, target=mount.target))
    return tuple(found.values())


def users(project: Project, found: Sequence[Place]) -> tuple[str, ...]:
    """Return the services that mount any of the volumes."""
    keys = {place.key for place in found}
    return tuple(
        name
        for name, service in project.services.items()
        if any(mount.type == "volume" and mount.source in keys for mount in service.volumes)
    )


def save(engine: Engine, container: ContainerState, target: str, file: Path) -> None:
    """Write what is mounted at `target` to a tar file.

    Raises:
        EngineError: the engine refused.
    """
    with archive.get(engine, container.id, f"{target.rstrip('/')}/.") as stream, file.open("wb") as kept:
        for chunk in stream.chunks():
            kept.write(chunk)


def fill(engine: Engine, container: ContainerState, target: str, file: Path) -> None:
    """Put what a tar file has where a container, running or not, mounts a volume.

    Raises:
        EngineError: the engine refused.
    """
    with file.open("rb") as kept:
        engine.call(archive.put(container.id, _chunks(kept), where=target))


def _chunks(kept: BinaryIO) -> Iterator[bytes]:
    while chunk := kept.read(_CHUNK):
        yield chunk


def remove(engine: Engine, name: str) -> None:
    """Remove a volume (DELETE volumes/{name})."""
    engine.call(Call(method="DELETE", path=path("/volumes/{}", name), query={"force": True}))
