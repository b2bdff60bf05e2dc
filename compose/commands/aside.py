"""What goes on beside the output of an attached `up`: keys that are pressed, files that are watched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from compose.base.value import Value
from compose.commands.session import Session
from compose.model.project import Project


class Switch(Protocol):
    """Something that goes on beside the output and can be turned on and off, such as watching files."""

    def start(self) -> None:
        """Begin; returns at once.

        Raises:
            ComposeError: it cannot be done.
        """
        ...

    def stop(self) -> None:
        """End, when what is under way is done."""
        ...

    def settle(self) -> None:
        """Wait until no container is being restarted or replaced by it."""
        ...


class Controls(Protocol):
    """What the user can do to an attached `up` but stop it."""

    @property
    def services(self) -> tuple[str, ...]:
        """The services whose output is shown, in the files' order."""
        ...

    @property
    def watches(self) -> bool | None:
        """Whether files are watched; None = there is nothing to watch."""
        ...

    def detach(self) -> bool:
        """Leave everything running; False when that has to wait until everything is started."""
        ...

    def toggle_watch(self) -> None:
        """Watch files, or do not any longer.

        Raises:
            ComposeError: it cannot be done.
        """
        ...


class Keys(Protocol):
    """Someone who lets the user do it."""

    def open(self, controls: Controls) -> None:
        """Begin; not before questions have been asked."""
        ...

    def close(self) -> None:
        """End; the terminal is as it was."""
        ...


class Aside(Value, frozen=True, kw_only=True):
    """What goes on beside the output.

    - `is_up` is called when everything is started, `keys` lets the user have a say meanwhile.
    - `watcher` makes what watches the project's files, None where these ask for nothing of the kind; with `watch` it is
      turned on from the start.
    """

    is_up: Callable[[], None] = lambda: None
    keys: Keys | None = None
    watcher: Callable[[Session, Project], Switch | None] = lambda _session, _project: None
    watch: bool = False
