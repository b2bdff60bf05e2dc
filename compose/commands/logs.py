"""`logs`: what containers wrote, and go on writing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from compose.base.errors import fail
from compose.base.events import Attached, Event, LogLine
from compose.base.value import Value
from compose.commands.moment import moment
from compose.commands.session import EmitAll, Session
from compose.engine.logs import ALL, Range
from compose.engine.observe import inspected, list_containers
from compose.engine.show import follow_logs, show_logs
from compose.state.observed import ContainerState, Observed


class LogsOptions(Value, frozen=True, kw_only=True):
    """Options of logs; `since` and `until` are timestamps (RFC 3339, seconds) or durations back from now.

    `grep` is a regular expression: of the lines that all else leaves, those in which it is found.
    """

    services: tuple[str, ...] = ()
    follow: bool = False
    index: int = 0
    since: str = ""
    until: str = ""
    tail: str = ALL
    grep: str = ""


def logs(session: Session, options: LogsOptions) -> None:
    """Emit the lines of the project's containers, oldest first; works by project name alone.

    Raises:
        ComposeError: an unknown service, or options that make no sense.
    """
    if options.index and len(options.services) != 1:
        raise fail("index-needs-one-service", "--index requires one service to be selected")
    scope = session.scope(options.services)
    found = [
        one
        for one in list_containers(session.engine, scope.name)
        if not one.oneoff and (not options.index or one.number == options.index)
    ]
    services = frozenset(options.services) or None
    if services is None and scope.project is not None:
        services = frozenset(name for name, one in scope.project.services.items() if one.attach is not False)
    chosen = tuple(one for one in found if services is None or one.service in services)
    wanted = Range(
        since=moment(options.since, session.clock), until=moment(options.until, session.clock), tail=_tail(options.tail)
    )
    containers = _detailed(session, scope.name, chosen)
    separator = scope.project.separator if scope.project is not None else "-"
    session.emit(Attached(time=session.clock.now(), containers={one.name: one.service for one in found}))
    emit = session.emit_all if not options.grep else _Grep(options.grep, session.emit_all)
    common: dict[str, Any] = {"emit": emit, "clock": session.clock, "stop": session.stop, "separator": separator}
    if options.follow:
        follow_logs(session.engine, scope.name, containers, wanted=wanted, services=services, **common)
    else:
        show_logs(session.engine, scope.name, containers, wanted=wanted, **common)


def checked_pattern(pattern: str) -> str:
    """Return the pattern.

    Raises:
        ComposeError: it is no regular expression.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise fail("invalid-value", f'invalid value for --grep: "{pattern}": {error}') from error
    return pattern


class _Grep:
    """Lets only those lines through in which a pattern is found, and everything that is no line."""

    def __init__(self, pattern: str, emit: EmitAll) -> None:
        self._is_found = re.compile(checked_pattern(pattern)).search
        self._emit = emit

    def __call__(self, events: Sequence[Event]) -> None:
        found = [one for one in events if not isinstance(one, LogLine) or self._is_found(one.text)]
        if found:
            self._emit(found)


def _detailed(session: Session, project: str, containers: tuple[ContainerState, ...]) -> tuple[ContainerState, ...]:
    """Return the containers with their details: those with a terminal write in another format."""
    observed = Observed(project=project, containers=containers)
    return inspected(session.engine, observed, [one.id for one in containers]).containers


def _tail(text: str) -> str:
    if text != ALL and not text.isdigit():
        raise fail("invalid-value", f'invalid value for --tail: "{text}"', hint="give a number of lines, or `all`")
    return text
