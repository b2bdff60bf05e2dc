"""Following the project's own files while it is watched: a new plan, shown and carried out, or a diagnostic."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.base.events import ActionState, WatchAction
from compose.commands.converge import converge, planned
from compose.commands.session import Session
from compose.commands.underway import Underway
from compose.commands.up import prepared
from compose.commands.watch_actions import silent
from compose.model.project import Project
from compose.plan.options import UpOptions
from compose.plan.text import render

_SETTLE_SECONDS = 0.2
"""Editors write several files one after the other."""

Follow = Callable[[Project], None]
"""Goes on with another project."""


class Reloader:
    """Loads the project again when its files changed, on a thread of its own; `follow` is called when that came to something."""

    def __init__(self, session: Session, project: Project, options: UpOptions, follow: Follow, underway: Underway) -> None:
        self._session = session
        self._project = project
        self._options = options
        self._follow = follow
        self._underway = underway
        self._inbox: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._run, name="watch-reload", daemon=True).start()

    def changed(self, file: str) -> None:
        """Take in that a file changed."""
        self._inbox.put(file)

    def close(self) -> None:
        """End, when what is under way is done."""
        self._inbox.put("")

    def _run(self) -> None:
        while file := self._inbox.get():
            files = {file}
            while more := self._next():
                files.add(more)
            if more is None:
                self._reload(", ".join(sorted(Path(one).name for one in files)))
            else:
                return

    def _next(self) -> str | None:
        """Return another file that changed soon after, None when there is none, "" for the end."""
        try:
            return self._inbox.get(timeout=_SETTLE_SECONDS)
        except Empty:
            return None

    def _reload(self, files: str) -> None:
        try:
            project, options = prepared(silent(self._session), self._options, remove_orphans=None)
            if not _differ(project, self._project):
                return
            self._apply(files, project, options)
        except Cancelled:
            return
        except ComposeError as error:
            self._act("failed", files)
            self._session.warn(*error.diagnostics)

    def _apply(self, files: str, project: Project, options: UpOptions) -> None:
        plan = planned(silent(self._session), project, options)
        self._act("started", files)
        if plan.steps:
            text = render(plan).rstrip()
            self._session.warn(
                Diagnostic(severity="note", code="watch-plan", summary=f"{files} changed: the new plan", detail=text)
            )
            with self._underway.one():
                converge(self._session, project, options)
        self._project = project
        self._follow(project)
        self._act("done", files)

    def _act(self, state: ActionState, files: str) -> None:
        self._session.emit(WatchAction(time=self._session.clock.now(), service="", action="reload", state=state, detail=files))


def _differ(one: Project, other: Project) -> bool:
    """Whether two loads came to something else."""
    names = ("services", "networks", "volumes", "configs", "secrets", "models")
    return any(getattr(one, name) != getattr(other, name) for name in names)
