"""What containers wrote: read back, in the order of the engine's clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.base.events import LogLine, Notice
from compose.base.pattern import lazy_pattern
from compose.base.value import Value
from compose.engine.port import Call, Engine, path
from compose.engine.streams import Written, written
from compose.health.observation import instant
from compose.state.observed import ContainerState

ALL = "all"
_TEMPORARY = lazy_pattern(r"^[0-9a-f]{12}_(?=.)")


class LogSource(Value, frozen=True, kw_only=True):
    """A container whose output is wanted; `name` is the one to display."""

    id: str
    name: str
    service: str = ""
    number: int = 0


class Range(Value, frozen=True, kw_only=True):
    """Which lines: `since` and `until` as the API takes them (seconds, with a fraction; "" = open), `tail` a number or `all`."""

    since: str = ""
    until: str = ""
    tail: str = ALL


EVERYTHING = Range()

Unreadable = Callable[[LogSource, EngineError], None]


def source(container: ContainerState, project: str, separator: str = "-") -> LogSource:
    """Return a container as a source of log lines."""
    name = display_name(container.name, project, container.service, container.number, separator)
    return LogSource(id=container.id, name=name, service=container.service, number=container.number)


def display_name(name: str, project: str, service: str, number: int, separator: str = "-") -> str:
    """Return the name that stands before lines: without the project when it is the default name.

    A container that replaces another has that one's id before its name until the other is gone.
    """
    final = _TEMPORARY.sub("", name)
    default = separator.join((project, service, str(number)))
    return final.removeprefix(f"{project}{separator}") if final == default else final


def request(container: str, wanted: Range = EVERYTHING, *, follow: bool = False, stamps: bool = True) -> Call:
    """Return the call for a container's output (GET containers/{id}/logs)."""
    query = {
        "stdout": True,
        "stderr": True,
        "timestamps": True if stamps else None,
        "follow": True if follow else None,
        "since": wanted.since or None,
        "until": wanted.until or None,
        "tail": wanted.tail,
    }
    return Call(method="GET", path=path("/containers/{}/logs", container), query=query)


def read(engine: Engine, one: LogSource, wanted: Range = EVERYTHING) -> Iterator[LogLine]:
    """Yield what a container has written so far, oldest first.

    Raises:
        EngineError: the engine cannot give it back (another logging driver, no such container).
    """
    with engine.stream(request(one.id, wanted)) as stream:
        for line in written(stream.chunks(), stamped=True):
            yield log_line(one, line)


def merged(
    engine: Engine, sources: Sequence[LogSource], wanted: Range = EVERYTHING, *, unreadable: Unreadable | None = None
) -> Iterator[tuple[LogSource, LogLine]]:
    """Yield what containers have written so far, merged by the engine's time; `tail` counts for each of them.

    Each container's own lines keep the order they were written in. `unreadable` is told of containers that cannot be
    read, which are left out then.

    Raises:
        EngineError: as for `read`, without `unreadable`.
    """
    return heapq.merge(*(_of(engine, one, wanted, unreadable) for one in sources), key=lambda pair: pair[1].time)


def _of(engine: Engine, one: LogSource, wanted: Range, unreadable: Unreadable | None) -> Iterator[tuple[LogSource, LogLine]]:
    try:
        for line in in_order(read(engine, one, wanted)):
            yield one, line
    except EngineError as error:
        if unreadable is None:
            raise
        unreadable(one, error)


def in_order(found: Iterable[LogLine]) -> Iterator[LogLine]:
    """Yield lines with times that never go back, as merging needs them.

    The engine stamps stdout and stderr apart, so neighbours may be a few microseconds out of order; the later
    written one is taken to be no earlier than the one before it.
    """
    latest = 0.0
    for line in found:
        latest = max(latest, line.time)
        yield line if line.time >= latest else replace(line, time=latest)


def tail(engine: Engine, container: str, *, lines: int) -> tuple[str, ...]:
    """Return the last lines a container wrote, without times; empty when the engine cannot give them back.

    For diagnostics, where something else has failed already.
    """
    try:
        return tuple(line.text for line in read(engine, LogSource(id=container, name=""), Range(tail=str(lines))))[-lines:]
    except EngineError:
        return ()


def unreadable_notice(one: LogSource, error: EngineError, now: float) -> Notice:
    """Return what the user is told of a container whose output cannot be read back."""
    summary = f'Can\'t retrieve logs for "{one.name}": {error.message}'
    return Notice(time=now, diagnostic=Diagnostic(severity="warning", code="logs-unreadable", summary=summary))


def log_line(one: LogSource, line: Written) -> LogLine:
    """Return a line as an event."""
    return LogLine(
        time=instant(line.stamp),
        service=one.service,
        container=one.name,
        number=one.number,
        stream=line.stream,
        text=line.text,
        timestamp=line.stamp,
    )
