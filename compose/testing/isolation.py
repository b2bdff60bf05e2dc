"""What of a project must differ so that any number of copies of it can run on one engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from compose.base.value import Value
from compose.model.network import IPAM, ServiceNetwork
from compose.model.project import Project
from compose.model.service import Port, Service

LOOPBACK = "127.0.0.1"


class Isolated(Value, frozen=True, kw_only=True):
    """A project that disturbs no other, and a line for each thing that was changed, or cannot be."""

    project: Project
    changes: tuple[str, ...] = ()


def isolate(project: Project, *, keep: Collection[str] = (), address: str = LOOPBACK) -> Isolated:
    """Return the project with nothing in it that only one copy at a time could have.

    Published ports become free ones on `address`, container names go (and stay as aliases), fixed names of networks
    and volumes get the project's name before them, fixed addresses go. `keep` names what stays: `ports`,
    `container_name`, `names`, `addresses`, for all services or for one (`web.ports`).
    """
    changes: list[str] = []
    services = {
        name: _service(service, frozenset(keep) | _of(name, keep), address, changes) for name, service in project.services.items()
    }
    networks, volumes = dict(project.networks), dict(project.volumes)
    for key, network in networks.items():
        if network.external:
            changes.append(f"network `{network.name}` is external: all copies share it")
            continue
        if "names" not in keep and network.name != f"{project.name}_{key}":
            changes.append(f"network `{network.name}` is called `{project.name}_{network.name}`")
            network = replace(network, name=f"{project.name}_{network.name}")  # noqa: PLW2901 - the same one, renamed
        if "addresses" not in keep and network.ipam.config:
            changes.append(f"network `{key}`: the engine chooses the subnet")
            network = replace(network, ipam=IPAM(driver=network.ipam.driver, options=network.ipam.options))  # noqa: PLW2901 - likewise
        networks[key] = network
    for key, volume in volumes.items():
        if volume.external:
            changes.append(f"volume `{volume.name}` is external: all copies share it")
        elif "names" not in keep and volume.name != f"{project.name}_{key}":
            changes.append(f"volume `{volume.name}` is called `{project.name}_{volume.name}`")
            volumes[key] = replace(volume, name=f"{project.name}_{volume.name}")
    changed = replace(project, services=services, networks=networks, volumes=volumes)
    return Isolated(project=changed, changes=tuple(changes))


def _of(service: str, keep: Collection[str]) -> frozenset[str]:
    return frozenset(one.removeprefix(f"{service}.") for one in keep if one.startswith(f"{service}."))


def _service(service: Service, keep: Collection[str], address: str, changes: list[str]) -> Service:
    if service.network_mode == "host":
        changes.append(f"{service.name}: uses the host's network, which all copies share")
    if "ports" not in keep and service.ports:
        changes.extend(_port_changes(service))
        free = (replace(port, published="", host_ip=address) for port in service.ports)
        service = replace(service, ports=_unique(free))
    if "container_name" not in keep and service.container_name:
        changes.append(f"{service.name}: `container_name: {service.container_name}` is an alias only")
        alias = service.container_name
        networks: dict[str, ServiceNetwork | None] = {key: _with_alias(one, alias) for key, one in service.networks.items()}
        service = replace(service, container_name="", networks=networks)
    if "addresses" not in keep and any(options and _is_fixed(options) for options in service.networks.values()):
        changes.append(f"{service.name}: the engine chooses the addresses")
        networks = {
            key: options and replace(options, ipv4_address="", ipv6_address="") for key, options in service.networks.items()
        }
        service = replace(service, networks=networks)
    return service


def _port_changes(service: Service) -> Iterator[str]:
    for port in service.ports:
        if port.published:
            yield f"{service.name}: port {port.target} is published on a free port instead of {port.published}"


def _unique(ports: Iterator[Port]) -> tuple[Port, ...]:
    """Return the ports, each target once: two of one target were told apart by what is published only."""
    found: dict[tuple[int, str], Port] = {}
    for port in ports:
        found.setdefault((port.target, port.protocol), port)
    return tuple(found.values())


def _with_alias(options: ServiceNetwork | None, alias: str) -> ServiceNetwork:
    known = options or ServiceNetwork()
    return replace(known, aliases=tuple(dict.fromkeys((*known.aliases, alias))))


def _floating(options: ServiceNetwork | None) -> ServiceNetwork | None:
    return replace(options, ipv4_address="", ipv6_address="") if options else None


def _is_fixed(options: ServiceNetwork) -> bool:
    return bool(options.ipv4_address or options.ipv6_address)
