"""Which converter each attribute of the top-level networks, volumes, secrets, configs and models has."""

from __future__ import annotations

from compose.base.place import Path
from compose.load.compound import listed, options, record
from compose.load.rules import Findings, Node
from compose.load.scalars import flag, nullable_text, whole
from compose.load.service_types import DRIVER_OPTS, LABELS, TEXTS

CONTENT = "x-#value"
"""The key under which resolving the environment leaves a secret's value; no file can spell it in a way that matters."""

_IPAM = record(
    {
        "config": listed(record({"aux_addresses": options(str)}, "subnet", "ip_range", "gateway")),
        "options": options(str),
    },
    "driver",
)
NETWORK = record(
    {
        "driver_opts": DRIVER_OPTS,
        "ipam": _IPAM,
        "external": flag,
        "internal": flag,
        "attachable": flag,
        "enable_ipv4": flag,
        "enable_ipv6": flag,
        "labels": LABELS,
    },
    "name",
    "driver",
)
VOLUME = record({"driver_opts": DRIVER_OPTS, "external": flag, "labels": LABELS}, "name", "driver")
_FILE_OBJECT = {"external": flag, "labels": LABELS, "driver_opts": DRIVER_OPTS}
CONFIG = record({"external": flag, "labels": LABELS}, "name", "file", "environment", "content", "template_driver")
_SECRET = record(_FILE_OBJECT, "name", "file", "environment", "driver", "template_driver")
MODEL = record({"context_size": whole(words=False), "runtime_flags": TEXTS}, "name", "model", required=("model",))


def SECRET(value: Node, path: Path, findings: Findings) -> Node:  # noqa: N802 - a converter among others
    """Read a secret, with the value that the environment gave it."""
    secret = _SECRET(value, path, findings)
    extensions = secret.get("extensions", {})
    if CONTENT in extensions:
        secret["content"] = nullable_text(extensions.pop(CONTENT), path, findings)
    return secret
