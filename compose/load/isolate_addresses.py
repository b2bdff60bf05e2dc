"""Fixed subnets of a copy, and every address in them: each keeps its place within the subnet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec.structs import replace

from compose.load.isolation import Change, Isolation, Wanted
from compose.model.network import IPAMPool, Network, ServiceNetwork
from compose.model.project import Project
from compose.model.service import Service

_OWN_DRIVERS = frozenset({"", "bridge", "overlay"})
"""Drivers whose subnets are the engine's own; others (macvlan) stand for networks outside."""

Subnet = IPv4Network | IPv6Network


def subnets_wanted(project: Project, isolation: Isolation) -> Iterator[Wanted]:
    """Yield the subnets that a copy needs instead of the fixed ones."""
    for key, index, pool in _fixed(project, isolation):
        yield Wanted(key=f"subnet/{key}/{index}", kind="subnet", subnet=pool.subnet)


def _fixed(project: Project, isolation: Isolation) -> Iterator[tuple[str, int, IPAMPool]]:
    for key, network in project.networks.items():
        if network.external or network.driver not in _OWN_DRIVERS:
            continue
        for index, pool in enumerate(network.ipam.config):
            if pool.subnet and _parsed(pool.subnet) and not isolation.keeps("networks", key, "ipam", "config", index, "subnet"):
                yield key, index, pool


def _parsed(text: str) -> Subnet | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None  # the engine will say what is wrong with it


class Addresses:
    """The new subnets by the old ones, and the parts of the project with addresses in them."""

    def __init__(self, project: Project, isolation: Isolation, given: Mapping[str, str], changes: list[Change]) -> None:
        self._project = project
        self._subnets: dict[str, dict[Subnet, Subnet]] = {}
        for key, index, pool in _fixed(project, isolation):
            new = given[f"subnet/{key}/{index}"]
            self._subnets.setdefault(key, {})[ip_network(pool.subnet, strict=False)] = ip_network(new)
            path = ("networks", key, "ipam", "config", index, "subnet")
            changes.append(Change(path=path, old=pool.subnet, new=new, note="addresses in it move along"))

    @cached_property
    def moved(self) -> dict[str, str]:
        """The new address for each that the files give something, by the old one."""
        found: dict[str, str] = {}
        for key, subnets in self._subnets.items():
            for address in self._addresses(key):
                found[address] = _rebased(address, subnets)
        return {old: new for old, new in found.items() if old != new}

    def network(self, key: str, network: Network) -> Network:
        """Return a network with its new subnets."""
        subnets = self._subnets.get(key)
        if not subnets:
            return network
        pools = tuple(_pool(pool, subnets) for pool in network.ipam.config)
        return replace(network, ipam=replace(network.ipam, config=pools))

    def service(self, service: Service) -> Service:
        """Return a service with its addresses in the new subnets, also where `extra_hosts` and `dns` name others'."""
        if not self._subnets:
            return service
        return replace(
            service,
            networks={key: self._joined(key, joined) for key, joined in service.networks.items()},
            extra_hosts=tuple(map(self._host, service.extra_hosts)),
            dns=tuple(self.moved.get(address, address) for address in service.dns),
        )

    def _joined(self, key: str, joined: ServiceNetwork | None) -> ServiceNetwork | None:
        subnets = self._subnets.get(key)
        if joined is None or not subnets:
            return joined
        return replace(
            joined, ipv4_address=_rebased(joined.ipv4_address, subnets), ipv6_address=_rebased(joined.ipv6_address, subnets)
        )

    def _host(self, entry: str) -> str:
        for separator in "=:":
            name, found, address = entry.partition(separator)
            if found and address in self.moved:
                return f"{name}{separator}{self.moved[address]}"
        return entry

    def _addresses(self, key: str) -> Iterator[str]:
        """Yield the addresses in a network that the files spell out."""
        for pool in self._project.networks[key].ipam.config:
            yield from filter(None, (pool.gateway, *pool.aux_addresses.values()))
        for service in (*self._project.services.values(), *self._project.disabled.values()):
            joined = service.networks.get(key)
            if joined is not None:
                yield from filter(None, (joined.ipv4_address, joined.ipv6_address))


def _pool(pool: IPAMPool, subnets: Mapping[Subnet, Subnet]) -> IPAMPool:
    old = _parsed(pool.subnet) if pool.subnet else None
    if old is None or old not in subnets:
        return pool
    address, _, length = pool.ip_range.partition("/")
    return replace(
        pool,
        subnet=str(subnets[old]),
        gateway=_rebased(pool.gateway, subnets),
        ip_range=f"{_rebased(address, subnets)}/{length}" if length else pool.ip_range,
        aux_addresses={name: _rebased(value, subnets) for name, value in pool.aux_addresses.items()},
    )


def _rebased(text: str, subnets: Mapping[Subnet, Subnet]) -> str:
    """Return an address at the same place of the new subnet; one that lies in none of the old ones stays."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    for old, new in subnets.items():
        if address.version == old.version and address in old:
            return str(new.network_address + (int(address) - int(old.network_address)))
    return text
