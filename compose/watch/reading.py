"""Reading files of the host for containers: never through a symlink, never while they are being written, never a mixture."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from compose.watch.entry import Entry, stamp_of

_CHUNK = 1 << 20
_FRESH_NS = 5_000_000_000
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Moved(Exception):
    """The file is not (any more) what was seen; it is to be looked at again. `busy`: somebody has it open for writing."""

    def __init__(self, *, busy: bool = False) -> None:
        super().__init__()
        self.busy = busy


class Folder:
    """The directory that was opened last, kept open for the next file in it; for one thread, and not for long."""

    def __init__(self) -> None:
        self._key: tuple[str, str] | None = None
        self._file = -1

    def open(self, root: str, directory: str) -> int:
        """Return a directory below `root`, every one on the way a real one; it is closed by `close`.

        Raises:
            OSError: there is none.
        """
        if self._key != (root, directory):
            self.close()
            self._file = _open_directory(root, directory)
            self._key = (root, directory)
        return self._file

    def close(self) -> None:
        """Let go of it."""
        if self._key is not None:
            self._key = None
            os.close(self._file)


def read(root: str, path: str, entry: Entry, *, patient: bool = True, folder: Folder | None = None) -> bytes:
    """Return the content of a file below `root` that was seen as `entry`.

    `patient`: a file that somebody has open for writing is not read. `folder`: helps where many are read.

    Raises:
        Moved: it is another one now, or is being written.
        OSError: it cannot be read.
    """
    with opened(root, path, entry, patient=patient, folder=folder) as file:
        return _all(file, entry)


@contextmanager
def opened(root: str, path: str, entry: Entry, *, patient: bool = True, folder: Folder | None = None) -> Iterator[int]:
    """Open a file below `root` without following any symlink; on leaving it must still be what it was.

    Raises:
        Moved: it is another one, or is being written.
        OSError: it cannot be opened.
    """
    try:
        file = _open(root, path, folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Moved from error
    try:
        if not _is(file, entry):
            raise Moved
        if patient and _is_fresh(entry) and is_being_written(file):
            raise Moved(busy=True)
        yield file
        if not _is(file, entry):
            raise Moved
    finally:
        os.close(file)


def _is_fresh(entry: Entry) -> bool:
    """Whether it was changed so lately that somebody may be at it."""
    return entry.stamp is not None and time.time_ns() - max(entry.stamp[:2]) < _FRESH_NS


def _is(file: int, entry: Entry) -> bool:
    status = os.fstat(file)
    return stamp_of(status) == entry.stamp and status.st_size == entry.size


def _all(file: int, entry: Entry) -> bytes:
    data = os.read(file, entry.size + 1)
    while 0 < len(data) < entry.size and (piece := os.read(file, entry.size + 1 - len(data))):
        data += piece
    if len(data) != entry.size:
        raise Moved
    return data


def _open(root: str, path: str, folder: Folder | None) -> int:
    """Open a file, every directory on the way from the root a real one."""
    if not path or os.open not in os.supports_dir_fd:
        return os.open(os.path.join(root, path) if path else root, _FLAGS)  # noqa: PTH118 - text in, text out
    directory, _, name = path.rpartition("/")
    own = folder or Folder()
    try:
        return os.open(name, _FLAGS | os.O_NONBLOCK, dir_fd=own.open(root, directory))
    except OSError as error:
        if error.errno in _LINKS:
            raise NotADirectoryError from error
        raise
    finally:
        if folder is None:
            own.close()


def _open_directory(root: str, path: str) -> int:
    current = os.open(root, _FLAGS | os.O_DIRECTORY)
    for name in filter(None, path.split("/")):
        try:
            following = os.open(name, _FLAGS | os.O_DIRECTORY, dir_fd=current)
        finally:
            os.close(current)
        current = following
    return current


if sys.platform == "linux":
    import errno
    import fcntl

    _LINKS = frozenset({errno.ELOOP, errno.EMLINK})

    def is_being_written(file: int) -> bool:
        """Whether some process has the file open for writing: the kernel grants no read lease then.

        The lease is given back at once; whoever opens the file in between waits for that and no longer. The signal that
        would tell us of them is one that is ignored by default.
        """
        try:
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN  # others: not our file, or a file system without leases
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False

else:
    _LINKS = frozenset({62})

    def is_being_written(file: int) -> bool:
        """Return whether some process has the file open for writing; nobody can tell here."""
        del file
        return False


def digest(file: int) -> bytes:
    """Return the SHA-256 of what is left to read of a file."""
    found = hashlib.sha256()
    while piece := os.read(file, _CHUNK):
        found.update(piece)
    return found.digest()


def exactly(file: int, size: int, seen: hashlib._Hash) -> Iterator[bytes]:
    """Yield exactly so many bytes: what a file has, zeros for what it lacks, which shows when it is looked at afterwards."""
    left = size
    while left:
        piece = os.read(file, min(_CHUNK, left)) or bytes(min(_CHUNK, left))
        seen.update(piece)
        left -= len(piece)
        yield piece
