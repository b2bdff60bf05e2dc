"""What the named volumes of a stack hold, kept and brought back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from compose.base.errors import ComposeError, fail
from compose.engine.port import Call, path
from compose.engine.workers import Workers
from compose.state.observed import ContainerState
from compose.testing.volumes import Place, fill, places, remove, save, users

if TYPE_CHECKING:
    from compose.testing.stack import Stack


Given = TypeVar("Given")


class Snapshot:
    """What named volumes held at one moment, as files on this machine; `restore` brings it back as often as wanted."""

    def __init__(self, stack: Stack, kept: Mapping[Place, Path], directory: tempfile.TemporaryDirectory[str]) -> None:
        self._stack = stack
        self._kept = dict(kept)
        self._directory = directory

    def restore(self) -> None:
        """Bring the volumes back to what they held: their services get new containers, and are ready when this returns."""
        refill(self._stack, self._kept)

    def close(self) -> None:
        """Remove the files."""
        self._directory.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self.close()


def take(stack: Stack, services: Sequence[str] = ()) -> Snapshot:
    """Keep what the named volumes of services hold; the services are frozen meanwhile.

    Raises:
        ComposeError: no named volume, a service without a container, or the engine refused.
    """
    found = places(stack.project.model, services)
    if not found:
        names = ", ".join(f"`{name}`" for name in services) or "the stack"
        raise fail("nothing-to-keep", f"{names} has no named volume", hint="anonymous volumes and bind mounts are not kept")
    directory = tempfile.TemporaryDirectory(prefix="compose-snapshot-")
    kept = {place: Path(directory.name) / f"{number}.tar" for number, place in enumerate(found)}
    with frozen(stack, found):
        each(partial(_save, stack), kept)
    return Snapshot(stack, kept, directory)


@contextmanager
def frozen(stack: Stack, found: Sequence[Place]) -> Iterator[None]:
    """Have nothing written to volumes meanwhile: their services are paused, or stopped where that cannot be done."""
    names = users(stack.project.model, found)
    running = [name for name in names if any(one.state == "running" for one in stack[name].containers())]
    paused: list[str] = []
    try:
        for name in running:
            stack.project.pause(name)
            paused.append(name)
    except ComposeError:  # a machine under load may fail to freeze processes
        _go_on(stack, paused)
        paused.clear()
        stack.changing(lambda project: project.stop(*running))
    try:
        yield
    finally:
        _go_on(stack, paused)
        for name in () if paused else running:
            stack[name].start(timeout=stack.timeout)


def _go_on(stack: Stack, paused: list[str]) -> None:
    if paused:
        stack.project.unpause(*paused)


def refill(stack: Stack, kept: Mapping[Place, Path]) -> None:
    """Make the volumes anew with what the files hold, and containers of their services, and wait until these are ready."""
    project, engine = stack.project, stack.project.engine
    names = users(project.model, list(kept))
    containers = [one for name in names for one in stack[name].containers()]
    _at_once(lambda one: _remove(stack, one), containers)
    for place in kept:
        remove(engine, place.name)
    fill_new(stack, kept)
    stack.changing(lambda project: project.start(*names, timeout=stack.timeout, probe=True))
    for name in names:
        stack[name].wait(timeout=stack.timeout)


def fill_new(stack: Stack, kept: Mapping[Place, Path]) -> None:
    """Create the containers of volumes that do not exist yet, and fill these before anything is started."""
    stack.project.create(*users(stack.project.model, list(kept)))
    each(lambda place, file: fill(stack.project.engine, container_of(stack, place), place.target, file), kept)


def each(work: Callable[[Place, Path], None], kept: Mapping[Place, Path]) -> None:
    """Do something with every volume and its file, at once."""
    _at_once(lambda pair: work(*pair), kept.items())


def _at_once(work: Callable[[Given], None], items: Iterable[Given]) -> None:
    workers = Workers(name="compose-volumes")
    try:
        workers.gather(work, items)
    finally:
        workers.close()


def container_of(stack: Stack, place: Place) -> ContainerState:
    """Return a container that mounts a volume.

    Raises:
        ComposeError: there is none.
    """
    found = stack[place.service].containers()
    if not found:
        raise fail("no-container", f'no container found for service "{place.service}"')
    return found[0]


def _save(stack: Stack, place: Place, file: Path) -> None:
    save(stack.project.engine, container_of(stack, place), place.target, file)


def _remove(stack: Stack, one: ContainerState) -> None:
    query = {"force": True, "v": True}
    stack.project.engine.call(Call(method="DELETE", path=path("/containers/{}", one.id), query=query))
