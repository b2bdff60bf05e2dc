"""From a finding's path to the place where the file says it."""

from __future__ import annotations

from compose.base.place import Path
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.files import references
from compose.payload.naming import network_name
from compose.payload.resources import limits, reservations


def in_the_file(path: Path, project: Project | None, service: Service | None) -> Path:
    """Return where the file says (or would say) what is at `path` below a service.

    Mounts are found by target, networks by the name they have on the engine, limits in `deploy` when they stand
    there.
    """
    if project is None or service is None:
        return path
    if path[0] == "volumes":
        return _mount(path, project, service)
    if path[0] == "networks" and len(path) > 1:
        keys = {network_name(project, key): key for key in service.networks}
        return ("networks", keys.get(str(path[1]), path[1]), *path[2:])
    return _deployed(path, service)


def _mount(path: Path, project: Project, service: Service) -> Path:
    target = str(path[-1])
    for index, mount in enumerate(service.volumes):
        if mount.target.rstrip("/") == target.rstrip("/"):
            return ("volumes", index)
    for reference in references(project, service):
        if reference.target.rstrip("/") == target.rstrip("/"):
            return reference.path
    return path


def _deployed(path: Path, service: Service) -> Path:
    places: dict[str, tuple[bool, Path]] = {
        "cpus": (bool(limits(service).cpus), ("deploy", "resources", "limits", "cpus")),
        "mem_limit": (bool(limits(service).memory), ("deploy", "resources", "limits", "memory")),
        "pids_limit": (limits(service).pids > 0, ("deploy", "resources", "limits", "pids")),
        "mem_reservation": (bool(reservations(service).memory), ("deploy", "resources", "reservations", "memory")),
        "gpus": (bool(reservations(service).devices) and not service.gpus, ("deploy", "resources", "reservations", "devices")),
        "restart": (service.deploy is not None and service.deploy.restart_policy is not None, ("deploy", "restart_policy")),
    }
    is_deployed, place = places.get(str(path[0]), (False, path))
    return place if is_deployed else path
