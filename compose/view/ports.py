"""Ports of a container in one line: `80/tcp, 0.0.0.0:8000-8002->8000-8002/tcp, [::]:49153->81/tcp`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compose.state.observed import Published


def in_order(published: Iterable[Published]) -> list[Published]:
    """Return ports in the order they are listed: by container port, then address."""
    return sorted(published, key=lambda port: (port.private, port.address, port.public, port.protocol))


def describe(published: Iterable[Published]) -> str:
    """Return the ports as `docker ps` shows them.

    Neighbouring ports that are only exposed, or published under their own number, share an entry and come
    first; those published under another number follow one by one.
    """
    groups: dict[tuple[str, str], list[list[int]]] = {}
    moved: list[str] = []
    for port in in_order(published):
        if port.address and port.public != port.private:
            moved.append(f"{_host(port.address)}:{port.public}->{port.private}/{port.protocol}")
            continue
        ranges = groups.setdefault((port.address, port.protocol), [])
        if ranges and ranges[-1][1] + 1 == port.private:
            ranges[-1][1] = port.private
        else:
            ranges.append([port.private, port.private])
    earlier = [_group(key, bounds) for key, ranges in groups.items() for bounds in ranges[:-1]]
    last = [_group(key, ranges[-1]) for key, ranges in groups.items()]
    return ", ".join([*earlier, *last, *moved])


def _group(key: tuple[str, str], bounds: Sequence[int]) -> str:
    address, protocol = key
    first, last = bounds
    numbers = str(first) if first == last else f"{first}-{last}"
    return f"{_host(address)}:{numbers}->{numbers}/{protocol}" if address else f"{numbers}/{protocol}"


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
