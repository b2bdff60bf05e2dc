"""Subnets that nothing else uses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from compose.base.errors import fail

SUBNETS_4 = ip_network("10.64.0.0/10")
SUBNETS_6 = ip_network("fd63:6f6d:7073::/48")
SMALL = 24
"""The length of a subnet where nothing says which length: room for 253 containers."""

Subnet = IPv4Network | IPv6Network


def free_subnet(name: str, in_use: Iterable[Subnet], *, like: str = "") -> Subnet:
    """Return a subnet that overlaps none of those in use, as long as `like` (else a small one), begun to look by `name`.

    Raises:
        ComposeError: there is none left.
    """
    model = ip_network(like, strict=False) if like else ip_network(f"0.0.0.0/{SMALL}")
    space: Subnet = SUBNETS_4 if model.version == SUBNETS_4.version else SUBNETS_6
    length = max(model.prefixlen, space.prefixlen)
    others = [one for one in in_use if one.version == space.version]
    for index in numbers_from(name, 1 << min(length - space.prefixlen, 16)):
        start = int(space.network_address) + (index << (space.max_prefixlen - length))
        found = ip_network((start, length))
        if not any(found.overlaps(other) for other in others):
            return found
    raise fail("no-free-subnet", f"no free subnet of length {length} is left in {space}", hint="`compose gc` may free some")


def numbers_from(name: str, size: int) -> Iterator[int]:
    """Yield every number below `size` once, beginning where the name says."""
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    return ((start + step) % size for step in range(size))
