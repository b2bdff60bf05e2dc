"""One copy between this machine and a container, in either direction, by the rules of `docker cp`."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.session import Session
from compose.engine import archive
from compose.engine.pack import pack, unreadable
from compose.engine.unpack import unpack
from compose.plan.landing import CONTENTS, Aim, Origin, landing
from compose.state.observed import ContainerState

STREAM: Final = "-"
"""Written for a path here: a tar archive on stdin or stdout."""

_BLOCK: Final = 1 << 20


class Copy(Value, frozen=True, kw_only=True):
    """What is copied where; `inward` = to the container's path `destination`, else from its path `source`.

    - `archive` keeps owners: outward those the files have, inward the files get the container's user.
    - `follow` copies what a link points to.
    """

    container: ContainerState
    source: str
    destination: str
    inward: bool
    archive: bool = False
    follow: bool = False

    def __str__(self) -> str:
        there = f"{self.container.name}:"
        return f"{'' if self.inward else there}{self.source} to {there if self.inward else ''}{self.destination}"


class Pipes(Value, frozen=True, kw_only=True):
    """The standard streams: `read` yields what comes in, `write` takes what goes out."""

    read: Callable[[], Iterator[bytes]]
    write: Callable[[bytes], object]


def copy_out(session: Session, copy: Copy, pipes: Pipes) -> None:
    """Copy a path of a container to a path here (GET containers/{id}/archive).

    Raises:
        ComposeError: there is no such path, or it does not fit.
        EngineError: the engine refused.
    """
    identifier, source = copy.container.id, copy.source
    aim = None if copy.destination == STREAM else _local_aim(session.cwd, copy.destination)
    where = _followed(session, identifier, source) if copy.follow else source
    with archive.get(session.engine, identifier, where) as stream:
        if aim is None:
            for chunk in stream.chunks():
                pipes.write(chunk)
            return
        name = CONTENTS if _means_contents(source) else posixpath.basename(posixpath.normpath(f"/{source}"))
        place = landing(Origin(name=name, is_directory=archive.is_directory(stream)), aim)
        target = Path(place.directory) / place.name
        left_out = unpack(stream.chunks(), target, has_root=name != CONTENTS, owner=copy.archive)
    for device in left_out:
        session.warn(Diagnostic(severity="warning", code="device-left-out", summary=f"`{device}` is a device and was left out"))


def copy_in(session: Session, copy: Copy, pipes: Pipes) -> None:
    """Copy a path here to a path of a container (PUT containers/{id}/archive).

    Raises:
        ComposeError: there is no such path, or it does not fit.
        EngineError: the engine refused.
    """
    aim = _inner_aim(session, copy)
    if copy.source == STREAM:
        if not aim.is_directory:
            raise fail("cannot-copy", f'destination "{_there(copy)}" must be a directory')
        where, data = aim.path, pipes.read()
    else:
        root, origin = _local_origin(session.cwd, copy.source, follow=copy.follow)
        place = landing(origin, aim)
        where, data = place.directory, pack(root, place.name)
    call = archive.put(copy.container.id, data, where=where, keep_owner=copy.archive, keep_directories=True)
    session.engine.call(call)


@contextmanager
def spooled(pipes: Pipes, *, several: bool) -> Iterator[Pipes]:
    """Lend pipes whose input can be read by several, from a temporary file; the same pipes when one reads."""
    if not several:
        yield pipes
        return
    with TemporaryFile() as spool:
        for chunk in pipes.read():
            spool.write(chunk)
        spool.flush()

        def read() -> Iterator[bytes]:
            at = 0
            while data := os.pread(spool.fileno(), _BLOCK, at):
                yield data
                at += len(data)

        yield Pipes(read=read, write=pipes.write)


def _means_contents(path: str) -> bool:
    """Return whether a path means what is in a directory: it ends with `.` as a part of its own."""
    return path.rpartition("/")[2] == "."


def _local_origin(cwd: str, written: str, *, follow: bool) -> tuple[Path, Origin]:
    """Return the path to read from, and what it is; a link ending in `/` is followed, as a shell does."""
    path = Path(cwd) / written
    contents = _means_contents(written)
    through = follow or contents or written.endswith("/")
    try:
        status = path.stat() if through else path.lstat()
        if written.endswith("/") and not stat.S_ISDIR(status.st_mode):
            raise fail("cannot-copy", f"cannot copy `{written}`: not a directory")
        root = path.resolve() if through else path
        name = CONTENTS if contents else path.name if path.name not in {"", ".."} else path.resolve().name
    except OSError as error:
        raise unreadable(written, error) from error
    return root, Origin(name=name, is_directory=stat.S_ISDIR(status.st_mode))


def _local_aim(cwd: str, written: str) -> Aim:
    """Return what is at a path here, links followed."""
    path = (Path(cwd) / written).resolve()
    if not path.parent.is_dir():
        raise fail("cannot-copy", f'invalid output path: directory "{Path(written).parent}" does not exist')
    exists, is_directory = path.exists(), path.is_dir()
    if exists and not is_directory and not path.is_file():
        raise fail("cannot-copy", f'invalid output path: "{written}" must be a directory or a regular file')
    ends = written.endswith("/") or _means_contents(written)
    return Aim(
        path=str(path),
        parent=str(path.parent),
        name=path.name,
        exists=exists,
        is_directory=is_directory,
        ends_as_directory=ends,
    )


def _inner_aim(session: Session, copy: Copy) -> Aim:
    """Return what is at a path of a container, a link followed."""
    identifier, written = copy.container.id, copy.destination
    path = posixpath.normpath("/" + written.lstrip("/"))
    found = archive.looked_up(session.engine, identifier, path)
    if found is not None and found.is_link:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), found.target))
        found = archive.looked_up(session.engine, identifier, path)
    if found is not None and found.is_special:
        raise fail("cannot-copy", f'destination "{_there(copy)}" must be a directory or a regular file')
    parent, name = posixpath.split(path)
    return Aim(
        path=path,
        parent=parent,
        name=name,
        exists=found is not None,
        is_directory=found is not None and found.is_directory,
        ends_as_directory=written.endswith(("/", "/.")),
    )


def _there(copy: Copy) -> str:
    return f"{copy.container.name}:{copy.destination}"


def _followed(session: Session, container: str, path: str) -> str:
    """Return the path that a link in a container points to; `path` itself when it is none."""
    found = archive.looked_up(session.engine, container, path.removesuffix("/.").rstrip("/") or "/")
    if found is None or not found.is_link:
        return path
    target = posixpath.join(posixpath.dirname(posixpath.normpath(path)), found.target)
    return f"{target}/." if _means_contents(path) else target
