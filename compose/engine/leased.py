"""Objects with a lease on the engine: finding them, and removing them all at once without a plan.

What a dead process left behind has no order worth keeping: containers are killed, then networks and volumes go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.engine.errors import CONFLICT, NOT_FOUND
from compose.engine.port import Call, Engine, path
from compose.engine.workers import Workers
from compose.state.lease import Leased, lease_of
from compose.state.parse import container_from_list, network_from_list, volume_from_list

_THREADS = 16
_ORDER = ("container", "network", "volume")
_PATHS = {"container": "/containers/{}", "network": "/networks/{}", "volume": "/volumes/{}"}
_BEING_REMOVED = "already in progress"


def list_leased(engine: Engine, project: str = "") -> tuple[Leased, ...]:
    """Return everything that has a lease, or what of it belongs to one project (one list call for each kind).

    Raises:
        EngineError: the engine refused a call.
    """
    wanted = [labels.LEASE, *([f"{labels.PROJECT}={project}"] if project else [])]
    query: dict[str, Any] = {"filters": {"label": wanted}}
    workers = Workers(len(_ORDER), name="engine-leased")
    try:
        calls = (
            Call(method="GET", path="/containers/json", query={"all": True, **query}),
            Call(method="GET", path="/networks", query=query),
            Call(method="GET", path="/volumes", query=query),
        )
        containers, networks, volumes = workers.gather(engine.call, calls)
    finally:
        workers.close()
    return tuple(_found(containers, networks, (volumes or {}).get("Volumes")))


def remove_leased(engine: Engine, objects: Iterable[Leased]) -> tuple[Diagnostic, ...]:
    """Remove objects, containers first and by force, each kind in parallel; return what went wrong.

    What is gone already, or on its way out, counts as removed.
    """
    given = tuple(objects)
    workers = Workers(_THREADS, name="engine-leased")
    try:
        failed: list[Diagnostic] = []
        for kind in _ORDER:
            problems = workers.gather(partial(_remove, engine), [one for one in given if one.kind == kind])
            failed += [problem for problem in problems if problem is not None]
        return tuple(failed)
    finally:
        workers.close()


def _found(containers: Any, networks: Any, volumes: Any) -> Iterator[Leased]:  # noqa: ANN401 - JSON
    for container in map(container_from_list, containers or ()):
        lease = lease_of(container.labels)
        if lease is not None:
            project = container.labels.get(labels.PROJECT, "")
            yield Leased(kind="container", id=container.id, name=container.name, project=project, lease=lease)
    for network in map(network_from_list, networks or ()):
        lease = lease_of(network.labels)
        if lease is not None:
            yield Leased(kind="network", id=network.id, name=network.name, project=network.project, lease=lease)
    for volume in map(volume_from_list, volumes or ()):
        lease = lease_of(volume.labels)
        if lease is not None:
            yield Leased(kind="volume", id=volume.name, name=volume.name, project=volume.project, lease=lease)


def _remove(engine: Engine, one: Leased) -> Diagnostic | None:
    query = {"force": True, "v": True} if one.kind == "container" else {}
    try:
        engine.call(Call(method="DELETE", path=path(_PATHS[one.kind], one.id), query=query))
    except EngineError as error:
        if error.status == NOT_FOUND or (error.status == CONFLICT and _BEING_REMOVED in error.message):
            return None
        return error.diagnostics[0]
    return None
