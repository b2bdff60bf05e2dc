"""When a burst of changes has settled; pure."""

from __future__ import annotations

QUIET_SECONDS = 0.008
"""How long nothing may come after the last change of a few."""
BUSY_SECONDS = 0.040
"""The same once there are very many: a checkout, a build; in between it grows with their number."""
LONGEST_SECONDS = 0.250
"""How long the first change waits at most."""
FEW, MANY = 20, 320


class Settling:
    """Knows when what came so far is to be acted on. Times in seconds of any one clock."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = 0.0
        self._count = 0

    def add(self, now: float, count: int = 1) -> None:
        """Take in that `count` changes came, the last one at `now`."""
        if self._first is None:
            self._first = now
        self._last = max(self._last, now)
        self._count += count

    @property
    def due(self) -> float | None:
        """When to act, None when there is nothing."""
        if self._first is None:
            return None
        share = min(max(self._count - FEW, 0) / (MANY - FEW), 1.0)
        quiet = QUIET_SECONDS + (BUSY_SECONDS - QUIET_SECONDS) * share
        return min(self._last + quiet, self._first + LONGEST_SECONDS)

    @property
    def count(self) -> int:
        """How many changes came."""
        return self._count

    def clear(self) -> None:
        """Begin anew."""
        self._first, self._last, self._count = None, 0.0, 0
