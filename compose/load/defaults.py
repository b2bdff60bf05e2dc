"""Values that stand for what the files leave out, once all files are merged."""

from __future__ import annotations

from typing import Any

from compose.base.place import Path
from compose.load.rules import Findings, Node, fields, items, values
from compose.source.document import Mark


def apply(data: dict[str, Any]) -> dict[str, Any]:
    """Fill a canonical tree with default values, in place, and return it."""
    _TOP(data, None, (), Findings())
    return data


def _fill(**defaults: Node) -> Node:
    def apply(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
        if isinstance(value, dict):
            for key, default in defaults.items():
                value.setdefault(key, default)
        return value

    return apply


def _secret(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    if isinstance(value, dict) and "target" not in value and isinstance(value.get("source"), str):
        value["target"] = f"/run/secrets/{value['source']}"
    return value


def _device_request(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    if isinstance(value, dict) and "count" not in value and "device_ids" not in value:
        value["count"] = "all"
    return value


_DEVICES = items(_device_request)
_TOP = fields(
    {
        "services": values(
            fields(
                {
                    "build": _fill(context="."),
                    "deploy": fields({"resources": fields({"reservations": fields({"devices": _DEVICES})})}),
                    "gpus": _DEVICES,
                    "ports": items(_fill(protocol="tcp", mode="ingress")),
                    "secrets": items(_secret),
                }
            )
        )
    }
)
