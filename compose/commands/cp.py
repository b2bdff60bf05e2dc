"""`cp`: files from a container to this machine, and from here to the containers of a service."""

from __future__ import annotations

from collections.abc import Callable

from compose.base.address import Address
from compose.base.errors import fail
from compose.base.events import StepFinished, StepStarted
from compose.base.value import Value
from compose.commands.copying import STREAM, Copy, Pipes, copy_in, copy_out, spooled
from compose.commands.session import Session
from compose.commands.target import container_of, containers_of
from compose.engine.workers import Workers
from compose.state.observed import ContainerState


class CpRequest(Value, frozen=True, kw_only=True):
    """Options of cp; one of `source` and `destination` is `SERVICE:PATH`, the other a path here or `-`.

    `all` includes containers of `run`; `archive` and `follow` as in `Copy`.
    """

    source: str
    destination: str
    index: int = 0
    all: bool = False
    archive: bool = False
    follow: bool = False


def cp(session: Session, request: CpRequest, pipes: Pipes) -> tuple[Copy, ...]:
    """Copy, and return what was copied; in a dry run what would be.

    From a service its first container is read; to a service all its containers are written, also stopped ones.

    Raises:
        ComposeError: there is no such container or file, what is copied does not fit there, or the engine refused.
    """
    copies = _copies(session, request)
    if session.options.dry_run:
        return copies
    perform = copy_in if copies[0].inward else copy_out
    several = copies[0].inward and copies[0].source == STREAM and len(copies) > 1
    workers = Workers(name="cp")
    try:
        with spooled(pipes, several=several) as given:
            workers.gather(lambda copy: _told(session, copy, lambda: perform(session, copy, given)), copies)
    finally:
        workers.close()
    return copies


def _copies(session: Session, request: CpRequest) -> tuple[Copy, ...]:
    """Return the copies to make, at least one."""
    giver, source = _parts(request.source)
    taker, destination = _parts(request.destination)
    if giver and taker:
        raise fail("cannot-copy", "copying between services is not supported", hint="copy to here first, then from here")
    if not giver and not taker:
        raise fail("cannot-copy", "unknown copy direction", hint="one of the two is `SERVICE:PATH`")
    found = _containers(session, request, giver or taker)
    return tuple(
        Copy(
            container=one,
            source=source,
            destination=destination,
            inward=bool(taker),
            archive=request.archive,
            follow=request.follow,
        )
        for one in (found if taker else found[:1])
    )


def _parts(text: str) -> tuple[str, str]:
    """Return the service and the path of `SERVICE:PATH`; no service for a path here, which begins with `/` or `.`."""
    service, colon, path = text.partition(":")
    return (service, path) if colon and not text.startswith(("/", ".")) else ("", text)


def _containers(session: Session, request: CpRequest, service: str) -> tuple[ContainerState, ...]:
    if request.index:
        return (container_of(session, service, request.index, stopped=True),)
    return containers_of(session, service, oneoff=request.all)


def _told(session: Session, copy: Copy, perform: Callable[[], None]) -> None:
    """Copy, and say when that begins and ends."""
    clock, one = session.clock, copy.container
    resource, step = f"Container {one.name}", f"copy {one.name}"
    address = str(Address(kind="container", key=one.service, number=one.number))
    began = clock.now()
    session.emit(StepStarted(time=began, step=step, address=address, resource=resource, action="Copying"))
    perform()
    now = clock.now()
    told = StepFinished(
        time=now, step=step, address=address, resource=resource, action="Copied", seconds=now - began, detail=str(copy)
    )
    session.emit(told)
