"""`attach`: the user's terminal at a container that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compose.base.errors import EngineError
from compose.base.value import Value
from compose.commands.session import Session
from compose.commands.target import container_of

if TYPE_CHECKING:
    from compose.engine.talk import Terminal


class AttachRequest(Value, frozen=True, kw_only=True):
    """Options of attach; `detach_keys` "" = the engine's, `signals` = those that reach this process are passed on."""

    service: str
    index: int = 0
    stdin: bool = True
    signals: bool = True
    detach_keys: str = ""


def attach(session: Session, request: AttachRequest, terminal: Terminal) -> int:
    """Attach to a service's container until it ends, and return its exit code; 0 when the user detached.

    Raises:
        ComposeError: the service is not running, or the engine refused.
    """
    from compose.engine import attach as ends  # noqa: PLC0415 - as every use of the engine
    from compose.engine.port import Call, path  # noqa: PLC0415 - likewise
    from compose.engine.talk import Talk  # noqa: PLC0415 - likewise

    container = container_of(session, request.service, request.index)
    if session.options.dry_run:
        return 0
    engine = session.engine
    config = engine.call(Call(method="GET", path=path("/containers/{}/json", container.id)))["Config"]
    stdin = request.stdin and bool(config.get("OpenStdin"))

    def forward(signal: str) -> None:
        try:
            engine.call(Call(method="POST", path=path("/containers/{}/kill", container.id), query={"signal": signal}))
        except EngineError:
            return  # it has ended: there is nobody to get the signal

    talk = Talk(
        terminal,
        tty=bool(config.get("Tty")),
        stdin=stdin,
        keys=request.detach_keys,
        resize=lambda rows, columns: ends.resize(engine, container.id, rows=rows, columns=columns),
        signal=forward if request.signals else None,
    )
    connection = ends.attach(engine, container.id, stdin=stdin, detach_keys=request.detach_keys)
    ending = ends.Ending(engine, container.id, "not-running")
    talk.hold(connection)
    if talk.detached:
        ending.close()
        return 0
    return ending.code()
