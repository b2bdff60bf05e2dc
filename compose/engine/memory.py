"""What was shown of a container's output last, so that reading can go on there without loss or repetition."""

from __future__ import annotations

from collections import Counter, deque

from compose.base.events import LogLine
from compose.health.observation import instant

_SECONDS = 1.0
"""How far back lines are remembered: stdout and stderr are stamped apart, so the log is only nearly in order."""
_LINES = 2_000
"""How many are remembered; more where they have the same time, as Podman 4 tells whole seconds only."""


class Memory:
    """Remembers the latest lines of one container.

    Lines are told apart by time, stream and text; equal ones are counted. Used by one thread at a time.
    """

    def __init__(self) -> None:
        self._lines: deque[tuple[float, str, int]] = deque()
        self._expected: Counter[int] = Counter()

    @property
    def since(self) -> str:
        """The time of the oldest line remembered, as the API takes it; "" when there is none."""
        return seconds_of(self._lines[0][1]) if self._lines else ""

    def resume(self) -> None:
        """Expect that everything remembered is read once more."""
        self._expected = Counter(key for _, _, key in self._lines)

    def is_new(self, line: LogLine) -> bool:
        """Remember a line, and return whether it was not read before."""
        key = hash((line.timestamp, line.stream, line.text))
        if self._expected and self._expected.get(key):
            self._expected[key] -= 1
            return False
        lines = self._lines
        if line.timestamp:
            lines.append((line.time, line.timestamp, key))
            if len(lines) > _LINES or lines[0][0] < line.time - _SECONDS:
                self._forget(line.time - _SECONDS)
        return True

    def _forget(self, before: float) -> None:
        """Drop what is too much or too old, but all lines of one time or none: reading again begins with a time."""
        lines = self._lines
        while len(lines) > _LINES or lines[0][0] < before:
            stamp = lines[0][1]
            if stamp == lines[-1][1]:
                return
            while lines[0][1] == stamp:
                lines.popleft()


def seconds_of(stamp: str) -> str:
    """Return an engine's time as the API takes it back: seconds since the epoch with all digits of the fraction."""
    whole = int(instant(stamp.partition(".")[0].removesuffix("Z") + "Z"))
    fraction = stamp.partition(".")[2].removesuffix("Z")
    return f"{whole}.{fraction}" if fraction.isdigit() else f"{instant(stamp):.9f}"
