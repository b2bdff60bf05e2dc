"""`events`: what happens to a project's containers, as the engine tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from compose.base import labels
from compose.base.stop import Stop
from compose.base.value import Value
from compose.commands.moment import moment
from compose.commands.session import Session
from compose.state.engine_event import EngineEvent, engine_event


class EventsOptions(Value, frozen=True, kw_only=True):
    """Options of events; `since` and `until` are timestamps or durations back from now."""

    services: tuple[str, ...] = ()
    since: str = ""
    until: str = ""


def events(session: Session, options: EventsOptions, stop: Stop | None = None) -> Iterator[EngineEvent]:
    """Yield what happens, until `until`, or until `stop` is asked for, or for ever (GET events).

    Raises:
        ComposeError: an unknown service, or a time that cannot be understood.
    """
    from compose.engine.port import Call  # noqa: PLC0415 - needs the engine

    scope = session.scope(options.services)
    query: dict[str, Any] = {
        "filters": {"type": ["container"], "label": [f"{labels.PROJECT}={scope.name}", labels.CONFIG_HASH]},
        "since": moment(options.since, session.clock) or None,
        "until": moment(options.until, session.clock) or None,
    }
    with session.engine.stream(Call(method="GET", path="/events", query=query)) as stream:
        if stop is not None:
            stop.subscribe(lambda _level: stream.close())
            if stop.level:
                return
        for message in _messages(stream.chunks()):
            event = engine_event(message)
            if event is not None and (not options.services or event.service in options.services):
                yield event


def _messages(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a stream, one a line."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (msgspec.json.decode(line) for line in lines if line.strip())
