"""Which fields of a network or volume differ from what the file asks for, in the file's words.

The hash label decides whether something changed; this tells what, as far as the engine shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compose.base.labels import OWN_PREFIX, PREFIX
from compose.base.place import Path, dotted
from compose.model.project import Project
from compose.payload.masking import masked
from compose.payload.payloads import NetworkPayload, VolumePayload
from compose.plan.plan import Change
from compose.state.observed import NetworkState, VolumeState

_ENGINES_OWN = ("com.docker.network.enable_",)
"""Beginnings of options that the engine adds itself."""
_FLAGS = {"Internal": "internal", "Attachable": "attachable", "EnableIPv6": "enable_ipv6", "EnableIPv4": "enable_ipv4"}
_POOL = {"Subnet": "subnet", "IPRange": "ip_range", "Gateway": "gateway"}

Found = Iterator[tuple[Path, Any, Any]]


def network_changes(project: Project, payload: NetworkPayload, state: NetworkState) -> tuple[Change, ...]:
    """Return what differs between a network and the body it would be made from."""
    there = state.inspect or {}
    return tuple(_changes(project, ("networks", payload.key), _network(payload, state, there))) if there else ()


def volume_changes(project: Project, payload: VolumePayload, state: VolumeState) -> tuple[Change, ...]:
    """Return what differs between a volume and the body it would be made from."""
    there = state.inspect or {}
    return tuple(_changes(project, ("volumes", payload.key), _volume(payload, there))) if there else ()


def _changes(project: Project, start: Path, found: Found) -> Iterator[Change]:
    for below, old, new in found:
        path = (*start, *below)
        name = str(below[-1])
        yield Change(path=dotted(path), old=masked(name, old), new=masked(name, new), span=project.span(*path))


def _network(payload: NetworkPayload, state: NetworkState, there: Mapping[str, Any]) -> Found:
    body = payload.body
    if state.name != payload.name:
        yield ("name",), state.name, payload.name
    if "Driver" in body and body["Driver"] != there.get("Driver", ""):
        yield ("driver",), there.get("Driver"), body["Driver"]
    yield from _mapping(("driver_opts",), there.get("Options"), body.get("Options"))
    for field, word in _FLAGS.items():
        if field in body or there.get(field) is not None:
            default = field == "EnableIPv4"
            old, new = there.get(field, default), body.get(field, there.get(field) if field.startswith("Enable") else False)
            if old != new:
                yield (word,), old, new
    yield from _pools((there.get("IPAM") or {}).get("Config"), (body.get("IPAM") or {}).get("Config"))
    yield from _mapping(("labels",), there.get("Labels"), body.get("Labels"))


def _pools(there: Any, asked: Any) -> Found:  # noqa: ANN401 - any JSON
    for index, pool in enumerate(asked or ()):
        known = there[index] if there and index < len(there) else {}
        for field, word in _POOL.items():
            if pool.get(field) and pool[field] != known.get(field):
                yield ("ipam", "config", index, word), known.get(field), pool[field]


def _volume(payload: VolumePayload, there: Mapping[str, Any]) -> Found:
    body = payload.body
    if (body.get("Driver") or "local") != there.get("Driver", "local"):
        yield ("driver",), there.get("Driver"), body.get("Driver") or "local"
    yield from _mapping(("driver_opts",), there.get("Options"), body.get("DriverOpts"))
    yield from _mapping(("labels",), there.get("Labels"), body.get("Labels"))


def _mapping(start: Path, there: Mapping[str, Any] | None, asked: Mapping[str, Any] | None) -> Found:
    old, new = there or {}, asked or {}
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key) and not key.startswith((PREFIX, OWN_PREFIX, *_ENGINES_OWN)):
            yield (*start, key), old.get(key), new.get(key)
