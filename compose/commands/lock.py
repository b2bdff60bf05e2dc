"""One process at a time brings a project up: the others say whom they wait for, then go on with what they find.

The lock is the system's (it goes with its process) on a file of this user, one for each engine and project. Commands
that take things away do not wait: they are how a user gets rid of a run that hangs.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled
from compose.base.value import Value
from compose.commands.file_lock import acquire, try_to_acquire
from compose.commands.session import Session
from compose.engine.endpoint import STATE_DIRECTORY, state_directory

_LONGEST_NOTE = 4096


class Holder(Value, frozen=True, kw_only=True):
    """Who holds a lock."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"`compose {self.command}` (process {self.pid})"


@contextmanager
def locked(session: Session, project_name: str, command: str) -> Iterator[None]:
    """Be the only process of this user that brings the project up on this engine; wait for another one to end.

    Raises:
        Cancelled: the user asked to stop while waiting.
    """
    file = None if session.options.dry_run else _open(session, project_name)
    if file is None:
        yield
        return
    try:
        if not try_to_acquire(file):
            _wait(session, file, _waiting(project_name, _read(file)))
        _write(file, msgspec.json.encode(Holder(pid=os.getpid(), command=command)))
        try:
            yield
        finally:
            _write(file, b"")
    finally:
        os.close(file)


def path_of(environ: Mapping[str, str], address: str, project_name: str) -> Path:
    """Return the file whose lock stands for a project on an engine."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    base = Path(runtime) / STATE_DIRECTORY if runtime and Path(runtime).is_dir() else state_directory(environ)
    return base / "locks" / _name(address, project_name)


def _name(address: str, project_name: str) -> str:
    return f"{project_name}-{hashlib.sha256(address.encode()).hexdigest()[:16]}.lock"


def _open(session: Session, project_name: str) -> int | None:
    """Return the open lock file, None (which is said) when there is no place for it."""
    address = session.engine.address
    elsewhere = Path(tempfile.gettempdir(), f"{STATE_DIRECTORY}-locks", _name(address, project_name))
    for path in (path_of(session.environ, address, project_name), elsewhere):
        with suppress(OSError):  # the next place is tried; without any it is said below
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    summary = f"another `compose` may work on `{project_name}` at the same time: no place for a lock file"
    session.warn(Diagnostic(severity="note", code="no-lock", summary=summary))
    return None


def _waiting(project_name: str, holder: Holder | None) -> Diagnostic:
    who = str(holder) if holder is not None else "another process"
    hint = "it is waited for; Ctrl-C gives up"
    return Diagnostic(severity="note", code="project-locked", summary=f"{who} is bringing `{project_name}` up", hint=hint)


def _wait(session: Session, file: int, told: Diagnostic) -> None:
    """Wait for the lock on a thread, because the system's call cannot be ended from here; tell so once it can be stopped.

    Raises:
        Cancelled: the user asked to stop.
    """
    inbox: SimpleQueue[str] = SimpleQueue()
    again = os.dup(file)

    def wait() -> None:
        acquire(again)
        inbox.put("acquired")

    session.stop.subscribe(lambda _level: inbox.put("stopped"))
    session.warn(told)
    threading.Thread(target=wait, name="project-lock", daemon=True).start()
    if session.stop.level or inbox.get() == "stopped":
        raise Cancelled
    os.close(again)


def _read(file: int) -> Holder | None:
    os.lseek(file, 0, os.SEEK_SET)
    try:
        return msgspec.json.decode(os.read(file, _LONGEST_NOTE), type=Holder)
    except msgspec.DecodeError:
        return None  # it has not written its name yet


def _write(file: int, note: bytes) -> None:
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, note)
