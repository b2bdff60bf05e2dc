"""What every way to show progress can do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from compose.base.events import Event
from compose.view.style import Line

Footer = Callable[[int], Line]
"""Makes a line of at most so many columns."""


class ProgressView(Protocol):
    """How the events of a plan are shown."""

    def handle(self, event: Event) -> None:
        """Show what `event` changes."""
        ...

    def above(self) -> AbstractContextManager[None]:
        """Let others write to the same terminal meanwhile."""
        ...

    def footer(self, footer: Footer | None) -> None:
        """Keep a line below everything, made anew whenever it is shown; None takes it away."""
        ...

    def pause(self) -> None:
        """Give the terminal back for a while (Ctrl-Z)."""
        ...

    def resume(self) -> None:
        """Take it again."""
        ...

    def close(self) -> None:
        """Finish what is on the screen; events may come again afterwards."""
        ...


class Unmoving:
    """The parts of a view that never goes back to what it wrote."""

    def above(self) -> AbstractContextManager[None]:
        """Let others write; lines need no precautions."""
        return nullcontext()

    def footer(self, footer: Footer | None) -> None:
        """Nothing stays where it is."""

    def pause(self) -> None:
        """The terminal is as it was."""

    def resume(self) -> None:
        """The terminal is as it was."""

    def close(self) -> None:
        """Nothing is held back."""
