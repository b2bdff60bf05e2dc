"""What a batch did in a container."""

from __future__ import annotations

import msgspec


class Synced(msgspec.Struct, kw_only=True):
    """What was done in a container.

    `again`: places to look at again soon, because somebody was writing there; `unreadable`: files that cannot be read.
    """

    container: str
    name: str
    written: list[str] = []
    removed: list[str] = []
    size: int = 0
    seconds: float = 0.0
    road: str = ""
    again: set[str] = set()
    unreadable: dict[str, str] = {}
    unremoved: list[str] = []

    @property
    def places(self) -> list[str]:
        """Everything that was changed."""
        return [*self.written, *self.removed]
