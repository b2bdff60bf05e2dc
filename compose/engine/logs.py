"""What containers wrote: read back, in the order of the engine's clock."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

from compose.base.errors import EngineError
from compose.base.events import LogLine
from compose.base.value import Value
from compose.engine.port import Call, Engine, path
from compose.engine.streams import Written, demultiplex, lines
from compose.health.observation import instant
from compose.state.observed import ContainerState

ALL = "all"


class LogSource(Value, frozen=True, kw_only=True):
    """A container whose output is wanted; `name` is the one to display, `tty` whether it has a terminal."""

    id: str
    name: str
    service: str = ""
    number: int = 0
    tty: bool = False


class Range(Value, frozen=True, kw_only=True):
    """Which lines: `since` and `until` as the API takes them (seconds, with a fraction; "" = open), `tail` a number or `all`."""

    since: str = ""
    until: str = ""
    tail: str = ALL


EVERYTHING = Range()


def source(container: ContainerState, project: str, separator: str = "-") -> LogSource:
    """Return a container as a source of log lines; its `inspect` says whether it has a terminal.

    The display name leaves the project out when the name is the default one.
    """
    default = separator.join((project, container.service, str(container.number)))
    name = container.name.removeprefix(f"{project}{separator}") if container.name == default else container.name
    config = (container.inspect or {}).get("Config") or {}
    return LogSource(id=container.id, name=name, service=container.service, number=container.number, tty=bool(config.get("Tty")))


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
        for written in lines(demultiplex(stream.chunks(), tty=one.tty), stamped=True, tty=one.tty):
            yield log_line(one, written)


def merged(engine: Engine, sources: Sequence[LogSource], wanted: Range = EVERYTHING) -> Iterator[LogLine]:
    """Yield what containers have written so far, merged by the engine's time; `tail` counts for each of them.

    Each container's own lines keep the order they were written in.

    Raises:
        EngineError: as for `read`.
    """
    return heapq.merge(*(in_order(read(engine, one, wanted)) for one in sources), key=moment)


def in_order(found: Iterable[LogLine]) -> Iterator[LogLine]:
    """Yield lines with times that never go back, as merging needs them.

    The engine stamps stdout and stderr apart, so neighbours may be a few microseconds out of order; the later
    written one is taken to be no earlier than the one before it.
    """
    latest = 0.0
    for line in found:
        latest = max(latest, line.time)
        yield line if line.time >= latest else _moved(line, latest)


def moment(line: LogLine) -> float:
    """Return when a line was written, the key of every merge."""
    return line.time


def tail(engine: Engine, container: str, *, lines: int) -> tuple[str, ...]:
    """Return the last lines a container wrote, without times; empty when the engine cannot give them back.

    For diagnostics, where something else has failed already.
    """
    try:
        inspected = engine.call(Call(method="GET", path=path("/containers/{}/json", container)))
        one = LogSource(id=container, name="", tty=bool(((inspected or {}).get("Config") or {}).get("Tty")))
        return tuple(line.text for line in read(engine, one, Range(tail=str(lines))))[-lines:]
    except EngineError:
        return ()


def log_line(one: LogSource, written: Written) -> LogLine:
    """Return a line as an event."""
    return LogLine(
        time=instant(written.stamp),
        service=one.service,
        container=one.name,
        number=one.number,
        stream=written.stream,
        text=written.text,
        timestamp=written.stamp,
    )


def _moved(line: LogLine, time: float) -> LogLine:
    from msgspec.structs import replace  # noqa: PLC0415 - hardly ever needed

    return replace(line, time=time)
