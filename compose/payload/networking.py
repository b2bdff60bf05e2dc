"""Which networks a container joins, and with which endpoint settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compose.base.value import Value
from compose.model.network import ServiceNetwork
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.naming import default_container_name, network_name, replica_name
from compose.payload.payloads import Binding, Connect
from compose.payload.versions import has
from compose.state.observed import ContainerState, EngineFacts

MANY_NETWORKS = (1, 44)
"""From this API on a container is created with all its networks, and addresses of endpoints are honoured."""
GATEWAY_PRIORITY = (1, 48)
INTERFACE_NAME = (1, 49)
_INTERFACE_OPTION = "com.docker.network.endpoint.ifname"

_SERVICE = "service:"
_JOINED = ServiceNetwork()


Links = Mapping[str, Sequence[ContainerState]]
"""The containers of services that others link to, by service."""


class Networking(Value, frozen=True, kw_only=True):
    """A container's networking: `mode` is `NetworkMode` ("" when `binding` fills it), `endpoints` go into the
    create body, `connects` follow it; `keys` are the networks, primary first; `mac_address` is for old engines.
    """

    mode: str = ""
    binding: Binding | None = None
    endpoints: dict[str, dict[str, Any]] = {}
    connects: tuple[Connect, ...] = ()
    keys: tuple[str, ...] = ()
    mac_address: str = ""


def by_priority(service: Service) -> tuple[str, ...]:
    """Return the keys of the service's networks, the primary one first (highest priority, then by name)."""
    return tuple(sorted(service.networks, key=lambda key: (-(service.networks[key] or _JOINED).priority, key)))


def networking(
    project: Project, service: Service, facts: EngineFacts, *, name: str, found: bool, links: Sequence[str]
) -> Networking:
    """Return how a container is networked.

    `name` is the container's; `found` = others find it under the service's name and aliases too; `links` are
    ready for the engine.
    """
    if service.network_mode:
        return _special_mode(service, facts)
    keys = by_priority(service) or (("default",) if "default" in project.networks else ())
    if not keys:
        return Networking(mode="none")
    endpoints = [_endpoint(service, key, facts, name=name, found=found, links=links) for key in keys]
    names = [network_name(project, key) for key in keys]
    if has(facts, MANY_NETWORKS):
        endpoints[0] = _with_mac_address(endpoints[0], service)
        return Networking(mode=names[0], endpoints=dict(zip(names, endpoints, strict=True)), keys=keys)
    later = zip(keys[1:], names[1:], endpoints[1:], strict=True)
    connects = tuple(Connect(network=key, name=network, endpoint=endpoint) for key, network, endpoint in later)
    mac_address = endpoints[0].pop("MacAddress", service.mac_address)
    return Networking(mode=names[0], endpoints={names[0]: endpoints[0]}, connects=connects, keys=keys, mac_address=mac_address)


def _with_mac_address(endpoint: dict[str, Any], service: Service) -> dict[str, Any]:
    return {"MacAddress": service.mac_address, **endpoint} if service.mac_address else endpoint


def _special_mode(service: Service, facts: EngineFacts) -> Networking:
    mac_address = "" if has(facts, MANY_NETWORKS) else service.mac_address
    if not service.network_mode.startswith(_SERVICE):
        return Networking(mode=service.network_mode, mac_address=mac_address)
    other = service.network_mode.removeprefix(_SERVICE)
    path = ("HostConfig", "NetworkMode")
    return Networking(binding=Binding(path=path, service=other, form="container:{}", sharing="network namespace"))


def _endpoint(service: Service, key: str, facts: EngineFacts, *, name: str, found: bool, links: Sequence[str]) -> dict[str, Any]:
    given = service.networks.get(key)
    joined = given or _JOINED
    address = {
        "IPv4Address": joined.ipv4_address,
        "IPv6Address": joined.ipv6_address,
        "LinkLocalIPs": list(joined.link_local_ips),
    }
    fields: dict[str, Any] = {
        "Aliases": [name, service.name, *joined.aliases] if found else [name],
        "Links": list(links),
        "IPAMConfig": {kind: value for kind, value in address.items() if value},
        "MacAddress": joined.mac_address,
        "DriverOpts": _driver_options(joined, facts),
        "GwPriority": joined.gw_priority if has(facts, GATEWAY_PRIORITY) else 0,
    }
    body = {field: value for field, value in fields.items() if value}
    return body if given is None else {"IPAMConfig": {}, **body}


def _driver_options(joined: ServiceNetwork, facts: EngineFacts) -> dict[str, str]:
    if not joined.interface_name or not has(facts, INTERFACE_NAME):
        return joined.driver_opts
    return {**joined.driver_opts, _INTERFACE_OPTION: joined.interface_name}


def engine_links(
    project: Project, service: Service, number: int, containers: Mapping[str, Sequence[ContainerState]]
) -> list[str]:
    """Return `Links`: each container of a linked service under the alias and both of its replica names.

    `containers` are the live containers by service; for a service not in it, those that the file asks for are
    expected. The names bear the number of the container that gets the links, as in Docker Compose.
    """
    found: list[str] = []
    for link in service.links:
        linked, _, alias = link.partition(":")
        own = (alias or linked, replica_name(project, linked, number), default_container_name(project, linked, number))
        found += [f"{name}:{known}" for name in _container_names(project, linked, containers) for known in own]
    for link in service.external_links:
        name, _, alias = link.partition(":")
        found.append(f"{name}:{alias or name}")
    return found


def _container_names(project: Project, linked: str, containers: Links) -> list[str]:
    if linked in containers:
        return [container.name for container in containers[linked]]
    service = project.services.get(linked)
    if service is None:
        return []
    if service.container_name:
        return [service.container_name]
    return [default_container_name(project, linked, number) for number in range(1, service.replicas + 1)]
