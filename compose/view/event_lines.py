"""Events of an engine as lines: words for people, JSON for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from compose.state.engine_event import EngineEvent
from compose.view.template_functions import json_text
from compose.view.width import printable

_SECOND: Final = 1_000_000_000


def text_line(event: EngineEvent) -> str:
    """Return `2026-01-31 12:00:00.123456 container start ID (image=nginx, name=web)` in local time, and an empty line."""
    moment = _moment(event).astimezone()
    time = f"{moment:%Y-%m-%d %H:%M:%S}.{event.nanoseconds % _SECOND // 1000:06d}"
    attributes = ", ".join(f"{name}={event.attributes[name]}" for name in sorted(event.attributes))
    return f"{time} {printable(f'{event.type} {event.action} {event.id} ({attributes})')}\n\n"


def json_line(event: EngineEvent) -> str:
    """Return the peer's JSON object: action, attributes, id, service, time, type."""
    form = {
        "action": event.action,
        "attributes": event.attributes,
        "id": event.id,
        "service": event.service,
        "time": f"{_moment(event):%Y-%m-%dT%H:%M:%S}{_fraction(event)}Z",
        "type": event.type,
    }
    return f"{json_text(form)}\n"


def _fraction(event: EngineEvent) -> str:
    """Return the part of a second without zeros at its end, as the peer does: `.25`, "" for none."""
    return f".{event.nanoseconds % _SECOND:09d}".rstrip("0").rstrip(".")


def _moment(event: EngineEvent) -> datetime:
    return datetime.fromtimestamp(event.nanoseconds // _SECOND, tz=UTC)
