"""Times and sizes as the docker command line words them."""

from __future__ import annotations

import math
from typing import Final

_MINUTE, _HOUR, _DAY = 60, 3600, 24
_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_STEP: Final = 1000.0


def duration(seconds: float) -> str:
    """Return a length of time as `5 seconds`, `About an hour`, `3 weeks`."""
    if seconds < 1:
        return "Less than a second"
    if seconds < _MINUTE:
        return _count(int(seconds), "second")
    if seconds < _HOUR:
        minutes = int(seconds // _MINUTE)
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    hours = int(seconds / _HOUR + 0.5)
    if hours == 1:
        return "About an hour"
    for limit, size, unit in _LONG:
        if hours < limit:
            return f"{hours // size} {unit}"
    return f"{int(seconds // _HOUR) // _DAY // 365} years"


_LONG: Final = (
    (48, 1, "hours"),
    (_DAY * 7 * 2, _DAY, "days"),
    (_DAY * 30 * 2, _DAY * 7, "weeks"),
    (_DAY * 365 * 2, _DAY * 30, "months"),
)
"""Below how many hours, by how many, in which unit."""


def ago(seconds: float) -> str:
    """Return how long ago something was."""
    return f"{duration(seconds)} ago"


def size(number: float, digits: int = 4) -> str:
    """Return bytes in decimal units with this many significant digits: `2.03MB`."""
    unit = 0
    while number >= _STEP and unit < len(_UNITS) - 1:
        number /= _STEP
        unit += 1
    return f"{_significant(number, digits)}{_UNITS[unit]}"


def _significant(number: float, digits: int) -> str:
    if number == 0:
        return "0"
    places = max(digits - 1 - math.floor(math.log10(abs(number))), 0)
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
