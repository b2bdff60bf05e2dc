"""Networks, addresses, aliases, links and ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compose.base.place import Path
from compose.payload.comparison.finding import Case, Finding, by_key

_SHORT = 12
_SPECIAL = {"host", "none", "bridge", "default", ""}
_ADDRESSES = {"ipv4_address": "IPv4Address", "ipv6_address": "IPv6Address", "link_local_ips": "LinkLocalIPs"}


def findings(case: Case) -> Iterator[Finding]:
    """Yield what differs in networking."""
    yield from _mode(case)
    yield from _endpoints(case)
    yield from _ports(case)
    yield from _mac_addresses(case)


def _mode(case: Case) -> Iterator[Finding]:
    """Compare the kind of networking; which networks are joined is `_endpoints`' matter."""
    wanted, actual = (str(where("HostConfig", "NetworkMode") or "") for where in (case.wanted, case.actual))
    wanted, actual = ("" if mode == "default" else mode for mode in (wanted, actual))
    if wanted == actual or _names_same_network(case, wanted, actual):
        return
    if case.wanted("NetworkingConfig") and not (actual in {"host", "none"} or actual.startswith("container:")):
        if wanted in case.networks:
            yield Finding(path=("networks",), old=actual, new=wanted)
        return
    yield Finding(path=("network_mode",), old=actual or None, new=wanted or None)


def _names_same_network(case: Case, wanted: str, actual: str) -> bool:
    return bool(actual) and case.networks.get(wanted) == actual


def _endpoints(case: Case) -> Iterator[Finding]:
    wanted: dict[str, Any] = case.wanted("NetworkingConfig", "EndpointsConfig") or {}
    if not wanted:
        return
    actual: dict[str, Any] = case.actual("NetworkSettings", "Networks") or {}
    for name in sorted(wanted.keys() | (actual.keys() - _SPECIAL)):
        path: Path = ("networks", name)
        if name not in wanted:
            yield Finding(path=path, old="connected")
        elif name not in actual:
            yield Finding(path=path, new="connected")
        else:
            yield from _endpoint(case, path, wanted[name] or {}, actual[name] or {})


def _endpoint(case: Case, path: Path, wanted: dict[str, Any], actual: dict[str, Any]) -> Iterator[Finding]:
    generated = {case.container_id[:_SHORT]}
    asked, shown = set(wanted.get("Aliases") or ()) - generated, set(actual.get("Aliases") or ()) - generated
    if asked != shown:
        yield Finding(path=(*path, "aliases"), old=sorted(shown), new=sorted(asked))
    for attribute, field in _ADDRESSES.items():
        new, old = ((endpoint.get("IPAMConfig") or {}).get(field) or None for endpoint in (wanted, actual))
        if new != old:
            yield Finding(path=(*path, attribute), old=old, new=new)
    yield from by_key((*path, "driver_opts"), wanted.get("DriverOpts") or {}, actual.get("DriverOpts") or {})
    if (wanted.get("GwPriority") or 0) != (actual.get("GwPriority") or 0):
        yield Finding(path=(*path, "gw_priority"), old=actual.get("GwPriority"), new=wanted.get("GwPriority"))
    yield from _links(wanted, actual)


def _links(wanted: dict[str, Any], actual: dict[str, Any]) -> Iterator[Finding]:
    """Compare the names under which linked containers are found; which containers these are changes with scale."""
    new, old = ({link.partition(":")[2] for link in endpoint.get("Links") or ()} for endpoint in (wanted, actual))
    if new != old:
        yield Finding(path=("links",), old=sorted(old), new=sorted(new))


def _ports(case: Case) -> Iterator[Finding]:
    new, old = (_bindings(where("HostConfig", "PortBindings")) for where in (case.wanted, case.actual))
    if new != old:
        yield Finding(path=("ports",), old=old, new=new)
    image = ports(case.default("ExposedPorts"))
    exposed = ports(case.wanted("ExposedPorts"))
    shown = ports(case.actual("Config", "ExposedPorts"))
    if case.image is None:
        shown &= exposed
    if exposed | image != shown:
        yield Finding(path=("expose",), old=sorted(shown), new=sorted(exposed | image))


def _bindings(bindings: dict[str, Any] | None) -> list[str]:
    found = []
    for key, entries in (bindings or {}).items():
        (port,) = ports({key: {}})
        for entry in entries or ():
            address, number = entry.get("HostIp") or "", entry.get("HostPort") or ""
            found.append(":".join(part for part in (address, number, port) if part) if address else f"{number}:{port}")
    return sorted(found)


def ports(exposed: dict[str, Any] | None) -> set[str]:
    """Return exposed ports one by one with their protocol; older tools leave ranges and `/tcp` to the engine."""
    found = set()
    for key in exposed or ():
        numbers, _, protocol = key.partition("/")
        first, _, last = numbers.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            found |= {f"{number}/{protocol or 'tcp'}" for number in range(int(first), int(last or first) + 1)}
        else:
            found.add(key)
    return found


def _mac_addresses(case: Case) -> Iterator[Finding]:
    """Compare static MAC addresses: the primary network's is told apart from a generated one, others' are not."""
    endpoints: dict[str, Any] = case.wanted("NetworkingConfig", "EndpointsConfig") or {}
    mode = str(case.wanted("HostConfig", "NetworkMode") or "")
    wanted = case.wanted("MacAddress") or (endpoints.get(mode) or {}).get("MacAddress") or ""
    actual = case.actual("Config", "MacAddress") or ""
    if wanted.lower() != actual.lower():
        yield Finding(path=("mac_address",), old=actual or None, new=wanted or None)
    for name, endpoint in endpoints.items():
        shown = case.actual("NetworkSettings", "Networks", name, "MacAddress") or ""
        asked = (endpoint or {}).get("MacAddress") or ""
        if name != mode and asked and shown and asked.lower() != shown.lower():
            yield Finding(path=("networks", name, "mac_address"), old=shown, new=asked)
