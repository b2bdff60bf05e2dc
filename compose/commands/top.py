"""`top`: the processes in a project's containers."""

from __future__ import annotations

from typing import Any

from compose.commands.session import Session
from compose.state.observed import ContainerState
from compose.state.processes import Processes


def top(session: Session, services: tuple[str, ...] = ()) -> tuple[Processes, ...]:
    """Return what runs in the running containers of services (all when none are named), one-offs included.

    Raises:
        EngineError: the engine cannot tell.
    """
    from compose.engine.observe import list_containers  # noqa: PLC0415 - needs the engine
    from compose.engine.port import Call, path  # noqa: PLC0415 - likewise
    from compose.engine.workers import Workers  # noqa: PLC0415 - likewise

    name = session.name()
    engine = session.engine
    running = [
        one for one in list_containers(engine, name) if one.state == "running" and (not services or one.service in services)
    ]

    def ask(container: ContainerState) -> Processes:
        answer: Any = engine.call(Call(method="GET", path=path("/containers/{}/top", container.id))) or {}
        return Processes(
            service=container.service,
            number=container.number,
            titles=tuple(answer.get("Titles") or ()),
            rows=tuple(tuple(row) for row in answer.get("Processes") or ()),
        )

    workers = Workers(name="top")
    try:
        return tuple(workers.gather(ask, running))
    finally:
        workers.close()
