"""`test`: a service with all it needs, brought up, shown, and removed again; the service's exit code is the result."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base.value import Value
from compose.commands.attached import AttachOptions, up_attached
from compose.commands.down import down
from compose.commands.session import Session
from compose.commands.stopping import Shifted
from compose.commands.up import up
from compose.engine.observe import list_containers
from compose.plan.options import DownOptions, UpOptions
from compose.plan.plan import Plan

INSTANCE = "test"
"""The copy of the project that tests run in."""


class Trial(Value, frozen=True, kw_only=True):
    """Options of test; `up` are those for bringing up.

    - `in_place`: use the project itself instead of a copy of it; its volumes stay.
    - `keep`: remove nothing at the end. `dependencies`: show what the others write as well.
    """

    service: str
    up: UpOptions
    in_place: bool = False
    keep: bool = False
    dependencies: bool = False


def run_test(session: Session, request: Trial) -> int:
    """Bring up what a service depends on, run it to its end, remove everything, and return the service's exit code.

    Other containers may end meanwhile: with 0 that is no matter, otherwise it is told. What an earlier run left is
    removed first, so that every run begins with new volumes, unless the project itself is used.

    Raises:
        ComposeError: something could not be brought up or removed; the service is unknown.
        Cancelled: the user asked to stop, and everything is removed now.
    """
    _choose(session, request)
    options = replace(request.up, services=(request.service,))
    attach = AttachOptions(until=request.service, dependencies=request.dependencies)
    if not request.in_place and list_containers(session.engine, session.load().name):
        _remove(session, request)
    try:
        return up_attached(session, options, attach)
    finally:
        if not request.keep:
            _remove(session, request)


def plan_test(session: Session, request: Trial) -> Plan:
    """Return what would be brought up, in a dry run.

    Raises:
        ComposeError: planning refused; the service is unknown.
    """
    _choose(session, request)
    return up(session, replace(request.up, services=(request.service,)))


def _choose(session: Session, request: Trial) -> None:
    """Let the session work on the copy for tests, unless another project is asked for."""
    if not request.in_place and not session.options.instance:
        session.options = replace(session.options, instance=INSTANCE)


def _remove(session: Session, request: Trial) -> None:
    """Remove what the project has on the engine, also when the user asked to stop; asked again, leave it."""
    user_stop, session.stop = session.stop, Shifted(session.stop, by=session.stop.level)
    try:
        down(session, DownOptions(remove_orphans=True, volumes=not request.in_place, timeout=request.up.timeout))
    finally:
        session.stop = user_stop
