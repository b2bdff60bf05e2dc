"""What is written into a container at once: entries with their contents, and the archive they make; pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from compose.base import tar
from compose.watch import script
from compose.watch.difference import ancestors
from compose.watch.entry import Entry

ATOMIC_FILES = 64
"""Up to so many files each appears at once, by a rename; more would take too long."""
_TEMPORARY = ".~compose-"
HELPER = f"{_TEMPORARY}helper"
_SINGLY = 8
"""Up to so many files are renamed one by one; more are gathered in a directory first, and renamed in one go."""


class Item(msgspec.Struct, frozen=True):
    """Something to write: `data` is a file's content, `seconds` its time in the container.

    `digest` is that of the content, where the content itself was let go.
    """

    place: str
    entry: Entry
    data: bytes = b""
    seconds: int = 0
    digest: bytes | None = None


Owner = tuple[int, int]


def block(item: Item, name: str, owner: Owner) -> bytes:
    """Return an item as part of an archive, under a name."""
    entry = item.entry
    if entry.kind == "directory":
        return tar.header(name.lstrip("/") + "/", tar.DIRECTORY, mode=entry.mode, seconds=item.seconds, owner=owner)
    if entry.kind == "link":
        return tar.header(name.lstrip("/"), tar.LINK, mode=0o777, link=entry.link, seconds=item.seconds, owner=owner)
    size = len(item.data)
    head = tar.header(name.lstrip("/"), tar.FILE, mode=entry.mode, size=size, seconds=item.seconds, owner=owner)
    return head + item.data + tar.padding(size)


def archive(items: Iterable[Item], owner: Owner) -> bytes:
    """Return an archive that puts items in their places."""
    return b"".join(block(item, item.place, owner) for item in items) + tar.END


def directories(places: Iterable[str], roots: Iterable[str]) -> list[str]:
    """Return the directories between targets and places, which must be real ones, sorted."""
    targets = set(roots)
    found: set[str] = set()
    for place in places:
        between: list[str] = []
        for above in ancestors(place):
            if above in targets:
                found.update(between)
                break
            between.append(above)
    return sorted(found)


class Request(msgspec.Struct, frozen=True):
    """A request to the shell in a container, with what follows it."""

    text: bytes
    content: bytes = b""
    staged: tuple[str, ...] = ()
    """What is there until everything is in its place."""


def request(
    items: tuple[Item, ...],
    *,
    removals: tuple[str, ...],
    modes: tuple[tuple[str, int], ...],
    roots: frozenset[str],
    owner: Owner,
    exact: bool,
) -> Request:
    """Return what removes, writes and changes modes, in this order; see `script` for `exact`."""
    files = [item for item in items if item.entry.kind != "directory"]
    staged = _staged(files, exact=exact) if len(files) <= ATOMIC_FILES else _Staged()
    content = b""
    if items:
        content = b"".join(block(item, staged.names.get(item.place, item.place), owner) for item in items) + tar.END
    touched = [*removals, *(item.place for item in items), *(place for place, _ in modes)]
    steps = [script.remove(removals)] if removals else []
    if items:
        steps += [script.unpack(len(content)), *staged.moves]
    steps += [b"chmod %o %s" % (mode, script.quote(place)) for place, mode in modes]
    body = b" && ".join(steps) or b":"
    if staged.leftovers:
        body = b"{ " + body + b"; } || { r=$?; " + script.remove(staged.leftovers) + b"; (exit $r); }"
    guarded = [
        one for one in directories(touched, roots) if one not in removals and not any(up in removals for up in ancestors(one))
    ]
    return Request(script.guarded(guarded, body, len(content)), content, tuple(staged.leftovers))


class _Staged(msgspec.Struct):
    """Where files are unpacked first, and how they come to their places."""

    names: dict[str, str] = {}
    moves: list[bytes] = []
    leftovers: list[str] = []


def _staged(files: list[Item], *, exact: bool) -> _Staged:
    staged = _Staged(names={}, moves=[], leftovers=[])
    if len(files) <= _SINGLY:
        for item in files:
            name = temporary(item.place)
            staged.names[item.place] = name
            staged.moves.append(script.move(name, item.place, exact=exact))
            staged.leftovers.append(name)
        return staged
    by_directory: dict[str, list[Item]] = {}
    for item in files:
        by_directory.setdefault(posixpath.dirname(item.place), []).append(item)
    for directory, several in by_directory.items():
        stage = temporary(directory + "/")
        names = [f"{stage}/{posixpath.basename(item.place)}" for item in several]
        staged.names |= dict(zip((item.place for item in several), names, strict=True))
        staged.moves.append(script.gather(names, directory) + b" && " + script.remove([stage]))
        staged.leftovers.append(stage)
    return staged


def temporary(place: str) -> str:
    """Return the name under which something is written before it comes to its place, in the same directory."""
    digest = blake2b(place.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    return posixpath.join(posixpath.dirname(place), f"{_TEMPORARY}{digest}")


def is_temporary(place: str) -> bool:
    """Whether `temporary` gave a name like this one."""
    return posixpath.basename(place).startswith(_TEMPORARY)


def pieces(blocks: Iterable[bytes], size: int = 1 << 18) -> Iterator[bytes]:
    """Yield the same bytes in pieces that are worth a write."""
    held: list[bytes] = []
    length = 0
    for one in blocks:
        held.append(one)
        length += len(one)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)
