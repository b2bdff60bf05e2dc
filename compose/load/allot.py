"""Host ports and subnets for copies of projects: the same ones again for the same copy, none for two. Pure.

A hash of the copy's name says where to begin to look, so that a copy gets its numbers again even when nothing was kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from compose.base.errors import fail
from compose.load.isolation import Wanted, port_range

PORTS = range(20000, 30000)
"""Below the ports that systems and engines give out by themselves, above those that services usually have."""
SUBNETS_4 = ip_network("10.64.0.0/10")
SUBNETS_6 = ip_network("fd63:6f6d:7073::/48")
SMALL = 24
"""The length of a subnet where nothing says which length: room for 253 containers."""

Subnet = IPv4Network | IPv6Network


def allot(
    copy: str,
    wanted: Iterable[Wanted],
    kept: Mapping[str, str],
    *,
    is_free: Callable[[int], bool],
    subnets_in_use: Callable[[], Iterable[str]],
) -> dict[str, str]:
    """Return what a copy gets for each thing that it wants, in the form `isolate` takes.

    `kept` is what it got before and keeps. `is_free` tells of a host port whether nobody else has it; `subnets_in_use`
    are those of the engine and of other copies. Both are asked only where something new is needed.

    Raises:
        ComposeError: nothing is left to give.
    """
    found: dict[str, str] = {}
    given: set[int] = {number for key, text in kept.items() if key.startswith("port/") for number in port_range(text)}
    used: list[Subnet] | None = None
    for one in wanted:
        text = kept.get(one.key, "")
        if not (text and _fits(one, text)):
            if one.kind == "port":
                text = _ports(copy, one, lambda number: number not in given and is_free(number))
                given.update(port_range(text))
            else:
                used = _networks(subnets_in_use()) if used is None else used
                new = free_subnet(f"{copy}/{one.key}", used, like=one.subnet)
                used.append(new)
                text = str(new)
        found[one.key] = text
    return found


def free_subnet(name: str, in_use: Iterable[Subnet], *, like: str = "") -> Subnet:
    """Return a subnet that overlaps none of those in use, as long as `like` (else a small one), begun to look by `name`.

    Raises:
        ComposeError: there is none left.
    """
    model = ip_network(like, strict=False) if like else ip_network(f"0.0.0.0/{SMALL}")
    space: Subnet = SUBNETS_4 if model.version == SUBNETS_4.version else SUBNETS_6
    length = max(model.prefixlen, space.prefixlen)
    others = [one for one in in_use if one.version == space.version]
    for index in _from(name, 1 << min(length - space.prefixlen, 16)):
        start = int(space.network_address) + (index << (space.max_prefixlen - length))
        found = ip_network((start, length))
        if not any(found.overlaps(other) for other in others):
            return found
    raise fail("no-free-subnet", f"no free subnet of length {length} is left in {space}", hint="`compose gc` may free some")


def _fits(one: Wanted, text: str) -> bool:
    """Whether what was given before is what is wanted now: as many ports, a subnet of the same length."""
    if one.kind == "port":
        return len(port_range(text)) == one.count
    old, new = ip_network(one.subnet, strict=False), ip_network(text)
    return (old.version, old.prefixlen) == (new.version, new.prefixlen)


def _ports(copy: str, one: Wanted, is_free: Callable[[int], bool]) -> str:
    for index in _from(f"{copy}/{one.key}", len(PORTS) - one.count + 1):
        first = PORTS[index]
        if all(map(is_free, range(first, first + one.count))):
            return str(first) if one.count == 1 else f"{first}-{first + one.count - 1}"
    raise fail("no-free-port", f"no {one.count} free host ports are left between {PORTS.start} and {PORTS.stop - 1}")


def _from(name: str, size: int) -> Iterator[int]:
    """Yield every number below `size` once, beginning where the name says."""
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    return ((start + step) % size for step in range(size))


def _networks(texts: Iterable[str]) -> list[Subnet]:
    return [ip_network(text, strict=False) for text in texts]
