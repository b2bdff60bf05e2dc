"""Events as JSON, one object a line, as `schemas/events.schema.json` describes them."""

from __future__ import annotations

from typing import Any, Final, TextIO

import msgspec

from compose.base.events import EVENTS_VERSION, Event
from compose.view.progress_view import Unmoving

_LOCAL_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"


class JsonLines(Unmoving):
    """Writes each event as one line of JSON."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoder = msgspec.json.Encoder()

    def handle(self, event: Event) -> None:
        """Write `event`."""
        self._stream.write(self._encoder.encode(event).decode() + "\n")
        self._stream.flush()


def events_schema() -> dict[str, Any]:
    """Return the JSON Schema of an event, made from the types themselves."""
    (reference,), definitions = msgspec.json.schema_components([Event], ref_template="#/$defs/{name}")
    return {
        "$schema": _LOCAL_SCHEMA,
        "title": f"An event of compose, version {EVENTS_VERSION}",
        "description": "One line of `--progress json`; `type` says which kind.",
        **reference,
        "$defs": definitions,
    }
