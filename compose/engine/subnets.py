"""Which subnets are taken where an engine is: by its networks, and by the routes of this machine."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from compose.engine.port import Call, Engine

_ROUTES = Path("/proc/net/route")
_DESTINATION, _MASK = 1, 7
"""Columns of the kernel's table; the numbers are hexadecimal and little-endian."""


def in_use(engine: Engine) -> tuple[str, ...]:
    """Return the subnets of all networks of the engine (GET networks), and those that this machine has routes to.

    Raises:
        EngineError: the engine refused the call.
    """
    networks = engine.call(Call(method="GET", path="/networks"))
    found = {subnet for network in networks or () for subnet in subnets_of(network)}
    with suppress(OSError):  # another system; the engine knows its own networks at least
        found |= set(routed(_ROUTES.read_text(encoding="ascii")))
    return tuple(sorted(found))


def subnets_of(network: dict[str, Any]) -> tuple[str, ...]:
    """Return the subnets of a network as the engine lists it."""
    pools = (network.get("IPAM") or {}).get("Config") or ()
    return tuple(pool["Subnet"] for pool in pools if pool.get("Subnet"))


def routed(table: str) -> tuple[str, ...]:
    """Return the destinations in the kernel's table of routes, without the default one."""
    rows = [line.split() for line in table.splitlines()[1:]]
    found = (f"{_address(row[_DESTINATION])}/{_address(row[_MASK])}" for row in rows if len(row) > _MASK)
    return tuple(str(IPv4Network(one, strict=False)) for one in found if not one.startswith("0.0.0.0/"))


def _address(text: str) -> IPv4Address:
    return IPv4Address(int.from_bytes(bytes.fromhex(text), "little"))
