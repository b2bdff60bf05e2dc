"""Leases on this machine: who owns what is started here, and which processes hold a project at the moment.

Labels say for whom a project was made, and cannot be changed. Who joined later, how long it stays now, and that it is
kept on purpose stand in a file of this user, one for each project and engine: its holds. Whoever wants to use a project
that may go takes a hold first and looks at the engine then; whoever removes one does so with the file locked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from compose.base.clock import Clock, SystemClock
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.file_lock import acquire, try_to_acquire
from compose.engine.endpoint import state_directory
from compose.state.lease import Lease, Machine, Owner, verdict

_STARTED_FIELD: Final = 19
"""Where /proc/PID/stat has the start time, counted after the program's name in parentheses."""
_ID_LENGTH: Final = 12
_LARGEST: Final = 1 << 20


class Place(Value, frozen=True, kw_only=True):
    """Where the holds of a project are kept: `directory` is of this user, `address` the engine's, `project` its name."""

    directory: str
    address: str
    project: str

    @property
    def file(self) -> Path:
        """The file of this project on this engine."""
        from hashlib import sha256  # noqa: PLC0415 - only where there are leases

        return Path(self.directory, f"{self.project}@{sha256(self.address.encode()).hexdigest()[:16]}.json")


def place_of(environ: Mapping[str, str], address: str, project: str) -> Place:
    """Return the place for the holds of a project; `address` is the engine's (`Endpoint.url`)."""
    return Place(directory=str(state_directory(environ) / "leases"), address=address, project=project)


def this_machine() -> Machine:
    """Return what this machine knows of processes."""
    import platform  # noqa: PLC0415 - only where there are leases

    host = f"{platform.node()}/{_text('/etc/machine-id')[:_ID_LENGTH]}/{getattr(os, 'getuid', int)()}"
    return Machine(host=host, boot=_boot(), namespace=_namespace(), started=started)


def owner_of(pid: int = 0, machine: Machine | None = None) -> Owner:
    """Return what tells a process (0 = this one) from every other; `started` is "" when there is no such process."""
    here = machine or this_machine()
    number = pid or os.getpid()
    return Owner(host=here.host, boot=here.boot, namespace=here.namespace, pid=number, started=here.started(number))


@contextmanager
def hold(place: Place, lease: Lease, machine: Machine | None = None, clock: Clock | None = None) -> Iterator[tuple[Lease, ...]]:
    """Hold a project: it stays until this lease is over too. Yields the other holds that count.

    Nobody else takes, gives back or removes anything of the project before the block is left: the first to come may bring
    it up there, and the others find it up. The hold stays after the block, also when that raises.
    """
    with _file(place.file) as holds:
        others = tuple(one for one in _counting(holds.read(), machine, clock) if one != lease)
        holds.write((*others, lease))
        yield others


@contextmanager
def release(place: Place, lease: Lease, machine: Machine | None = None, clock: Clock | None = None) -> Iterator[bool]:
    """Give a hold back. Yields whether it was the last: then the block may take the project down, with nobody coming in."""
    with _file(place.file) as holds:
        others = tuple(one for one in _counting(holds.read(), machine, clock) if one != lease)
        holds.write(others)
        yield not others


@contextmanager
def settled(place: Place) -> Iterator[tuple[Lease, ...]]:
    """Look at the holds of a project, those that are over among them; nobody changes them before the block is left.

    When it is left without an exception, those that are over are forgotten.
    """
    with _file(place.file) as holds:
        yield holds.read()
        holds.write(_counting(holds.read(), None, None))


def tidy(environ: Mapping[str, str]) -> None:
    """Forget holds that are over, of projects that may never have come to anything."""
    for path in sorted((state_directory(environ) / "leases").glob("*.json")):
        with _file(path) as holds:
            holds.write(_counting(holds.read(), None, None))


def elsewhere(place: Place) -> tuple[Lease, ...]:
    """Return the holds of projects of this name at other addresses, which may be other ways to the same engine."""
    own = place.file
    found: list[Lease] = []
    for file in sorted(own.parent.glob(f"{place.project}@*.json")):
        if file != own:
            with suppress(OSError):  # it was given back meanwhile
                found += _decoded(file.read_bytes())
    return tuple(found)


