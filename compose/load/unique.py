"""Lists in which a later entry takes the place of an earlier one that is about the same thing."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

from compose.load import short_volume
from compose.load.shape import Shape
from compose.source.document import Map, Seq, mark_of, over

Index: TypeAlias = "Callable[[Any], Hashable | None]"
"""Returns what an entry is about; None for an entry that is about nothing known, which stays."""


def enforce_unicity(data: Map) -> None:
    """Let later entries replace earlier ones of the same key, in place, in every list the table names."""
    _walk(data, SHAPE)


def _walk(node: Any, shape: Shape[Index]) -> None:  # noqa: ANN401 - YAML data
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        below = shape.children.get(key, shape.any)
        if below is None:
            continue
        if below.rule is not None and isinstance(child, list):
            if len(child) > 1:
                node[key] = _unique(child, below.rule)
        elif isinstance(child, dict):
            _walk(child, below)


def _unique(items: list[Any], index: Index) -> list[Any]:
    keys = [index(item) for item in items]
    if len(set(keys)) == len(keys):
        return items
    kept = Seq()
    positions: dict[Hashable, int] = {}
    for place, (key, item) in enumerate(zip(keys, items, strict=True)):
        mark = mark_of(items, place)
        at = positions.get(key) if key is not None else None
        if at is None:
            positions[key] = len(kept)
            kept.add(item, mark)
        else:
            kept[at] = item
            kept.marks[at] = over(mark, kept.marks[at])
    return kept


def _name(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    return item.partition("=")[0] if isinstance(item, str) else None


def _text(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    return str(item) if isinstance(item, str | int) else None


def _path(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    value = item.get("path") if isinstance(item, dict) else item
    return value if isinstance(value, str) else None


def _device(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    if isinstance(item, str):
        parts = item.split(":")
        return parts[1] if len(parts) > 1 else item
    return _target(item)


def _target(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    target = item.get("target") if isinstance(item, dict) else None
    return target if isinstance(target, str) else None


def _volume(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    if isinstance(item, str):
        try:
            return str(short_volume.parse(item)["target"])
        except ValueError:
            return None
    return _target(item)


def _file(directory: str) -> Index:
    def index(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
        if isinstance(item, dict):
            target = item.get("target")
            return target if isinstance(target, str) else f"{directory}/{item.get('source')}"
        return f"{directory}/{item}" if isinstance(item, str) else None

    return index


def _port(item: Any) -> Hashable | None:  # noqa: ANN401 - YAML data
    if not isinstance(item, dict):
        return _text(item)
    parts = item.get("host_ip", "0.0.0.0"), item.get("published"), item.get("target"), item.get("protocol", "tcp")  # noqa: S104
    return ":".join(str(part) for part in parts)


_TABLE: dict[str, Index] = {
    **dict.fromkeys(
        (
            "networks.*.labels",
            "services.*.annotations",
            "services.*.build.additional_contexts",
            "services.*.build.args",
            "services.*.build.labels",
            "services.*.build.tags",
            "services.*.cap_add",
            "services.*.cap_drop",
            "services.*.deploy.labels",
            "services.*.dns",
            "services.*.dns_opt",
            "services.*.dns_search",
            "services.*.environment",
            "services.*.labels",
            "services.*.links",
            "services.*.networks.*.aliases",
            "services.*.networks.*.link_local_ips",
            "services.*.profiles",
            "services.*.sysctls",
            "services.*.tmpfs",
        ),
        _name,
    ),
    "services.*.configs": _file(""),
    "services.*.devices": _device,
    "services.*.env_file": _path,
    "services.*.expose": _text,
    "services.*.ports": _port,
    "services.*.secrets": _file("/run/secrets"),
    "services.*.volumes": _volume,
}
"""What entries of a list are about, by the pattern of its path; the `uniq` rows of the specification."""

SHAPE: Shape[Index] = Shape(_TABLE)
"""The lists in question, by path."""
