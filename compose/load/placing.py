"""Places of values that the model has in another order than the tree it was decoded from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compose.base.place import Path
from compose.model.service import Service
from compose.source.document import Mark, SourceMap, mark_of


def place_hosts(places: SourceMap, services: Mapping[str, Service]) -> None:
    """Tell `places` where each line of `extra_hosts`, sorted in the model, was written."""
    for name, service in services.items():
        if len(service.extra_hosts) > 1:
            _place(places, ("services", name, "extra_hosts"), service.extra_hosts)
        if service.build is not None and len(service.build.extra_hosts) > 1:
            _place(places, ("services", name, "build", "extra_hosts"), service.build.extra_hosts)


def _place(places: SourceMap, path: Path, lines: tuple[str, ...]) -> None:
    written: Any = places.tree
    for part in path:
        written = written[part]
    known = dict(_written(written))
    for index, line in enumerate(lines):
        mark = known.get(line)
        if mark is not None:
            places.instead((*path, index), mark)


def _written(hosts: Any) -> Iterator[tuple[str, Mark | None]]:  # noqa: ANN401 - YAML data
    """Yield each line in the form of the model, with the place it comes from."""
    if isinstance(hosts, dict):
        for host, addresses in hosts.items():
            is_list = isinstance(addresses, list)
            for index, address in enumerate(addresses if is_list else [addresses]):
                yield _line(host, address), mark_of(addresses, index) if is_list else mark_of(hosts, host)
        return
    for index, line in enumerate(hosts):
        host, _, addresses = line.partition("=" if "=" in line else ":")
        for address in addresses.split(","):
            yield _line(host, address), mark_of(hosts, index)


def _line(host: str, address: str) -> str:
    bare = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    return f"{host}={bare}"
