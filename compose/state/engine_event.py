"""Something that happened on an engine, as `events` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compose.base import labels
from compose.base.value import Value


class EngineEvent(Value, frozen=True, kw_only=True):
    """One message of GET events about a container of a project.

    `nanoseconds` since the epoch; `attributes` without Compose's labels.
    """

    type: str
    action: str
    id: str
    service: str
    nanoseconds: int
    attributes: dict[str, str] = {}


def engine_event(message: Mapping[str, Any]) -> EngineEvent | None:
    """Return the event in a message, None for one that is of no service's container (a one-off one's, a network's)."""
    actor = message.get("Actor") or {}
    attributes = {str(name): str(value) for name, value in (actor.get("Attributes") or {}).items()}
    service = attributes.get(labels.SERVICE, "")
    if not service or attributes.get(labels.ONEOFF) == "True":
        return None
    return EngineEvent(
        type=str(message.get("Type", "")),
        action=str(message.get("Action", "")),
        id=str(actor.get("ID", "")),
        service=service,
        nanoseconds=int(message.get("timeNano") or int(message.get("time") or 0) * 1_000_000_000),
        attributes={name: value for name, value in attributes.items() if not name.startswith(labels.PREFIX)},
    )
