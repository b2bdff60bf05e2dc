"""The way to an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compose.engine.client import HttpEngine
    from compose.engine.endpoint import Endpoint
    from compose.engine.transport import Transport


def connect(endpoint: Endpoint) -> HttpEngine:
    """Return the engine at an endpoint; nothing is asked before the first call.

    Raises:
        EngineError: the endpoint cannot be used from here (a bad certificate, an unknown kind of connection).
    """
    from compose.engine.client import HttpEngine  # noqa: PLC0415 - only commands that need an engine pay for it

    return HttpEngine(endpoint, _transport(endpoint))


def _transport(endpoint: Endpoint) -> Transport:
    from compose.engine import plain  # noqa: PLC0415 - as above

    if plain.carries(endpoint):
        return plain.PlainTransport(endpoint)
    from compose.engine.docker import DockerTransport  # noqa: PLC0415 - docker-py costs 100 ms to load

    return DockerTransport(endpoint)
