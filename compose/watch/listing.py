"""What is in a container, out of what `find` and `stat` or an archive say; pure but for reading the archive it is given."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tarfile
from collections.abc import Iterable, Iterator
from typing import IO

from compose.watch import script
from compose.watch.entry import PERMISSIONS, Kind, Known

_LINE = re.compile(rb"([0-9a-f]+) (\d+) (-?\d+) (/.*)", re.DOTALL)
_KINDS: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
_FORMAT = b"'%f %s %Y %n'"


def ask(places: Iterable[str], left_out: Iterable[str] = ()) -> bytes:
    """Return the request that lists places with all below them, but for directories that are `left_out`."""
    pruned = b" -o ".join(b"-path " + script.quote(path) for path in left_out)
    skip = b"\\( " + pruned + b" \\) -prune -o " if pruned else b""
    return b"find " + script.words(places) + b" " + skip + b"-exec stat -c " + _FORMAT + b" {} + 2>/dev/null || :"


def parse(output: bytes) -> dict[str, Known]:
    """Return what an answer to `ask` lists; the targets of links are not in it."""
    found: dict[str, Known] = {}
    last: tuple[bytes, bytes, bytes, bytes] | None = None
    for line in output.split(b"\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            if last is not None:
                last = (*last[:3], last[3] + b"\n" + line)
            continue
        _keep(found, last)
        last = (match[1], match[2], match[3], match[4])
    _keep(found, (*last[:3], last[3].rstrip(b"\n")) if last is not None else None)
    return found


def _keep(found: dict[str, Known], parts: tuple[bytes, bytes, bytes, bytes] | None) -> None:
    if parts is None:
        return
    mode, size, seconds, name = parts
    raw = int(mode, 16)
    kind = _KINDS.get(stat.S_IFMT(raw))
    if kind == "file":
        found[os.fsdecode(name)] = Known(kind, raw & PERMISSIONS, int(size), "", int(seconds))
    elif kind == "directory":
        found[os.fsdecode(name)] = Known(kind, raw & PERMISSIONS)
    elif kind == "link":
        found[os.fsdecode(name)] = Known(kind)


def ask_links(paths: Iterable[str]) -> bytes:
    """Return the request for the targets of links, one a line."""
    return b"for f in " + script.words(paths) + b'; do readlink "$f" || echo; done'


def ask_digests(paths: Iterable[str]) -> bytes:
    """Return the request for the SHA-256 of files, one a line."""
    return b"for f in " + script.words(paths) + b'; do sha256sum <"$f" || echo; done'


def parse_digests(output: bytes, count: int) -> list[bytes | None]:
    """Return the digests an answer holds, in the order of the request, None where there is none."""
    lines = [line.split(b" ")[0] for line in output.strip(b"\n").split(b"\n")]
    found: list[bytes | None] = [_digest(line) for line in lines]
    return found if len(found) == count else [None] * count


def _digest(text: bytes) -> bytes | None:
    try:
        return bytes.fromhex(text.decode("ascii")) or None
    except ValueError:
        return None


def unpack(archive: IO[bytes], target: str, limit: int) -> Iterator[tuple[str, Known]]:
    """Yield what an archive of a place holds (GET containers/{id}/archive), with digests; files beyond `limit` bytes in all
    have none.

    Raises:
        tarfile.TarError: it is no archive.
    """
    taken = 0
    with tarfile.open(fileobj=archive, mode="r|") as entries:
        for info in entries:
            below = info.name.rstrip("/").partition("/")[2]
            path = f"{target.rstrip('/')}/{below}" if below else target
            mode = info.mode & PERMISSIONS
            if info.isdir():
                yield path, Known("directory", mode)
            elif info.issym():
                yield path, Known("link", 0, 0, info.linkname)
            elif info.isfile():
                taken += info.size
                content = entries.extractfile(info) if taken <= limit else None
                digest = hashlib.sha256(content.read()).digest() if content is not None else None
                yield path, Known("file", mode, info.size, "", int(info.mtime), digest)
