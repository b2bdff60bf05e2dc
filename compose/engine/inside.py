"""Commands run in a container that is running already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compose.engine.port import Call, Connection, Engine, path
from compose.engine.streams import Written, written


def create(engine: Engine, container: str, body: dict[str, Any]) -> str:
    """Prepare a command (POST containers/{id}/exec) and return its id.

    Raises:
        EngineError: 404 there is no such container, 409 it is not running.
    """
    answer = engine.call(Call(method="POST", path=path("/containers/{}/exec", container), body=body))
    return str(answer["Id"])


def start(engine: Engine, identifier: str, *, tty: bool) -> Connection:
    """Start a prepared command attached (POST exec/{id}/start)."""
    return engine.hijack(Call(method="POST", path=path("/exec/{}/start", identifier), body={"Detach": False, "Tty": tty}))


def start_detached(engine: Engine, identifier: str, *, tty: bool) -> None:
    """Start a prepared command that nobody listens to."""
    engine.call(Call(method="POST", path=path("/exec/{}/start", identifier), body={"Detach": True, "Tty": tty}))


def exit_code(engine: Engine, identifier: str) -> int:
    """Return the exit code of a command that has ended (GET exec/{id}/json)."""
    answer = engine.call(Call(method="GET", path=path("/exec/{}/json", identifier)))
    return int(answer.get("ExitCode") or 0)


def run(engine: Engine, container: str, body: dict[str, Any], told: Callable[[Written], None]) -> int:
    """Run a command to its end, telling each line it writes, and return its exit code.

    `body` is that of POST containers/{id}/exec.

    Raises:
        EngineError: the command could not be run.
    """
    identifier = create(engine, container, body)
    tty = bool(body.get("Tty"))
    with start(engine, identifier, tty=tty) as connection:
        for line in written(connection.chunks(), tty=tty):
            told(line)
    return exit_code(engine, identifier)
