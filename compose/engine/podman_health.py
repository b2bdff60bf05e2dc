"""Runs the health checks of a private Podman: `python -m compose.engine.podman_health SOCKET`.

Podman leaves that to systemd's timers; without systemd a container with a health check stays `starting` for ever.
Each check runs after its interval, as Docker does it, through `GET /libpod/containers/{id}/healthcheck`, which also
writes down the outcome.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import msgspec

from compose.base.errors import EngineError
from compose.engine.connect import connect
from compose.engine.endpoint import Endpoint
from compose.engine.port import JSON, Call, Engine

_DEFAULT_INTERVAL = 30.0
_NANOSECONDS = 1e9
_API = "/libpod/containers"


class HealthChecks:
    """The checks of all running containers, each in a thread that ends with its container."""

    def __init__(self, engine: Engine, *, start: Callable[[Callable[[], None]], None] | None = None) -> None:
        self._engine = engine
        self._start = start or _in_thread
        self._ended: dict[str, threading.Event] = {}

    def run(self) -> None:
        """Follow the engine's containers until it ends."""
        with self._engine.stream(Call(method="GET", path="/events", query={"filters": {"type": ["container"]}})) as events:
            for container in self._engine.call(Call(method="GET", path="/containers/json")):
                self.started(container["Id"])
            buffer = b""
            for chunk in events.chunks():
                *lines, buffer = (buffer + chunk).split(b"\n")
                for line in filter(None, lines):
                    self.happened(msgspec.json.decode(line))

    def happened(self, event: JSON) -> None:
        """Take note of one engine event."""
        identity = event.get("Actor", {}).get("ID") or event.get("id", "")
        if event.get("Action") == "start":
            self.started(identity)
        elif event.get("Action") in {"die", "died", "remove", "destroy"} and identity in self._ended:
            self._ended.pop(identity).set()

    def started(self, identity: str) -> None:
        """Begin with the checks of a container, when it has any."""
        try:
            inspected = self._engine.call(Call(method="GET", path=f"/containers/{identity}/json"))
        except EngineError:
            return  # gone already
        seconds = interval(inspected.get("Config", {}).get("Healthcheck") or {})
        if seconds is None or identity in self._ended:
            return
        ended = self._ended[identity] = threading.Event()
        self._start(lambda: self._check(identity, seconds, ended))

    def _check(self, identity: str, seconds: float, ended: threading.Event) -> None:
        while not ended.wait(seconds):
            try:
                self._engine.call(Call(method="GET", path=f"{_API}/{identity}/healthcheck"))
            except EngineError as error:
                if error.status != _CONFLICT:
                    return


_CONFLICT = 409
"""The container is not running at this moment (it is being restarted)."""


def interval(healthcheck: JSON) -> float | None:
    """Return the seconds between two checks, None when the container has none."""
    if (healthcheck.get("Test") or ["NONE"])[0] == "NONE":
        return None
    return (healthcheck.get("Interval") or 0) / _NANOSECONDS or _DEFAULT_INTERVAL


def _in_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def main(socket: str) -> None:
    """Run health checks until the engine behind the socket ends."""
    engine = connect(Endpoint(url=f"unix://{socket}", source="private engine"))
    try:
        HealthChecks(engine).run()
    except EngineError:
        return  # it has ended
    finally:
        engine.close()


if __name__ == "__main__":
    main(sys.argv[1])
