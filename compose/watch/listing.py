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
    """Return the request for the SHA-256 of files: one program for all, but for names that it would write in another way."""
    given = list(paths)
    plain, odd = [path for path in given if not _is_odd(path)], [path for path in given if _is_odd(path)]
    asked = [b"sha256sum " + script.words(plain)] if plain else []
    asked += [b"{ sha256sum <" + script.quote(path) + b" || echo; }" for path in odd]
    return b"{ " + b"; ".join(asked) + b"; } 2>/dev/null || :"


def parse_digests(output: bytes, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the digests that an answer holds, by path."""
    lines = [line.partition(b"  ") for line in output.split(b"\n")]
    texts = {os.fsdecode(name): text for text, _, name in lines if name.startswith(b"/")}
    unnamed = (text for text, _, name in lines if not name.startswith(b"/"))
    texts |= dict(zip((path for path in paths if _is_odd(path)), unnamed, strict=False))
    return {path: digest for path, text in texts.items() if (digest := _digest(text)) is not None}


def _is_odd(path: str) -> bool:
    return "\n" in path or "\\" in path


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
