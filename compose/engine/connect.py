"""The way to an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compose.engine.client import HttpEngine
    from compose.engine.endpoint import Endpoint


def connect(endpoint: Endpoint) -> HttpEngine:
    """Return the engine at an endpoint; nothing is asked before the first call.

    Raises:
        EngineError: the endpoint cannot be used from here (a bad certificate, an unknown kind of connection).
    """
    from compose.engine.client import HttpEngine  # noqa: PLC0415 - only commands that need an engine pay for it
    from compose.engine.docker import DockerTransport  # noqa: PLC0415 - docker-py costs 100 ms to load

    return HttpEngine(endpoint, DockerTransport(endpoint))
