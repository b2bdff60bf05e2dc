"""Files of this machine as a tar stream, made while it is sent: nothing but the block at hand is in memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from compose.base import tar
from compose.base.errors import ComposeError

BLOCK: Final = 256 * 1024
"""Bytes gathered before they are handed on: small files travel together."""

_KINDS: Final = {
    stat.S_IFREG: tar.FILE,
    stat.S_IFDIR: tar.DIRECTORY,
    stat.S_IFLNK: tar.LINK,
    stat.S_IFIFO: tar.PIPE,
    stat.S_IFCHR: tar.CHARACTERS,
    stat.S_IFBLK: tar.BLOCKS,
}
"""What a container can have; sockets are left out."""
_DEVICES: Final = {tar.CHARACTERS, tar.BLOCKS}


class Member(NamedTuple):
    """An entry: its `name` in the archive, the `file` on this machine, its lstat and the owner it gets."""

    name: str
    file: str
    status: os.stat_result
    owner: tuple[int, int] = (0, 0)


class Problems(NamedTuple):
    """The errors of whoever packs: a file cannot be read, or became shorter while it was."""

    unreadable: Callable[[str, OSError], ComposeError]
    shortened: Callable[[str], ComposeError]


def packed(members: Iterable[Member], problems: Problems) -> Iterator[bytes]:
    """Yield the parts of an archive without its end, see `gathered`.

    Modes, whole seconds and link targets are kept; a file met again through a hard link is sent as one.

    Raises:
        ComposeError: a file cannot be read to its end.
    """
    links: dict[tuple[int, int], str] = {}
    for member in members:
        try:
            yield from _entry(member, links, problems)
        except OSError as error:
            raise problems.unreadable(member.file, error) from error


def literal(name: str, content: bytes, mode: int) -> bytes:
    """Return an entry with a content that is at hand, dated 1970."""
    return tar.header(name, tar.FILE, mode=mode, size=len(content)) + content + tar.padding(len(content))


def gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield an archive's parts in blocks of about 256 KiB, and its end."""
    buffer = bytearray()
    for part in parts:
        buffer += part
        if len(buffer) >= BLOCK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer + tar.END)


def _entry(member: Member, links: dict[tuple[int, int], str], problems: Problems) -> Iterator[bytes]:
    name, file, status, _ = member
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if kind == tar.FILE:
        known = links.setdefault((status.st_dev, status.st_ino), name) if status.st_nlink > 1 else name
        yield from _file(member, problems) if known == name else (_header(member, tar.SAME_FILE, link=known),)
    elif kind == tar.LINK:
        yield _header(member, kind, link=os.readlink(file))  # noqa: PTH115 - pathlib would tidy the target
    elif kind is not None:
        device = (os.major(status.st_rdev), os.minor(status.st_rdev)) if kind in _DEVICES else (0, 0)
        yield _header(member, kind, device=device)


def _file(member: Member, problems: Problems) -> Iterator[bytes]:
    with Path(member.file).open("rb", buffering=0) as file:
        # The size may have changed since the walk; the header must agree with what follows it.
        size = left = os.fstat(file.fileno()).st_size
        yield _header(member, tar.FILE, size=size)
        while left:
            data = file.read(min(left, BLOCK))
            if not data:
                raise problems.shortened(member.file)
            left -= len(data)
            yield data
    yield tar.padding(size)


def _header(member: Member, kind: bytes, *, size: int = 0, link: str = "", device: tuple[int, int] = (0, 0)) -> bytes:
    return tar.header(
        member.name + "/" if kind == tar.DIRECTORY else member.name,
        kind,
        mode=stat.S_IMODE(member.status.st_mode),
        size=size,
        seconds=int(member.status.st_mtime),
        link=link,
        owner=member.owner,
        device=device,
    )
