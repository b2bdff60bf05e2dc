"""`stats`: what containers use."""

from __future__ import annotations

from typing import Any

from compose.base.errors import EngineError, fail
from compose.base.value import Value
from compose.commands.session import Session
from compose.state.observed import ContainerState

Sampled = tuple[ContainerState, dict[str, Any]]
"""A container with the engine's sample, empty when it does not run."""


class StatsOptions(Value, frozen=True, kw_only=True):
    """Options of stats; `service` "" = all."""

    service: str = ""
    all: bool = False


def stats(session: Session, options: StatsOptions) -> tuple[Sampled, ...]:
    """Return one sample of each running container, with `all` of others too, taken together (GET containers/{id}/stats).

    Raises:
        ComposeError: the service has no container.
    """
    from compose.engine.errors import NOT_FOUND  # noqa: PLC0415 - needs the engine
    from compose.engine.observe import list_containers  # noqa: PLC0415 - likewise
    from compose.engine.port import Call, path  # noqa: PLC0415 - likewise
    from compose.engine.workers import Workers  # noqa: PLC0415 - likewise

    engine = session.engine
    found = [one for one in list_containers(engine, session.name()) if not options.service or one.service == options.service]
    if options.service and not found:
        raise fail("unknown-service", f"no such service: {options.service}")
    chosen = [one for one in found if options.all or one.state in {"running", "paused"}]

    def sample(container: ContainerState) -> Sampled:
        if container.state not in {"running", "paused"}:
            return container, {}
        call = Call(method="GET", path=path("/containers/{}/stats", container.id), query={"stream": False})
        try:
            return container, engine.call(call) or {}
        except EngineError as error:
            if error.status == NOT_FOUND:
                return container, {}
            raise

    workers = Workers(max(len(chosen), 1), name="stats")
    try:
        return tuple(workers.gather(sample, chosen))
    finally:
        workers.close()
