"""Attributes that need a newer API than the engine has: said with their line and the version that could."""

from __future__ import annotations

from collections.abc import Iterator

from compose.base.diagnostics import Diagnostic
from compose.base.place import Path, dotted
from compose.base.value import Value
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.attributes import ROWS
from compose.payload.network import ENABLE_IPV4
from compose.payload.networking import GATEWAY_PRIORITY, INTERFACE_NAME, MANY_NETWORKS, by_priority
from compose.payload.versions import Version, engine_with, has, text
from compose.state.observed import EngineFacts

IMAGE_MOUNT = (1, 48)
_CLUSTER_MOUNT = (1, 42)
_SUBPATH = (1, 45)
_CREATE_MOUNTPOINT = (1, 42)
_NON_RECURSIVE = (1, 40)
_READ_ONLY_RECURSION = (1, 44)
_PLATFORM = (1, 41)


class Need(Value, frozen=True, kw_only=True):
    """An attribute in use, by its path in the project, that the API honours from `since` on.

    `refusal` is what is said when going on without it would not be what the file asks for; "" = it is ignored.
    """

    path: Path
    since: Version
    refusal: str = ""


def unsupported(project: Project, facts: EngineFacts) -> Iterator[Diagnostic]:
    """Yield a warning for each attribute the engine is too old for, an error where leaving it out would be wrong."""
    for need in needs(project):
        if not has(facts, need.since):
            yield _diagnostic(project, facts, need)


def needs(project: Project) -> Iterator[Need]:
    """Yield the attributes in use that not every engine knows."""
    for service in project.services.values():
        base: Path = ("services", service.name)
        for need in _service_needs(service):
            yield Need(path=base + need.path, since=need.since, refusal=need.refusal)
    for key, network in project.networks.items():
        if network.enable_ipv4 is not None and not network.external:
            yield Need(path=("networks", key, "enable_ipv4"), since=ENABLE_IPV4)


def _service_needs(service: Service) -> Iterator[Need]:
    for row in ROWS:
        if row.value(service) is not None:
            yield Need(path=tuple(row.attribute.split(".")), since=row.since)
    if service.platform:
        yield Need(path=("platform",), since=_PLATFORM)
    yield from _mount_needs(service)
    yield from _network_needs(service)


def _mount_needs(service: Service) -> Iterator[Need]:
    for index, mount in enumerate(service.volumes):
        base: Path = ("volumes", index)
        if mount.type == "image":
            yield Need(path=base, since=IMAGE_MOUNT, refusal="volume with type=image require Docker Engine v28 or later")
        if mount.type == "cluster":
            yield Need(path=base, since=_CLUSTER_MOUNT)
        if mount.volume is not None and mount.volume.subpath:
            yield Need(path=(*base, "volume", "subpath"), since=_SUBPATH)
        if mount.bind is not None and mount.bind.recursive == "readonly":
            refusal = "bind-recursive=readonly requires API v1.44 or later"
            yield Need(path=(*base, "bind", "recursive"), since=_READ_ONLY_RECURSION, refusal=refusal)
        if mount.bind is not None and mount.bind.recursive == "disabled":
            yield Need(path=(*base, "bind", "recursive"), since=_NON_RECURSIVE)
        if mount.bind is not None and mount.bind.create_host_path and (mount.bind.propagation or mount.bind.recursive):
            yield Need(path=(*base, "bind", "create_host_path"), since=_CREATE_MOUNTPOINT)


def _network_needs(service: Service) -> Iterator[Need]:
    for position, key in enumerate(by_priority(service)):
        joined = service.networks[key]
        if joined is None:
            continue
        if joined.mac_address and position > 0:
            yield Need(path=("networks", key, "mac_address"), since=MANY_NETWORKS)
        if joined.gw_priority:
            yield Need(path=("networks", key, "gw_priority"), since=GATEWAY_PRIORITY)
        if joined.interface_name:
            refusal = "interface_name requires Docker Engine v28.1 or later"
            yield Need(path=("networks", key, "interface_name"), since=INTERFACE_NAME, refusal=refusal)


def _diagnostic(project: Project, facts: EngineFacts, need: Need) -> Diagnostic:
    wanted = f"Engine API {text(need.since)} (Docker Engine {engine_with(need.since)} or later)"
    here = f"this engine has {text(facts.api_version)}"
    ignored = f"`{dotted(need.path)}` is ignored: it needs {wanted}, {here}"
    return Diagnostic(
        severity="error" if need.refusal else "warning",
        code="engine-too-old",
        summary=need.refusal or ignored,
        span=project.span(*need.path),
        path=need.path,
        detail=f"`{dotted(need.path)}` needs {wanted}; {here}" if need.refusal else "",
    )
