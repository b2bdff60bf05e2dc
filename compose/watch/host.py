"""The host's side: hears of changes, waits until they have settled, looks, and tells what changed.

One thread looks; everything it needs to do in time is in its inbox. Nothing of what it tells is a fact about a
container: that is for each container's queue to find out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.watch.mounts import silent
from compose.watch.settling import Settling
from compose.watch.tree import RESCAN_FROM, Tree
from compose.watch.watcher import STEP_MS, Watcher

_AFTER_SECONDS = 0.15
"""When everything is looked at again after directories came or went, or after a burst: what was missed shows then."""
_FIRST_SHARE = 5
"""The same after the beginning, as a multiple of what a look takes, because containers are looked at by then."""
_SAFETY_SECONDS = 60.0
"""How often everything is looked at without any reason."""
_POLL_SECONDS = 0.25
_SHARE = 10
"""Looking at everything takes at most this part of the time when it is done again and again, less when it is for safety."""
_SAFETY_SHARE = 500
_STOP = object()

Changes = set[tuple[int, str]]
Changed = Callable[[Tree, set[str]], None]


class Host:
    """Keeps trees up to date; `changed` is called on its thread, `heard` with what watchfiles told before it is looked at.

    `mounts` is the file that tells which file systems there are.
    """

    def __init__(
        self,
        trees: Iterable[Tree],
        changed: Changed,
        *,
        clock: Clock,
        tell: Callable[[Diagnostic], None],
        heard: Callable[[Changes], None] | None = None,
        mounts: str = "/proc/self/mounts",
    ) -> None:
        self._trees = tuple(trees)
        self._changed = changed
        self._clock = clock
        self._tell = tell
        self._heard = heard
        self._mounts = mounts
        self._inbox: SimpleQueue[object] = SimpleQueue()
        self._watcher = Watcher(self._inbox.put, lambda: self._inbox.put(None))
        self._settling = Settling()
        self._pending: dict[int, set[str]] = {}
        self._anew: set[str] = set()
        self._later: list[tuple[float, Tree, str]] = []
        self._rescan: float | None = None
        self._cost = 0.0
        self._rest = 0.0
        self._polls = False
        self._known = -1
        self._thread = threading.Thread(target=self._run, name="watch-host", daemon=True)

    def look(self) -> None:
        """Look at everything."""
        self._scan(first=True)

    def start(self) -> None:
        """Hear of changes from now on; what changed since `look` shows when everything is looked at again, soon."""
        self._watch()
        self._say_where_silent()
        self._rescan = self._clock.monotonic() + max(_AFTER_SECONDS, self._cost * _FIRST_SHARE)
        self._thread.start()

    def look_again(self, tree: Tree, path: str, seconds: float = 0.01) -> None:
        """Look at a path once more, soon."""
        self._inbox.put((self._clock.monotonic() + seconds, tree, path))

    def close(self) -> None:
        """Stop looking."""
        self._inbox.put(_STOP)
        self._watcher.close()

    # -- on the thread

    def _run(self) -> None:
        while True:
            if not self._take(self._patience()):
                return
            now = self._clock.monotonic()
            due = self._due
            if due is not None and now >= due:
                self._look()
            for later in [one for one in self._later if one[0] <= now]:
                self._later.remove(later)
                self._look_at(later[1], {later[2]})
            if self._rescan is not None and now >= self._rescan:
                self._scan()
                self._watch()
                if self._watcher.merge():
                    self._soon(_AFTER_SECONDS)

    @property
    def _due(self) -> float | None:
        """When to look; a look that took long is not followed by another at once."""
        due = self._settling.due
        return None if due is None else max(due, self._rest)

    def _patience(self) -> float:
        times = [time for time in (self._due, self._rescan, *(one[0] for one in self._later)) if time is not None]
        return max(0.0, min(times) - self._clock.monotonic()) if times else _SAFETY_SECONDS

    def _take(self, seconds: float) -> bool:
        """Take what comes within so many seconds; False when it is the end."""
        try:
            given = self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait()
        except Empty:
            return True
        while True:
            if given is _STOP:
                return False
            if given is None:
                self._soon(0.0)
            elif isinstance(given, tuple):
                self._later.append(given)
            else:
                assert isinstance(given, set)
                self._hear(given)
            try:
                given = self._inbox.get_nowait()
            except Empty:
                return True

    def _hear(self, changes: Changes) -> None:
        """Keep what counts of what was told; the library was quiet for a step before it told this."""
        if self._heard is not None:
            self._heard(changes)
        counted = 0
        for kind, path in changes:
            for index, tree in enumerate(self._trees):
                relative = tree.relative(path)
                if relative is None or not tree.matters(path, relative, kind):
                    continue
                counted += 1
                self._pending.setdefault(index, set()).add(relative)
                if kind != 2:  # noqa: PLR2004 - a name came or went
                    self._anew.add(path)
        if counted:
            self._settling.add(self._clock.monotonic() - STEP_MS / 1000, counted)

    def _look(self) -> None:
        began = self._clock.monotonic()
        pending, self._pending = self._pending, {}
        many = self._settling.count >= RESCAN_FROM
        self._settling.clear()
        anew, self._anew = self._anew, set()
        for index, paths in pending.items():
            self._look_at(self._trees[index], paths)
        if self._watch(anew):
            for index, paths in pending.items():  # what came before they were watched
                self._look_at(self._trees[index], paths & self._trees[index].directories)
            self._soon(_AFTER_SECONDS)
        elif many:
            self._soon(_AFTER_SECONDS)
        now = self._clock.monotonic()
        self._rest = now + (now - began if many else 0.0)

    def _look_at(self, tree: Tree, paths: set[str]) -> None:
        changed = tree.look(paths) if paths else set()
        if changed:
            self._changed(tree, changed)

    def _watch(self, anew: Iterable[str] = ()) -> bool:
        """Watch every directory there is, and look into those that are new; whether there were some."""
        version = sum(tree.version for tree in self._trees)
        given = set(anew)
        if version == self._known and not given:
            return False
        self._known = version
        paths = {path for tree in self._trees for path in tree.paths()}
        fresh = self._watcher.watch(paths, anew=given)
        if self._watcher.limited is not None and not self._polls:
            self._polls = True
            self._tell(self._watcher.limited)
        return fresh

    def _scan(self, *, first: bool = False) -> None:
        began = self._clock.monotonic()
        for tree in self._trees:
            changed = tree.scan()
            if changed and not first:
                self._changed(tree, changed)
        now = self._clock.monotonic()
        self._cost = now - began
        pause = max(_POLL_SECONDS, self._cost * _SHARE) if self._polls else max(_SAFETY_SECONDS, self._cost * _SAFETY_SHARE)
        self._rescan = now + pause

    def _soon(self, seconds: float) -> None:
        """Look at everything soon, but not all the time."""
        when = self._clock.monotonic() + max(seconds, self._cost * 2)
        self._rescan = when if self._rescan is None or self._rescan > when or seconds else self._rescan

    def _say_where_silent(self) -> None:
        try:
            table = Path(self._mounts).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return  # not Linux
        for one in silent(sorted({tree.root for tree in self._trees}), table):
            self._polls = True
            self._tell(
                Diagnostic(
                    severity="note",
                    code="watch-polling",
                    summary=f"{one.path} is on {one.words} ({one.type}), which tells no changes: it is looked at again and again",
                    hint=one.hint,
                )
            )
