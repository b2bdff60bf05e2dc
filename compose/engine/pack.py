"""Files of this machine as a tar stream, made while it is sent: nothing but the block at hand is in memory."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from compose.base.errors import ComposeError, fail

_BLOCK: Final = 256 * 1024
_KINDS: Final = {
    stat.S_IFREG: tarfile.REGTYPE,
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
}
"""What a container can have; sockets are left out."""


def pack(root: Path, name: str) -> Iterator[bytes]:
    """Yield a tar of the file, link or directory at `root`, in which it is called `name`; "" for a directory's contents.

    Owners, modes and times (whole seconds) are kept; a file met again through a hard link is sent as one.

    Raises:
        ComposeError: something cannot be read.
    """
    buffer = bytearray()
    links: dict[tuple[int, int], str] = {}
    for path, inside in _walk(root, name):
        for part in _member(path, inside, links):
            buffer += part
            if len(buffer) >= _BLOCK:
                yield bytes(buffer)
                buffer.clear()
    buffer += bytes(2 * tarfile.BLOCKSIZE)
    yield bytes(buffer)


def _walk(root: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Yield the path of everything below and including `root` with its name in the archive, directories first."""
    pending = [(root, name)]
    while pending:
        path, inside = pending.pop()
        if inside:
            yield path, inside
        try:
            if stat.S_ISDIR(path.lstat().st_mode):
                children = sorted(path.iterdir(), reverse=True)
                pending += [(child, f"{inside}/{child.name}" if inside else child.name) for child in children]
        except OSError as error:
            raise unreadable(path, error) from error


def _member(path: Path, inside: str, links: dict[tuple[int, int], str]) -> Iterator[bytes]:
    try:
        status = path.lstat()
        info = tarfile.TarInfo(inside)
        kind = _KINDS.get(stat.S_IFMT(status.st_mode))
        if kind is None:
            return
        info.type, info.mode = kind, stat.S_IMODE(status.st_mode)
        info.mtime, info.uid, info.gid = int(status.st_mtime), status.st_uid, status.st_gid
        if kind == tarfile.SYMTYPE:
            info.linkname = os.readlink(path)  # noqa: PTH115 - pathlib would tidy the target
        elif kind in {tarfile.CHRTYPE, tarfile.BLKTYPE}:
            info.devmajor, info.devminor = os.major(status.st_rdev), os.minor(status.st_rdev)
        elif kind == tarfile.REGTYPE:
            known = links.setdefault((status.st_dev, status.st_ino), inside) if status.st_nlink > 1 else inside
            if known == inside:
                yield from _file(path, info)
                return
            info.type, info.linkname = tarfile.LNKTYPE, known
        yield _header(info)
    except OSError as error:
        raise unreadable(path, error) from error


def _file(path: Path, info: tarfile.TarInfo) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        # The size may have changed since the walk; the header must agree with what follows it.
        info.size = left = os.fstat(file.fileno()).st_size
        yield _header(info)
        while left:
            data = file.read(min(left, _BLOCK))
            if not data:
                raise fail("cannot-copy", f"`{path}` became shorter while it was copied", hint="copy again")
            left -= len(data)
            yield data
    yield bytes(-info.size % tarfile.BLOCKSIZE)


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def unreadable(path: Path | str, error: OSError) -> ComposeError:
    """Return the error for a file of this machine that cannot be read."""
    return fail("cannot-read", f"cannot read `{path}`: {(error.strerror or str(error)).lower()}")
