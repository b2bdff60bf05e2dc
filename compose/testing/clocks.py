"""Two clocks: that of this process, by which tests begin and end, and the engine's, by which log lines are stamped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from compose.base.clock import Clock, SystemClock

if TYPE_CHECKING:
    from compose.engine.port import Engine


class Clocks:
    """What the engine's clock shows when this process's shows something.

    They are compared once, when that is first asked for (GET info), so a test run in which nothing fails pays nothing. They
    are taken for one unless they differ by more than the comparison takes, and of what may be right the earlier time is
    taken, so that no line is missed.
    """

    def __init__(self, engine: Callable[[], Engine], clock: Clock | None = None) -> None:
        self._engine = engine
        self._clock = clock or SystemClock()
        self._ahead: float | None = None

    def now(self) -> float:
        """Return the time by the engine's clock."""
        return self.there(self._clock.now())

    def there(self, moment: float) -> float:
        """Return what the engine's clock showed at a time of this process's (both: seconds since the epoch).

        Raises:
            ComposeError: the engine does not answer.
        """
        if self._ahead is None:
            from compose.engine.observe import read_clock  # noqa: PLC0415 - only for tests that fail, and for marks

            before = self._clock.now()
            told = read_clock(self._engine())
            after = self._clock.now()
            self._ahead = 0.0 if not told or before <= told <= after else told - after
        return moment + self._ahead
