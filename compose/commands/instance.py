"""Copies of a project: which host ports and subnets each has, kept from run to run, and what is told of them.

What copies have been given stands in one file of this user. A copy keeps its numbers while it is down, so that addresses
in bookmarks and configurations stay right; what nobody has asked for during three months is given to others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.file_lock import acquire
from compose.engine.endpoint import state_directory
from compose.load.allot import allot
from compose.load.isolate import Isolated, Isolation, Wanted, isolate, wanted
from compose.load.isolation import port_range
from compose.model.project import Project

if TYPE_CHECKING:
    from compose.commands.session import Session

_FORGET_SECONDS: Final = 90 * 86400.0
_REFRESH_SECONDS: Final = 86400.0


class Copy(Value, frozen=True, kw_only=True):
    """What is kept of a copy: its numbers by what they are for, when it was asked for last, and what it was told to differ in."""

    numbers: dict[str, str] = {}
    used: float = 0.0
    told: str = ""


Copies = dict[str, Copy]
"""By project name."""


def isolated(session: Session, project: Project) -> Isolated:
    """Return a copy of a project with its own names, ports and subnets; the same ones in every run.

    Raises:
        ComposeError: no ports or subnets are left, or what is kept cannot be read.
    """
    isolation = Isolation()
    return isolate(project, isolation, numbers(session, project.name, wanted(project, isolation)))


def numbers(session: Session, copy: str, needed: tuple[Wanted, ...]) -> dict[str, str]:
    """Return the ports and subnets of a copy, and keep those that it has not had before.

    A dry run keeps nothing: it shows what would be taken now.

    Raises:
        ComposeError: as for `isolated`.
    """
    now = session.clock.now()
    if session.options.dry_run:
        return _allotted(session, copy, needed, _read(session))
    with _kept(session) as kept:
        found = _allotted(session, copy, needed, kept)
        entry = kept.get(copy, Copy())
        if entry.numbers | found != entry.numbers or now - entry.used > _REFRESH_SECONDS:
            kept[copy] = replace(entry, numbers=entry.numbers | found, used=now)
    return found


def tell(session: Session) -> None:
    """Say how the copy that was loaded differs from its files, and what it shares, once for as long as that stays so."""
    found = session.isolated
    if found is None or session.options.dry_run:
        return
    diagnostics = tuple(_told(found))
    text = "\n".join(f"{one.summary}\n{one.detail}" for one in diagnostics)
    with _kept(session) as kept:
        entry = kept.get(found.project.name, Copy())
        if entry.told == text:
            return
        kept[found.project.name] = replace(entry, told=text, used=session.clock.now())
    session.warn(*diagnostics)


def _told(found: Isolated) -> Iterator[Diagnostic]:
    project = found.project
    original = project.labels.get(labels.INSTANCE_OF, "")
    summary = f"instance `{project.instance}` of `{original}` is project `{project.name}`"
    detail = "\n".join(map(str, found.changes))
    if found.changes:
        summary += "; what it has otherwise than the files say:"
    yield Diagnostic(severity="note", code="instance", summary=summary, detail=detail)
    if found.shared:
        summary = f"what instances of `{original}` have in common, because it cannot be told apart"
        detail = "\n".join(map(str, found.shared))
        yield Diagnostic(severity="warning", code="instance-shares", summary=summary, detail=detail)


def _allotted(session: Session, copy: str, needed: tuple[Wanted, ...], kept: Copies) -> dict[str, str]:
    others = [text for name, entry in kept.items() if name != copy for text in entry.numbers.items()]
    taken = {number for key, text in others if key.startswith("port/") for number in port_range(text)}

    def subnets() -> tuple[str, ...]:
        from compose.engine.subnets import in_use  # noqa: PLC0415 - only where files fix subnets

        return (*(text for key, text in others if key.startswith("subnet/")), *in_use(session.engine))

    own = kept.get(copy, Copy()).numbers
    return allot(copy, needed, own, is_free=lambda port: port not in taken and is_free(port), subnets_in_use=subnets)


def is_free(port: int) -> bool:
    """Whether nothing on this machine has a TCP port."""
    import socket  # noqa: PLC0415 - only where ports are chosen

    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _path(session: Session) -> Path:
    return state_directory(session.environ) / "instances.json"


def _read(session: Session) -> Copies:
    try:
        return _decoded(session, _path(session).read_bytes())
    except FileNotFoundError:
        return {}


def _decoded(session: Session, data: bytes) -> Copies:
    if not data.strip():
        return {}
    try:
        return msgspec.json.decode(data, type=Copies)
    except msgspec.DecodeError as error:
        hint = "remove it: instances that run then keep their ports only until they are recreated"
        raise fail("bad-state-file", f"`{_path(session)}` cannot be understood: {error}", hint=hint) from error


@contextmanager
def _kept(session: Session) -> Iterator[Copies]:
    """Yield what is kept, locked, and write it when it was changed."""
    path = _path(session)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise fail("cannot-write", f"cannot write `{path}`: {error.strerror}") from error
    with os.fdopen(file, "r+b") as stream:
        acquire(file)
        data = stream.read()
        copies = _decoded(session, data)
        before = dict(copies)
        yield copies
        if copies != before:
            now = session.clock.now()
            fresh = {name: copies[name] for name in sorted(copies) if now - copies[name].used < _FORGET_SECONDS}
            _write(stream.fileno(), msgspec.json.encode(fresh), len(data))


def _write(file: int, data: bytes, size: int) -> None:
    """Write anew, readable whenever the writer is killed: blanks hide the rest of what was there until it is cut off."""
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, data.ljust(size))
    os.ftruncate(file, len(data))
