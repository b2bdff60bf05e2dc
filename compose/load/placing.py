"""Places of values that the model has in another order than the tree it was decoded from."""

from __future__ import annotations

from collections.abc import Mapping
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
    for index, line in enumerate(lines):
        host, _, address = line.partition("=")
        mark = _mark(written, host, address)
        if mark is not None:
            places.instead((*path, index), mark)


def _mark(written: Any, host: str, address: str) -> Mark | None:  # noqa: ANN401 - YAML data
    if isinstance(written, dict):
        addresses = written[host]
        if isinstance(addresses, list):
            return mark_of(addresses, addresses.index(address)) if address in addresses else mark_of(written, host)
        return mark_of(written, host)
    for index in range(len(written) - 1, -1, -1):
        if written[index].startswith(host) and address in written[index]:
            return mark_of(written, index)
    return None
