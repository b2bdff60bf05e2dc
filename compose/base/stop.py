"""How far the user has gone in asking us to stop."""

from __future__ import annotations

from typing import Protocol


class Stop(Protocol):
    """A request to stop, raised by signals; level 0 = go on, 1 = stop in an orderly way, 2 = at once.

    `subscribe` calls back (from the thread that raised the level) on every rise, so nobody polls.
    """

    @property
    def level(self) -> int:
        """The current level."""
        ...

    def subscribe(self, callback: StopCallback) -> None:
        """Call `callback(level)` on each rise from now on."""
        ...


class StopCallback(Protocol):
    """What `Stop.subscribe` takes."""

    def __call__(self, level: int, /) -> None:
        """Hear of the new level."""
        ...
