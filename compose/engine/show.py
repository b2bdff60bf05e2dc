"""The `logs` command's reading: what was written in one order, then what is being written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from compose.base.clock import Clock
from compose.base.events import Event
from compose.base.stop import Stop
from compose.engine.follow import FROM_NOW
from compose.engine.logs import EVERYTHING, Range, merged, source, unreadable_notice
from compose.engine.lookout import Lookout
from compose.engine.merge import Merger
from compose.engine.output import Output
from compose.engine.port import Engine
from compose.engine.serial import Serial
from compose.state.observed import ContainerState

_BATCH = 256
"""Lines emitted at once: writing each by itself costs more than all else."""

Emit = Callable[[Sequence[Event]], None]


def show_logs(
    engine: Engine,
    project: str,
    containers: Sequence[ContainerState],
    *,
    emit: Emit,
    clock: Clock,
    stop: Stop,
    wanted: Range = EVERYTHING,
    separator: str = "-",
) -> None:
    """Emit the lines that containers have written, merged by the engine's time, until there are no more.

    Those whose logging driver gives nothing back are told in a Notice.

    Raises:
        EngineError: the engine refused.
    """
    sources = [source(one, project, separator) for one in containers]
    found = merged(engine, sources, wanted, unreadable=lambda one, error: emit((unreadable_notice(one, error, clock.now()),)))
    batch: list[Event] = []
    try:
        for _, line in found:
            if stop.level:
                return
            batch.append(line)
            if len(batch) >= _BATCH:
                emit(batch)
                batch = []
    finally:
        if batch:
            emit(batch)


def follow_logs(
    engine: Engine,
    project: str,
    containers: Sequence[ContainerState],
    *,
    emit: Emit,
    clock: Clock,
    stop: Stop,
    wanted: Range = EVERYTHING,
    services: Collection[str] | None = None,
    separator: str = "-",
) -> None:
    """Emit what containers have written and what they go on to write, until none of them runs or the user stops.

    New and restarted containers of `services` (None = all) are followed too, and ends are told (ContainerExited). What
    comes is merged by the engine's time as far as it arrives in time (`Merger`). See `show_logs`.

    Raises:
        EngineError: the engine refused.
    """
    lookout = Lookout(engine, project, clock)
    merger = Merger(Serial(emit), clock)
    output = Output(engine, lookout, project, merger.push, clock, services=services, separator=separator)
    try:
        if wanted.tail == FROM_NOW.tail:
            output.open(containers, FROM_NOW)
        else:
            sources = [source(one, project, separator) for one in containers]
            for one, line in merged(engine, sources, wanted, unreadable=lambda _one, _error: None):
                if stop.level:
                    return
                merger.push((line,))
                output.remember(one, line)
            output.open(containers, Range(since=wanted.since, until=wanted.until))
        output.wait(stop)
    finally:
        output.close()
        merger.close()
        lookout.close()
