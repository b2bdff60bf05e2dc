"""What is at a path: on the host as seen by lstat, and in a container as far as it is known."""

from __future__ import annotations

import os
import stat
from typing import Literal

import msgspec

Kind = Literal["file", "directory", "link"]

PERMISSIONS = 0o7777
_KINDS: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}


class Entry(msgspec.Struct, frozen=True):
    """A file, directory or symlink of the host.

    `stamp` changes whenever the content may have changed: (mtime, ctime, inode), times in nanoseconds; empty for
    directories, whose times say nothing of them. `mode` has the permission bits, 0 for links.
    """

    kind: Kind
    mode: int = 0
    size: int = 0
    link: str = ""
    stamp: tuple[int, int, int] | None = None

    @property
    def seconds(self) -> int:
        """When the content was changed last, in whole seconds since the epoch."""
        return self.stamp[0] // 1_000_000_000 if self.stamp else 0


class Known(msgspec.Struct, frozen=True):
    """What a container has at a path.

    - `seconds`: the modification time there, as an archive can carry it.
    - `digest`: SHA-256 of the content, None when it was not read.
    - `stamp`: the host's entry that the content equals, None when that is not certain.
    """

    kind: Kind
    mode: int = 0
    size: int = 0
    link: str = ""
    seconds: int = 0
    digest: bytes | None = None
    stamp: tuple[int, int, int] | None = None


def entry_of(path: str, status: os.stat_result) -> Entry | None:
    """Return the entry for what lstat said, None for sockets, devices and pipes, and for a link that went away.

    Raises:
        OSError: a link cannot be read.
    """
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if kind is None:
        return None
    if kind == "directory":
        return Entry("directory", status.st_mode & PERMISSIONS)
    if kind == "link":
        return Entry("link", 0, 0, os.readlink(path))  # noqa: PTH115 - as it is written, not as a path
    return Entry("file", status.st_mode & PERMISSIONS, status.st_size, "", stamp_of(status))


def stamp_of(status: os.stat_result) -> tuple[int, int, int]:
    """Return what changes with the content of a file."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino
