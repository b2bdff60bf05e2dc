"""Whether files really changed, where no container tells: for rules that copy nothing (restart, rebuild)."""

from __future__ import annotations

from collections.abc import Iterable

from compose.watch import reading
from compose.watch.entry import Entry
from compose.watch.tree import Tree

_LARGEST = 4 << 20
_TOTAL = 256 << 20
"""How much is read ahead, so that a later touch can be told from a change."""


class Contents:
    """Remembers what the files of a tree were; for one thread at a time, but for `read_ahead`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, Entry] = {**tree.entries}
        self._digests: dict[str, tuple[Entry, bytes]] = {}

    def read_ahead(self) -> None:
        """Read the files, as far as that is not too much (on a thread of its own)."""
        taken = 0
        for path, entry in list(self._known.items()):
            if entry.kind == "file" and entry.size <= _LARGEST and path not in self._digests:
                taken += entry.size
                if taken > _TOTAL:
                    return
                digest = self._digest(path, entry)
                if digest is not None:
                    self._digests.setdefault(path, (entry, digest))

    def changed(self, paths: Iterable[str]) -> set[str]:
        """Return those of some paths that are not what they were when this was asked last."""
        return {path for path in paths if self._is_changed(path)}

    def _is_changed(self, path: str) -> bool:
        before, now = self._known.pop(path, None), self._tree.entries.get(path)
        digest = self._digests.pop(path, None)
        if now is None:
            return before is not None
        self._known[path] = now
        if now.kind == "file":
            fresh = self._digest(path, now)
            if fresh is not None:
                self._digests[path] = (now, fresh)
            if before is not None and before.kind == "file" and before.stamp != now.stamp:
                same = fresh is not None and digest is not None and digest[0] == before and digest[1] == fresh
                return not same or before.mode != now.mode
        return before != now

    def _digest(self, path: str, entry: Entry) -> bytes | None:
        try:
            with reading.opened(self._tree.root, path, entry, patient=False) as file:
                return reading.digest(file)
        except (reading.Moved, OSError):
            return None  # it is changing, or cannot be read
