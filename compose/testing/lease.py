"""Several processes share a stack: the first starts it, the last stops it, and one that crashed holds nothing.

Each holder has a file that it keeps locked (`flock`); the system lets go of it when the process ends, however it does.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from compose.base.value import Value
from compose.commands.file_lock import acquire, try_to_acquire

_CONTROLLER = "controller"


class Note(Value, frozen=True, kw_only=True):
    """What the one who started a stack leaves for the others: how to take it away again, or why it could not be started."""

    name: str
    host: str = ""
    failure: str = ""


class Leases:
    """A directory in which the processes of one run share stacks. The one that made it holds every stack too."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._held: int | None = None

    @classmethod
    def new(cls) -> Leases:
        """Make the directory, held by this process until `end`."""
        leases = cls(Path(tempfile.mkdtemp(prefix="compose-leases-")))
        leases._held = _hold(leases.directory / _CONTROLLER)
        return leases

    def lease(self, name: str, holder: str) -> Lease:
        """Return a holder's lease of a stack."""
        return Lease(self.directory / name, holder, self.directory / _CONTROLLER)

    def notes(self) -> list[Note]:
        """Return what was left by those who started stacks."""
        return [note for file in sorted(self.directory.glob("*/note")) if (note := _read(file)) is not None]

    def end(self) -> None:
        """Let go, and remove the directory."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
        shutil.rmtree(self.directory, ignore_errors=True)


class Lease:
    """One holder's part in a stack."""

    def __init__(self, directory: Path, holder: str, controller: Path) -> None:
        self._directory = directory
        self._holder = directory / f"{holder}.holder"
        self._controller = controller
        self._held: int | None = None

    def join(self, start: Callable[[], Note]) -> tuple[Note, bool]:
        """Become a holder; `start` is called by the first one, while the others wait. Return its note, and who it was.

        A note with a `failure` is that of a start that failed: it is not tried again, and nobody becomes a holder.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        with _alone(self._directory / "lock"):
            note, first = _read(self._directory / "note"), False
            if note is None:
                note, first = start(), True
                (self._directory / "note").write_bytes(msgspec.json.encode(note))
            if not note.failure:
                self._held = _hold(self._holder)
            return note, first

    def leave(self, stop: Callable[[], None]) -> None:
        """Be a holder no more; the last one calls `stop`."""
        with _alone(self._directory / "lock"):
            if self._held is not None:
                os.close(self._held)
                self._held = None
                self._holder.unlink(missing_ok=True)
            others = [*self._directory.glob("*.holder"), self._controller]
            if not any(_is_held(file) for file in others):
                stop()
                (self._directory / "note").unlink(missing_ok=True)


def _read(file: Path) -> Note | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Note)
    except (FileNotFoundError, msgspec.DecodeError):
        return None  # nobody has started it yet, or did not get as far as saying so


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    held = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        acquire(held)
        yield
    finally:
        os.close(held)


def _hold(file: Path) -> int:
    held = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    acquire(held)
    return held


def _is_held(file: Path) -> bool:
    try:
        held = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not try_to_acquire(held)
    finally:
        os.close(held)
