"""What all copies of a project have in common because nothing can tell it apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from compose.load.isolation import Change, Shared, port_range
from compose.model.project import Project
from compose.model.service import Service

_NAMESPACES = {
    "network_mode": "the network",
    "pid": "the processes",
    "ipc": "the shared memory",
    "uts": "the host name",
}
_LOCAL_PORT = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d+)")
_OUTSIDE_DRIVERS = frozenset({"macvlan", "ipvlan", "host"})


def shared(project: Project, changes: Sequence[Change], moved: Mapping[str, str]) -> tuple[Shared, ...]:
    """Return what copies of an isolated project share; `moved` are its fixed addresses, new ones by old ones."""
    ports = {str(number): change.new for change in changes if change.path[2:3] == ("ports",) for number in port_range(change.old)}
    found: list[Shared] = []
    for name, service in project.services.items():
        found += _namespaces(name, service)
        found += _containers(name, service)
        found += _paths(name, service)
        found += _mentions(name, service, ports, moved)
    found += _networks(project)
    found += _volumes(project)
    return tuple(found)


def _namespaces(name: str, service: Service) -> Iterator[Shared]:
    for attribute, words in _NAMESPACES.items():
        mode: str = getattr(service, attribute)
        if mode == "host":
            yield Shared(path=("services", name, attribute), what=f"{words} of the host")
    if service.provider is not None:
        yield Shared(path=("services", name, "provider"), what="what the provider runs")


def _containers(name: str, service: Service) -> Iterator[Shared]:
    """Yield references to containers outside the project; those inside it bear the copy's names already."""
    for attribute in ("network_mode", "pid", "ipc"):
        mode: str = getattr(service, attribute)
        if mode.startswith("container:"):
            yield Shared(path=("services", name, attribute), what=f"the container {mode.removeprefix('container:')}")
    for index, entry in enumerate(service.volumes_from):
        if entry.startswith("container:"):
            yield Shared(path=("services", name, "volumes_from", index), what=f"the volumes of {entry.split(':')[1]}")
    for index, link in enumerate(service.external_links):
        yield Shared(path=("services", name, "external_links", index), what=f"the container {link.partition(':')[0]}")


def _paths(name: str, service: Service) -> Iterator[Shared]:
    for index, mount in enumerate(service.volumes):
        if mount.type == "bind" and not mount.read_only:
            yield Shared(path=("services", name, "volumes", index), what=f"the host path {mount.source}, which it may write")


def _mentions(name: str, service: Service, ports: Mapping[str, str], moved: Mapping[str, str]) -> Iterator[Shared]:
    """Yield variables that spell out a host port or an address which is another one in this copy."""
    for variable, value in service.environment.items():
        path = ("services", name, "environment", variable)
        for number in dict.fromkeys(_LOCAL_PORT.findall(value or "")):
            if number in ports:
                yield Shared(path=path, what=f"it says port {number} of this machine, where this copy has {ports[number]}")
        for old, new in moved.items():
            if re.search(rf"(?<![\w.]){re.escape(old)}(?![\w.]*\w)", value or ""):
                yield Shared(path=path, what=f"it says {old}, where this copy has {new}")


def _networks(project: Project) -> Iterator[Shared]:
    for key, network in project.networks.items():
        users = sorted(name for name, service in project.services.items() if key in service.networks)
        if network.external:
            found = f", where all copies of {', '.join(users)} have the same names" if users else ""
            yield Shared(path=("networks", key), what=f"the external network {network.name}{found}")
        elif network.driver in _OUTSIDE_DRIVERS:
            yield Shared(path=("networks", key), what=f"the host's own network ({network.driver})")


def _volumes(project: Project) -> Iterator[Shared]:
    for key, volume in project.volumes.items():
        if volume.external:
            yield Shared(path=("volumes", key), what=f"the external volume {volume.name}")
        elif volume.driver_opts.get("device"):
            yield Shared(path=("volumes", key), what=f"what is stored at {volume.driver_opts['device']}")
        elif volume.driver not in {"", "local"}:
            yield Shared(path=("volumes", key), what=f"whatever the driver {volume.driver} stores under the name")
