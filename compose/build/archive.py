"""A tar stream made while it is sent: nothing but the block at hand is in memory."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from compose.base.errors import fail
from compose.base.value import Value
from compose.build.tree import Entry, unreadable

BLOCK = 256 * 1024
"""Bytes gathered before they are handed on: small files travel together."""

_RECORD = tarfile.BLOCKSIZE
_KINDS = {
    stat.S_IFREG: tarfile.REGTYPE,
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
}


class Extra(Value, frozen=True, kw_only=True):
    """A file that is sent beside those of the context, in place of one with the same path; dated 1970 for the cache's sake."""

    path: str
    content: bytes
    mode: int = 0o644


def archive(entries: Iterable[Entry], extras: Iterable[Extra] = ()) -> Iterator[bytes]:
    """Yield a tar of `entries` and `extras` in blocks of about 256 KiB.

    Owners are 0:0 and times whole seconds, as the builders' own clients send them; modes and link targets are kept,
    a file met again through a hard link is sent as one.

    Raises:
        ComposeError: `build-context-unreadable` or `build-context-changed`, a file cannot be read to its end.
    """
    buffer = bytearray()
    for part in _parts(entries, tuple(extras)):
        buffer += part
        if len(buffer) >= BLOCK:
            yield bytes(buffer)
            buffer.clear()
    buffer += bytes(2 * _RECORD)
    yield bytes(buffer)


def _parts(entries: Iterable[Entry], extras: tuple[Extra, ...]) -> Iterator[bytes]:
    taken = {extra.path for extra in extras}
    links: dict[tuple[int, int], str] = {}
    for entry in entries:
        if entry.path not in taken:
            yield from _member(entry, links)
    for extra in extras:
        info = tarfile.TarInfo(extra.path)
        info.size, info.mode = len(extra.content), extra.mode
        yield _header(info)
        yield extra.content
        yield _padding(info.size)


def _member(entry: Entry, links: dict[tuple[int, int], str]) -> Iterator[bytes]:
    status = entry.status
    info = tarfile.TarInfo(entry.path)
    info.type = _KINDS[stat.S_IFMT(status.st_mode)]
    info.mode = stat.S_IMODE(status.st_mode)
    info.mtime = int(status.st_mtime)
    if info.type == tarfile.SYMTYPE:
        info.linkname = _target(entry)
    elif info.type in {tarfile.CHRTYPE, tarfile.BLKTYPE}:
        info.devmajor, info.devminor = os.major(status.st_rdev), os.minor(status.st_rdev)
    elif info.type == tarfile.REGTYPE:
        known = links.setdefault((status.st_dev, status.st_ino), entry.path) if status.st_nlink > 1 else entry.path
        if known == entry.path:
            yield from _file(entry, info)
            return
        info.type, info.linkname = tarfile.LNKTYPE, known
    yield _header(info)


def _file(entry: Entry, info: tarfile.TarInfo) -> Iterator[bytes]:
    try:
        with Path(entry.file).open("rb", buffering=0) as file:
            # The size may have changed since the walk; the header must agree with what follows it.
            info.size = os.fstat(file.fileno()).st_size
            yield _header(info)
            yield from _content(file, info.size, entry.file)
    except OSError as error:
        raise unreadable(entry.file, error) from error
    yield _padding(info.size)


def _content(file: IO[bytes], size: int, name: str) -> Iterator[bytes]:
    left = size
    while left:
        data = file.read(min(left, BLOCK))
        if not data:
            raise fail("build-context-changed", f"`{name}` became shorter while it was sent", hint="build again")
        left -= len(data)
        yield data


def _target(entry: Entry) -> str:
    try:
        return os.readlink(entry.file)  # noqa: PTH115 - pathlib would tidy the target
    except OSError as error:
        raise unreadable(entry.file, error) from error


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _padding(size: int) -> bytes:
    return bytes(-size % _RECORD)
