"""What Docker Compose's `create` makes of a project and what our bodies make of it look the same to `inspect`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from compose.base import labels

pytestmark = [pytest.mark.engine, pytest.mark.peer]

KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"Config\.ExposedPorts\.[0-9-]+(/tcp)?$",
        "a port of `expose` goes out with its protocol, and a range spelt out, as Docker Compose 5 does",
    ),
    (
        r"NetworkSettings\.Networks\.[^.]+\.(IPAddress|IPv6Gateway)$",
        "static addresses are asked for in IPAMConfig alone: what an endpoint has is the engine's to say",
    ),
    (
        r"(shares-[a-z]+|volumes-from)-1\.Config\.Labels\.com\.docker\.compose\.config-hash$",
        "ids of containers made by the same plan are not known when its bodies are rendered; planners know both hashes",
    ),
    (
        r"label-file-1\.Config\.Labels\.com\.docker\.compose\.config-hash$",
        "label files are read before hashing, as `config --hash` of Docker Compose does too",
    ),
    (
        r"image-mount.*\.Config\.Labels\.com\.docker\.compose\.image-volume-digest$",
        "Docker Compose 5 writes this label, 2 did not",
    ),
)
"""Every difference that is meant: what differs, and why."""

VOLATILE = {"Id", "Created", "CreatedAt", "State", "Containers"}
VOLATILE |= {"ResolvConfPath", "HostnamePath", "HostsPath", "LogPath", "GraphDriver"}
FIRST_FREE_PORT = 32768
UNORDERED = {"Env", "Ulimits", "Mounts", "Binds", "ExtraHosts"}
"""Lists whose order Docker Compose leaves to chance."""
OWN_LABELS = {labels.VERSION}
GENERATED = re.compile(r"\b[0-9a-f]{64}\b")
"""Names the engine made up: anonymous volumes, layers."""


def test_there_are_enough_services(service_names):
    assert len(service_names) >= 120


def test_the_engine_shows_the_same(bench, made_by_peer, made_by_us):
    assert bench.refused == {}
    found = list(_differences(_normal(made_by_peer, bench), _normal(made_by_us, bench)))
    unknown = [text for where, text in found if not any(re.search(pattern, where) for pattern, _ in KNOWN)]
    assert not unknown, "\n".join(unknown)


def _differences(theirs: Any, ours: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from _differences(theirs.get(key, "nothing"), ours.get(key, "nothing"), f"{where}.{key}" if where else key)
    elif theirs != ours:
        yield where, f"{where}\n  Docker Compose: {json.dumps(theirs)}\n  we:             {json.dumps(ours)}"


def _normal(snapshot: dict[str, dict[str, Any]], bench: Any) -> dict[str, Any]:
    """Return a snapshot with names for ids and without what two runs of one tool differ in."""
    names = {item["Id"]: f"<{name}>" for kind in ("containers", "networks") for name, item in snapshot[kind].items()}
    by_default = {network.name for network in bench.project.networks.values() if not network.ipam.config}
    normal = _without_ids(snapshot, names)
    del normal["networks"][f"{bench.name}-outside"]
    for name in by_default & normal["networks"].keys():
        del normal["networks"][name]["IPAM"]["Config"]
    for item in normal["containers"].values():
        depends_on = item["Config"]["Labels"][labels.DEPENDS_ON]
        item["Config"]["Labels"][labels.DEPENDS_ON] = ",".join(sorted(depends_on.split(",")))
    return normal


def _without_ids(value: Any, names: dict[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        kept = value.keys() - VOLATILE - OWN_LABELS
        return {inner: _without_ids(value[inner], names, inner) for inner in sorted(kept)}
    if isinstance(value, list):
        items = [_without_ids(item, names) for item in value]
        return sorted(items, key=json.dumps) if key in UNORDERED else items
    if not isinstance(value, str) or key == labels.CONFIG_HASH:
        return value
    if key == "HostPort" and value.isdecimal() and int(value) >= FIRST_FREE_PORT:
        return "<free>"
    for identifier, name in names.items():
        value = value.replace(identifier, name).replace(identifier[:12], name)
    return GENERATED.sub("<generated>", value)
