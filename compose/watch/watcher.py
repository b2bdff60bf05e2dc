"""Hearing of changes: the one home of watchfiles.

Directories are watched one by one, never with all below them, so that ignored ones cost nothing. What is heard is only
a hint where to look: the library hides that the kernel's queue overflowed, tells of a file before it is written to its
end, and gives up at a name that is not UTF-8.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterable

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from compose.base.diagnostics import Diagnostic
from compose.watch.tree import is_among

STEP_MS = 5
"""How often the library looks at what the kernel told; a quiet step ends a burst."""
LONGEST_MS = 50
"""How long a burst is collected before it is passed on in parts."""
_INSTANCES = 4
"""How many watchers are added for new directories before all are made one."""
_SETTING = "sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512"

Heard = Callable[[set[tuple[int, str]]], None]
"""Receives (kind, path): 1 = there is a new name, 2 = changed, 3 = a name is gone."""


class Watcher:
    """Watches directories; `heard` is called on threads of its own, `lost` when something may have been missed."""

    def __init__(self, heard: Heard, lost: Callable[[], None]) -> None:
        self._heard = heard
        self._lost = lost
        self._lock = threading.Lock()
        self._instances: list[_Instance] = []
        self._watched: set[str] = set()
        self.limited: Diagnostic | None = None
        """Says so when the system's limits leave directories unwatched."""

    def watch(self, paths: Iterable[str], *, anew: Iterable[str] = ()) -> bool:
        """Watch directories from now on, those at or below `anew` also if they are watched already; whether there was a new one.

        A directory that is replaced by another of its name is no longer watched, nor is what is in it: say `anew`.
        """
        wanted = set(paths)
        with self._lock:
            replaced = wanted.intersection(anew)
            fresh = wanted - self._watched
            if replaced:
                fresh |= {path for path in wanted if is_among(path, replaced)}
            self._watched = wanted
            if not fresh or self.limited is not None:
                return bool(fresh)
            if len(self._instances) >= _INSTANCES:
                self._renew()
            else:
                started = self._start(fresh)
                self._instances += [started] if started is not None else []
        return True

    def merge(self) -> bool:
        """Make all watchers one again, because each has its thread; if so, what the old ones had not told yet is not told."""
        with self._lock:
            several = len(self._instances) > 1
            if several:
                self._renew()
            return several

    def close(self) -> None:
        """Stop hearing."""
        with self._lock:
            for instance in self._instances:
                instance.close()
            self._instances.clear()

    def _renew(self) -> None:
        started = self._start(self._watched)
        if started is not None:
            for instance in self._instances:
                instance.close()
            self._instances = [started]

    def _start(self, paths: set[str]) -> _Instance | None:
        there = {path for path in paths if os.path.isdir(path)}  # noqa: PTH112 - thousands of them
        while there:
            try:
                return _Instance(there, self._heard, self._lost)
            except (FileNotFoundError, PermissionError):
                there = {path for path in there if os.path.isdir(path) and os.access(path, os.R_OK)}  # noqa: PTH112 - as above
            except (OSError, WatchfilesRustInternalError) as error:
                self.limited = _limited(error)
                return None
        return None


class _Instance:
    """One watcher of the library, with the thread that waits for it."""

    def __init__(self, paths: set[str], heard: Heard, lost: Callable[[], None]) -> None:
        self._paths = paths
        self._heard = heard
        self._lost = lost
        self._stop = threading.Event()
        self._notify = self._open()
        threading.Thread(target=self._run, name="watch-files", daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def _open(self) -> RustNotify:
        # The last one would have it pass over directories that may not be read, and those beyond the system's limit as well.
        return RustNotify(sorted(self._paths), False, False, 0, False, False)  # noqa: FBT003 - it takes no names

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                changes = self._notify.watch(LONGEST_MS, STEP_MS, 0, self._stop)
            except (WatchfilesRustInternalError, OSError):
                self._paths = {path for path in self._paths if os.path.isdir(path)}  # noqa: PTH112 - as above
                try:
                    self._notify = self._open()
                except (WatchfilesRustInternalError, OSError):
                    self._lost()
                    return
                self._lost()
                continue
            if isinstance(changes, set):
                self._heard(changes)
        self._notify.close()


def _limited(error: Exception) -> Diagnostic:
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EMFILE}
    limit = full or "limit" in str(error).lower() or "too many" in str(error).lower() or "os error 28" in str(error)
    why = "hit OS limits creating a watcher." if limit else f"cannot watch: {error}"
    return Diagnostic(
        severity="warning",
        code="watch-limit",
        summary=f"{why} Looking at the files again and again instead, which takes longer",
        hint=f"as root: {_SETTING}" if limit else "",
    )
