"""Services that share namespaces or volumes with another: what they are once the other's container is known."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from compose.model.service import Service
from compose.payload.hash import service_hash

_SERVICE = "service:"
_NAMESPACES = ("network_mode", "ipc", "pid")


def with_ids(service: Service, ids: Mapping[str, str]) -> Service:
    """Return the service with references to other services turned into container ids, as far as they are known."""
    changed: dict[str, str | tuple[str, ...]] = {}
    for attribute in _NAMESPACES:
        value: str = getattr(service, attribute)
        name = value.removeprefix(_SERVICE)
        if name != value and name in ids:
            changed[attribute] = f"container:{ids[name]}"
    if service.volumes_from:
        changed["volumes_from"] = tuple(ids.get(entry.partition(":")[0], entry) for entry in service.volumes_from)
    return replace(service, **changed) if changed else service


def hash_with_ids(service: Service, ids: Mapping[str, str]) -> str:
    """Return the hash label of a container; `ids` are those of the containers it shares something with, by service.

    Docker Compose hashes a service after `service:x` became the id of a container (loading section 15).
    """
    return service_hash(with_ids(service, ids))
