"""`plan`: what a command would do, and why, without doing it."""

from __future__ import annotations

from compose.commands.converge import planned
from compose.commands.session import Session
from compose.plan.options import UpOptions
from compose.plan.plan import Plan


def plan(session: Session, options: UpOptions) -> Plan:
    """Return what `up` would do; makes no writing call.

    Raises:
        ComposeError: the project cannot be loaded or brought up.
    """
    from compose.engine.record import ReadOnly  # noqa: PLC0415 - needs the engine

    session.use(ReadOnly(session.engine))
    return planned(session, session.load(options.services), options)
