"""`wait`: until containers have ended."""

from __future__ import annotations

from collections.abc import Callable

from compose.base.errors import ComposeError, EngineError, fail
from compose.base.value import Value
from compose.commands.down import down
from compose.commands.session import Session
from compose.plan.options import DownOptions

_CANNOT_WAIT = 42

Told = Callable[[str, int], None]


class WaitOptions(Value, frozen=True, kw_only=True):
    """Options of wait; with `down` everything is taken down when the first container has ended."""

    services: tuple[str, ...]
    down: bool = False


def wait(session: Session, options: WaitOptions, told: Told) -> int:
    """Wait for the running containers of services, tell the id and exit code of each, and return the last code.

    Raises:
        ComposeError: none runs, a service is unknown, or (exit code 42) the engine could not wait.
    """
    from compose.engine.endings import endings  # noqa: PLC0415 - as every use of the engine
    from compose.engine.observe import list_containers  # noqa: PLC0415 - likewise

    name = session.scope(options.services).name
    running = [one for one in list_containers(session.engine, name) if one.state in {"running", "restarting", "paused"}]
    chosen = [one.id for one in running if one.service in options.services]
    if not chosen:
        raise fail(
            "not-running", f'no containers for project "{name}"', hint="`compose ps -a` shows what has ended, and its exit code"
        )
    if session.options.dry_run:
        return 0
    code = 0
    try:
        for identifier, code in endings(session.engine, chosen):
            told(identifier, code)
            if options.down:
                break
    except EngineError as error:
        raise ComposeError(*error.diagnostics, exit_code=_CANNOT_WAIT) from error
    if options.down:
        down(session, DownOptions(remove_orphans=True))
    return code
