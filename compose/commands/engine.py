"""`engine`: start, stop and list private engines, and tell which engine is used and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.base.value import Value
from compose.commands.session import Session
from compose.engine.endpoint import Candidate, candidates
from compose.state.observed import EngineFacts

if TYPE_CHECKING:
    from compose.engine.private_home import Kind, PrivateEngine


class EngineStatus(Value, frozen=True, kw_only=True):
    """Which engine commands talk to.

    - `candidates`: every place that was looked at, in order of preference; `chosen` is the url of the one used.
    - `facts`: what the chosen engine says of itself, None when it does not answer; `problem` then says why.
    """

    candidates: tuple[Candidate, ...]
    chosen: str
    facts: EngineFacts | None = None
    problem: Diagnostic | None = None


def start(session: Session, *, name: str, kind: Kind | None = None, install: bool = False) -> PrivateEngine:
    """Have a private engine running; its progress goes to the session's events.

    Raises:
        ComposeError: it is not installed, cannot be installed, or did not start.
    """
    from compose.engine import private  # noqa: PLC0415 - only these commands run processes
    from compose.engine.private_home import StartOptions  # noqa: PLC0415 - likewise

    options = StartOptions(environ=session.environ, name=name, kind=kind, install=install)
    return private.start(options, session.emit, clock=session.clock)


def stop(session: Session, *, name: str, keep_data: bool = False) -> None:
    """End a private engine and remove all it made; with `keep_data` images, containers and volumes stay on disk.

    Raises:
        ComposeError: there is no engine of this name, or a process of it does not end.
    """
    from compose.engine import private  # noqa: PLC0415 - as above

    private.stop(name, environ=session.environ, keep_data=keep_data, emit=session.emit, clock=session.clock)


def list_engines(session: Session) -> tuple[PrivateEngine, ...]:
    """Return the private engines of this user, by name."""
    from compose.engine import private  # noqa: PLC0415 - as above

    return private.list_engines(environ=session.environ)


def status(session: Session) -> EngineStatus:
    """Look at every place an engine may be, and ask the one that commands would use.

    Raises:
        ComposeError: an address cannot be understood, or a context does not exist.
    """
    options = session.options
    found = candidates(session.environ, host=options.host or None, context=options.context or None, every=True)
    chosen = next((candidate for candidate in found if candidate.explicit or candidate.answered), found[0])
    try:
        facts = session.engine.facts
    except EngineError as error:
        return EngineStatus(candidates=found, chosen=chosen.endpoint.url, problem=error.diagnostics[0])
    return EngineStatus(candidates=found, chosen=chosen.endpoint.url, facts=facts)