def renew(place: Place, lease: Lease) -> None:
    """Let this lease alone say how long a project stays, unless a process holds it."""
    with _file(place.file) as holds:
        holds.write((*(one for one in _counting(holds.read(), None, None) if _is_process(one)), lease))


def forget(place: Place, *, everything: bool = True) -> None:
    """Forget how long a project that was taken down should have stayed; holds of processes are theirs to give back.

    Unless `everything` of it has gone, that it stays for good is remembered: that protects its volumes. Where somebody
    else decides about the project at the moment, nothing is forgotten.
    """
    path = place.file
    with suppress(FileNotFoundError, PermissionError):  # there is nothing to forget, or it is not ours
        file = os.open(path, os.O_RDWR)
        try:
            if try_to_acquire(file) and os.path.samestat(os.fstat(file), path.stat()):
                holds = _Holds(file)
                holds.write(tuple(one for one in holds.read() if _is_process(one) or not (everything or one.expires)))
                if not holds.read():
                    path.unlink()
        finally:
            os.close(file)


def _is_process(lease: Lease) -> bool:
    return lease.owner is not None and bool(lease.owner.pid)


def _counting(holds: tuple[Lease, ...], machine: Machine | None, clock: Clock | None) -> tuple[Lease, ...]:
    here, now = machine or this_machine(), (clock or SystemClock()).now()
    return tuple(one for one in holds if verdict(one, here, now) in {"live", "unknown"})


class _Holds:
    """The locked file of a project's holds."""

    def __init__(self, file: int) -> None:
        self._file = file

    def read(self) -> tuple[Lease, ...]:
        os.lseek(self._file, 0, os.SEEK_SET)
        return _decoded(os.read(self._file, _LARGEST))

    def write(self, holds: tuple[Lease, ...]) -> None:
        """Write anew, readable whenever the writer is killed: blanks hide the rest of what was there until it is cut off."""
        data = msgspec.json.encode(holds)
        size = os.lseek(self._file, 0, os.SEEK_END)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, data.ljust(size))
        os.ftruncate(self._file, len(data))


def _decoded(data: bytes) -> tuple[Lease, ...]:
    try:
        return msgspec.json.decode(data, type=tuple[Lease, ...])
    except msgspec.DecodeError:
        return ()  # new, or its writer was killed while it wrote


@contextmanager
def _file(path: Path) -> Iterator[_Holds]:
    """Open and lock the file of a project; without holds in it, it goes again.

    Raises:
        ComposeError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _locked(path)
    except OSError as error:
        raise fail("cannot-write", f"cannot write `{path}`: {error.strerror}") from error
    try:
        holds = _Holds(file)
        try:
            yield holds
        finally:
            if not holds.read():
                with suppress(OSError):  # systems that keep open files: it stays, empty
                    path.unlink()
    finally:
        os.close(file)


def _locked(path: Path) -> int:
    """Return the open file at `path` with its lock, which another process may have removed while it was waited for."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        acquire(file)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        os.close(file)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""  # another system, or a container without it


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it names no file
    except OSError:
        return ""  # there is one space of process numbers


def _boot() -> str:
    return _text("/proc/sys/kernel/random/boot_id") or _asked("sysctl", "-n", "kern.boottime")


def started(pid: int) -> str:
    """Return when a process began, in the system's own form, "" when there is none (one that only waits to be collected)."""
    if not sys.platform.startswith("linux"):
        return _asked("ps", "-o", "lstart=", "-p", str(pid))
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[_STARTED_FIELD] if len(fields) > _STARTED_FIELD and fields[0] not in {"Z", "X"} else ""


def _asked(*command: str) -> str:
    import subprocess  # noqa: PLC0415 - only where there is no /proc

    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603 - fixed commands
    except (OSError, subprocess.TimeoutExpired):
        return ""  # no such program here: nothing is known of processes
    return done.stdout.strip()
