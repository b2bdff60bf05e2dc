"""Host ports and subnets for copies of projects: the same ones again for the same copy, none for two. Pure.

A hash of the copy's name says where to begin to look, so that a copy gets its numbers again even when nothing was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network

from compose.base.errors import fail
from compose.load.isolation import Wanted, port_range
from compose.plan.subnets import Subnet, free_subnet, numbers_from

PORTS = range(20000, 30000)
"""Below the ports that systems and engines give out by themselves, above those that services usually have."""


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


def _fits(one: Wanted, text: str) -> bool:
    """Whether what was given before is what is wanted now: as many ports, a subnet of the same length."""
    if one.kind == "port":
        return len(port_range(text)) == one.count
    old, new = ip_network(one.subnet, strict=False), ip_network(text)
    return (old.version, old.prefixlen) == (new.version, new.prefixlen)


def _ports(copy: str, one: Wanted, is_free: Callable[[int], bool]) -> str:
    for index in numbers_from(f"{copy}/{one.key}", len(PORTS) - one.count + 1):
        first = PORTS[index]
        if all(map(is_free, range(first, first + one.count))):
            return str(first) if one.count == 1 else f"{first}-{first + one.count - 1}"
    raise fail("no-free-port", f"no {one.count} free host ports are left between {PORTS.start} and {PORTS.stop - 1}")


def _networks(texts: Iterable[str]) -> list[Subnet]:
    return [ip_network(text, strict=False) for text in texts]
