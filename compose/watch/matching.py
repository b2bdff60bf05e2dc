"""Which paths below a watched one count, and why; pure.

Several sets of ignore patterns each have their say: the build's ignore file, what editors leave lying about, `.git`,
the rule's own `ignore`. Each keeps the language of `.dockerignore` files, and its own anchor. Source: watch section 4.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from compose.source.ignore import Ignore

EDITORS = (
    "**/*___jb_old___",
    "**/*___jb_tmp___",
    "**/.idea/**",
    "**/.#*",
    "**/#*#",
    "**/4913",
    "**/*~",
    "**/.*.swp",
    "**/.*.swx",
    "**/.*.swo",
    "**/.*.swn",
    "**/.*.kate-swp",
    "**/*-go-tmp-umask",
)
"""Temporary files of editors."""
GIT = ".git"


class Patterns(NamedTuple):
    """A set of ignore patterns; `anchor` is their directory, `label` says where they stand."""

    anchor: str
    ignore: Ignore
    label: str


class Verdict(NamedTuple):
    """Whether a path counts; `pattern` decided, None when none did, `label` says where that stands."""

    wanted: bool
    pattern: str | None = None
    label: str = ""


Prefix = tuple[str, str]
"""What goes before a path to make it one of an anchor, and what is cut off instead."""
State = tuple[int, ...]
"""What each set of patterns knows of a directory when its entries are judged."""


class Filter:
    """Decides for all paths below `root` (absolute, with `/`). Immutable, safe to share between threads."""

    def __init__(self, root: str, *, ignored: Iterable[Patterns] = (), included: Iterable[Patterns] = ()) -> None:
        self.root = root
        self._sets = tuple(one for one in ignored if one.ignore and _overlap(root, one.anchor))
        self._included = tuple(one for one in included if one.ignore)
        self._prefixes = tuple(_prefix(root, one.anchor) for one in self._sets)
        self._quick = tuple(_quick(zip(self._prefixes, self._sets, strict=True)))
        self.start: State = tuple(0 for _ in self._sets)

    @property
    def key(self) -> object:
        """Equal for filters that decide alike."""
        sets = tuple((one.anchor, one.ignore.patterns) for one in self._sets)
        return (self.root, sets, tuple((one.anchor, one.ignore.patterns) for one in self._included))

    @property
    def is_selective(self) -> bool:
        """Whether only what `include` or the globs of `path` name counts."""
        return bool(self._included)

    def judge(self, path: str, state: State) -> tuple[bool, bool, State]:
        """Return whether `path` is ignored, whether something below it may count all the same, and what to pass on.

        `state` is what was returned for its directory (`start` at the root).
        """
        if state == self.start and not self._may_be_ignored(path):
            return False, False, state
        ignored = reachable = False
        known = list(state)
        for index, one in enumerate(self._sets):
            inside = self._inside(path, index)
            if inside is None:
                continue
            hit, known[index] = one.ignore.judge(inside, state[index])
            if hit:
                if ignored or not one.ignore.may_restore(inside):
                    return True, False, state
                ignored = reachable = True
        return ignored, reachable, tuple(known)

    def is_ignored(self, path: str) -> bool:
        """Return whether `path` is ignored, its parents considered."""
        state, ignored = self.start, False
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            ignored, reachable, state = self.judge("/".join(parts[:end]), state)
            if ignored and not reachable:
                return True
        return ignored

    def reaches(self, path: str) -> bool:
        """Return whether `path`, or something below it, may count."""
        state, parts = self.start, path.split("/")
        for end in range(1, len(parts) + 1):
            ignored, reachable, state = self.judge("/".join(parts[:end]), state)
            if ignored and not reachable:
                return False
        return True

    def is_included(self, path: str) -> bool:
        """Return whether `include` and the globs of `path` name it (everything when there are none)."""
        return not self._included or all(one.ignore.ignores(path) for one in self._included)

    def wants(self, path: str) -> bool:
        """Return whether a change of `path` counts."""
        return path == "" or (self.is_included(path) and not self.is_ignored(path))

    def explain(self, path: str) -> Verdict:
        """Return whether `path` counts, and which pattern decided that."""
        for one in self._included:
            if not one.ignore.ignores(path):
                return Verdict(wanted=False, label=f"not named by {one.label}")
        for index, one in enumerate(self._sets):
            inside = self._inside(path, index)
            if inside is not None and one.ignore.ignores(inside):
                return Verdict(wanted=False, pattern=_deciding(one.ignore, inside), label=one.label)
        for one in self._included:
            return Verdict(wanted=True, pattern=_deciding(one.ignore, path), label=one.label)
        return Verdict(wanted=True)

    def _may_be_ignored(self, path: str) -> bool:
        """Whether some pattern matches `path`, whose directory none matches; most paths are done with then."""
        for (above, below), pattern in self._quick:
            inside = above + path[len(below) :]
            if path.startswith(below) and pattern.fullmatch(inside):
                return True
        return False

    def _inside(self, path: str, index: int) -> str | None:
        """Return `path` relative to a set's anchor, None when it lies outside."""
        above, below = self._prefixes[index]
        if below:
            return path[len(below) :] if path.startswith(below) else None
        return above + path


def _quick(sets: Iterable[tuple[Prefix, Patterns]]) -> Iterator[tuple[Prefix, re.Pattern[str]]]:
    """Yield one pattern for all sets of the same anchor."""
    for prefix, several in groupby(sorted(sets, key=lambda one: one[0]), key=lambda one: one[0]):
        yield prefix, re.compile("|".join(filter(None, (one.ignore.leaving_out for _, one in several))), re.DOTALL)


def _deciding(ignore: Ignore, path: str) -> str | None:
    """Return the last pattern that matches a path or a parent of it."""
    for pattern in reversed(ignore.patterns):
        if not pattern.startswith("!") and Ignore([pattern]).ignores(path):
            return pattern
    return None


def _overlap(root: str, anchor: str) -> bool:
    return root == anchor or _is_below(root, anchor) or _is_below(anchor, root)


def _is_below(path: str, directory: str) -> bool:
    return path.startswith(directory.rstrip("/") + "/")


def _prefix(root: str, anchor: str) -> Prefix:
    """Return what goes before a path of `root` to make it one of `anchor`, and what is cut off instead."""
    if root == anchor:
        return "", ""
    if _is_below(root, anchor):
        return posixpath.relpath(root, anchor) + "/", ""
    return "", posixpath.relpath(anchor, root) + "/"
