"""The host's side of a rule: what is below its path and counts, kept up to date by looking where something happened.

Nothing is ever written here, symlinks are never followed, and what is ignored is neither entered nor watched.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from compose.watch.entry import Entry, entry_of
from compose.watch.matching import Filter, State

RESCAN_FROM = 300
_PRUNED = 50
_SHARE = 4
"""From so many paths on, and this part of all there are, looking at everything is cheaper, and certain."""


class Tree:
    """What counts below `filter.root`.

    - `entries`: by path relative to the root with `/`; the root itself is "".
    - `directories`: those entered, which are to be watched.

    One thread changes it; others may read `entries`, whose values never change.
    """

    def __init__(self, filter_: Filter) -> None:
        self.filter = filter_
        self.root = filter_.root
        self.entries: dict[str, Entry] = {}
        self.directories: set[str] = set()
        self.pruned: set[str] = set()
        """Directories that are ignored with all below, as far as they are few."""
        self.version = 0
        """Grows when the directories to watch change."""
        self.is_file = False
        """Whether the root is, or was last, no directory."""

    def scan(self) -> set[str]:
        """Look at everything and return the paths that are not what they were."""
        found: dict[str, Entry] = {}
        directories: set[str] = set()
        if not self._walk("", found, directories) and self.entries and not self.is_file:
            return set()  # a directory that is gone altogether is rather moved or unmounted than emptied
        self.version += directories != self.directories
        before, self.entries, self.directories = self.entries, found, directories
        changed = {path for path, entry in found.items() if before.get(path) != entry}
        return changed | (before.keys() - found.keys())

    def look(self, paths: Iterable[str]) -> set[str]:
        """Look at some paths, at directories with all below, and return those that may have changed.

        A path where something happened is returned also when it looks the same: times have a grain.
        """
        wanted = set(paths)
        if len(wanted) >= max(RESCAN_FROM, len(self.entries) // _SHARE) or "" in wanted:
            return self.scan() | {path for path in wanted if path in self.entries and self.entries[path].kind == "file"}
        gone = self._below(wanted)
        found: dict[str, Entry] = {}
        directories: set[str] = set()
        real: dict[str, bool] = {}
        for path in wanted:
            if self._is_real(path.rpartition("/")[0], real):
                self._visit(path, found, directories)
        self._take_in(wanted, directories)
        changed = {path for path, entry in found.items() if self.entries.get(path) != entry}
        for path in gone - found.keys():
            del self.entries[path]
        self.entries.update(found)
        here = {path for path in wanted if path in found and found[path].kind == "file"}
        return changed | here | (gone - found.keys())

    def paths(self) -> list[str]:
        """Return the absolute paths to watch: every directory entered, or that of a file."""
        if not self.directories:
            return [_nearest(os.path.dirname(self.root))]  # noqa: PTH120 - text in, text out
        return [f"{self.root}/{path}" if path else self.root for path in self.directories]

    def relative(self, path: str) -> str | None:
        """Return an absolute path relative to the root; "" also for one above it, None for one elsewhere."""
        if path == self.root or self.root.startswith(path + "/"):
            return ""
        return path[len(self.root) + 1 :] if path.startswith(self.root + "/") else None

    def matters(self, path: str, relative: str, kind: int) -> bool:
        """Whether it is worth looking at something that was told of; `relative` as `relative` returned it."""
        if relative == "":
            return self.is_file or not self.directories if path == self.root else kind != 2 and not self.directories  # noqa: PLR2004 - a name came or went
        return self.filter.reaches(relative)

    def _take_in(self, paths: set[str], directories: set[str]) -> None:
        """Know which directories there are now at some paths and below them."""
        if directories or not paths.isdisjoint(self.directories):
            kept = {one for one in self.directories if not is_among(one, paths)} | directories
            self.version += kept != self.directories
            self.directories = kept

    def _below(self, paths: set[str]) -> set[str]:
        """Return what is known at some paths and below them."""
        if paths.isdisjoint(self.directories):
            return paths & self.entries.keys()
        return {one for one in self.entries if is_among(one, paths)}

    def _is_real(self, directory: str, real: dict[str, bool]) -> bool:
        """Return whether a directory is one, and so are all above it up to the root."""
        if directory not in real:
            above = directory == "" or self._is_real(directory.rpartition("/")[0], real)
            real[directory] = above and _is_directory(f"{self.root}/{directory}" if directory else self.root)
        return real[directory]

    def _visit(self, path: str, found: dict[str, Entry], directories: set[str]) -> None:
        """Take in one path below the root, if it counts, and what is below it."""
        state = self.filter.start
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            ignored, reachable, state = self.filter.judge("/".join(parts[:end]), state)
            if ignored and not (reachable and end < len(parts)):
                if reachable:
                    break
                return
        try:
            entry = entry_of(f"{self.root}/{path}", os.lstat(f"{self.root}/{path}"))
        except OSError:
            return  # it is gone, or cannot be read: either way there is nothing to copy
        if entry is None:
            return
        if not ignored and self.filter.is_included(path):
            found[path] = entry
        if entry.kind == "directory":
            self._level(path, state, found, directories)

    def _walk(self, path: str, found: dict[str, Entry], directories: set[str]) -> bool:
        """Take in the root and all below; False when it is not there."""
        try:
            status = os.lstat(self.root)
            entry = entry_of(self.root, status)
        except OSError:
            return False
        if entry is None or entry.kind == "link":
            return False
        self.is_file = entry.kind == "file"
        if entry.kind == "file" or not self.filter.is_selective:
            found[path] = entry
        if entry.kind == "directory":
            self._level("", self.filter.start, found, directories)
        return True

    def _level(self, path: str, state: State, found: dict[str, Entry], directories: set[str]) -> None:
        where = f"{self.root}/{path}" if path else self.root
        prefix = path + "/" if path else ""
        try:
            with os.scandir(where) as children:
                listed = list(children)
        except OSError:
            return  # it may not be read, or is gone
        directories.add(path)
        for child in listed:
            below = prefix + child.name
            ignored, reachable, known = self.filter.judge(below, state)
            if ignored and not reachable:
                if len(self.pruned) < _PRUNED and child.is_dir(follow_symlinks=False):
                    self.pruned.add(below)
                continue
            try:
                entry = entry_of(child.path, child.stat(follow_symlinks=False))
            except OSError:
                continue  # gone since it was listed
            if entry is None:
                continue
            if not ignored and self.filter.is_included(below):
                found[below] = entry
            if entry.kind == "directory":
                self._level(below, known, found, directories)


def is_among(path: str, paths: set[str]) -> bool:
    """Return whether a path is one of some, or below one."""
    while path and path not in paths:
        path = path.rpartition("/")[0]
    return path in paths


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _nearest(path: str) -> str:
    """Return the nearest directory at or above a path that exists."""
    while not _is_directory(path) and path not in {"", "/"}:
        path = os.path.dirname(path)  # noqa: PTH120 - text in, text out
    return path or "/"
