"""`export`: a container's files as a tar archive."""

from __future__ import annotations

from collections.abc import Callable

from compose.commands.session import Session
from compose.commands.target import container_of


def export(session: Session, service: str, index: int, write: Callable[[bytes], object]) -> None:
    """Write the files of a service's container, also of one that has ended, as a tar archive (GET containers/{id}/export).

    Raises:
        ComposeError: there is no such container, or the engine refused.
        OSError: the output could not be written.
    """
    from compose.engine.port import Call, path  # noqa: PLC0415 - as every use of the engine

    container = container_of(session, service, index, stopped=True)
    if session.options.dry_run:
        return
    with session.engine.stream(Call(method="GET", path=path("/containers/{}/export", container.id))) as stream:
        for chunk in stream.chunks():
            write(chunk)
