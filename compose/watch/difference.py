"""What has to be done in a container so that it has what the host has; pure."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Container, Iterable, Mapping

import msgspec

from compose.watch.entry import Entry, Known

Wanted = Callable[[str], Entry | None]
"""What the host has for a place of the container."""

IMPLIED = Entry("directory", 0o755)
"""A directory that only its content asks for."""


class Difference(msgspec.Struct, frozen=True):
    """Steps, in their order.

    - `removals`: places to remove with all below them, none below another.
    - `puts`: what to write, directories before what is in them.
    - `unsure`: files of the same size, whose content has to tell whether they are the same.
    - `modes`: directories and files whose permission bits alone differ.
    - `equal`: places that turned out to be as they should.
    """

    removals: tuple[str, ...] = ()
    puts: tuple[tuple[str, Entry], ...] = ()
    unsure: tuple[tuple[str, Entry], ...] = ()
    modes: tuple[tuple[str, int], ...] = ()


def difference(
    places: Iterable[str], wanted: Wanted, index: Mapping[str, Known], owned: Container[str], roots: Container[str]
) -> Difference:
    """Compare some places.

    `owned`: places that the host had something for once; only those are removed. `roots`: the targets of rules, which
    are made where they are missing, and otherwise left alone.
    """
    comparison = _Comparison(wanted, index, owned, roots)
    for place in sorted(set(places)):
        comparison.look(place)
    return comparison.result()


class _Comparison:
    def __init__(self, wanted: Wanted, index: Mapping[str, Known], owned: Container[str], roots: Container[str]) -> None:
        self._wanted = wanted
        self._index = index
        self._owned = owned
        self._roots = roots
        self._removals: set[str] = set()
        self._puts: dict[str, Entry] = {}
        self._unsure: list[tuple[str, Entry]] = []
        self._modes: list[tuple[str, int]] = []

    def look(self, place: str) -> None:
        """Compare one place; places come in order."""
        entry, known = self._wanted(place), self._index.get(place)
        if entry is not None:
            self._have_parents(place)
            self._compare(place, entry, known)
        elif known is not None and place in self._owned and place not in self._roots:
            self._removals.add(place)

    def result(self) -> Difference:
        """Return what was found."""
        return Difference(topmost(self._removals), tuple(self._puts.items()), tuple(self._unsure), tuple(self._modes))

    def _compare(self, place: str, entry: Entry, known: Known | None) -> None:
        if known is None:
            self._puts[place] = entry
        elif known.kind != entry.kind:
            self._removals.add(place)
            self._puts[place] = entry
        elif entry.kind == "directory":
            if entry.mode != known.mode and place not in self._roots:
                self._modes.append((place, entry.mode))
        elif entry.kind == "link":
            if entry.link != known.link:
                self._puts[place] = entry
        elif entry.stamp != known.stamp:
            if entry.size != known.size:
                self._puts[place] = entry
            else:
                self._unsure.append((place, entry))
        elif entry.mode != known.mode:
            self._modes.append((place, entry.mode))

    def _have_parents(self, place: str) -> None:
        """Have the directories between a target and a place made."""
        missing: list[str] = []
        for above in ancestors(place) if place not in self._roots else ():
            known = self._index.get(above)
            if known is not None and known.kind == "directory" and above not in self._removals:
                break
            if known is not None and known.kind != "directory":
                self._removals.add(above)
            missing.append(above)
            if above in self._roots:
                break
        for above in reversed(missing):
            entry = self._wanted(above)
            self._puts.setdefault(above, entry if entry is not None and entry.kind == "directory" else IMPLIED)


def topmost(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that lie below no other, sorted."""
    given = set(paths)
    return tuple(sorted(path for path in given if not any(above in given for above in ancestors(path))))


def ancestors(path: str) -> Iterable[str]:
    """Yield the directories above an absolute path, the nearest first, without the root directory."""
    above = posixpath.dirname(path)
    while above not in {"/", ""}:
        yield above
        above = posixpath.dirname(above)
