"""`commit`: an image of what a container has become."""

from __future__ import annotations

from compose.base.address import Address
from compose.base.events import StepFinished, StepStarted
from compose.base.value import Value
from compose.commands.session import Session
from compose.commands.target import container_of

_STEP = "commit"


class CommitOptions(Value, frozen=True, kw_only=True):
    """Options of commit; `reference` is the image's name, "" for none; `changes` are instructions of a Dockerfile."""

    service: str
    reference: str = ""
    index: int = 0
    author: str = ""
    message: str = ""
    changes: tuple[str, ...] = ()
    pause: bool = True


def commit(session: Session, options: CommitOptions) -> str:
    """Make an image of a service's container and return its id, "" in a dry run (POST commit).

    Raises:
        ComposeError: there is no such container, or the engine refused.
    """
    from compose.engine.port import JSON, Call  # noqa: PLC0415 - as every use of the engine

    container = container_of(session, options.service, options.index, stopped=True)
    if session.options.dry_run:
        return ""
    name, colon, tag = options.reference.rpartition(":")
    if not colon or "/" in tag:
        name, tag = options.reference, ""
    query = {
        "container": container.id,
        "repo": name or None,
        "tag": tag or None,
        "author": options.author or None,
        "comment": options.message or None,
        "pause": options.pause,
        "changes": options.changes or None,
    }
    body: JSON = {} if session.engine.name == "podman" else None  # Podman insists on one, Docker would begin anew with it
    clock, resource = session.clock, f"Container {container.name}"
    address = str(Address(kind="container", key=container.service, number=container.number))
    began = clock.now()
    session.emit(StepStarted(time=began, step=_STEP, address=address, resource=resource, action="Committing"))
    made = session.engine.call(Call(method="POST", path="/commit", query=query, body=body))
    identifier = "sha256:" + str(made["Id"]).removeprefix("sha256:")
    now = clock.now()
    action = f"Committed as {identifier}"
    session.emit(StepFinished(time=now, step=_STEP, address=address, resource=resource, action=action, seconds=now - began))
    return identifier
