"""Durations, byte sizes and file modes as the Compose Specification writes them."""

from __future__ import annotations

import re
from typing import Any

from compose.base.pattern import lazy_pattern

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}
_DURATION = lazy_pattern(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)")
_SIZE = lazy_pattern(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?", re.IGNORECASE | re.ASCII)
_SIZE_FACTOR = {"k": 10, "m": 20, "g": 30, "t": 40, "p": 50}
_SECOND = 1_000_000_000
_BIGGEST = 2**63 - 1
_LONGEST = 64
"""Characters of a duration or size; Python does not read numbers of thousands of digits."""


class Duration(int):
    """A length of time in nanoseconds; `str` gives Go's text (`1m30s`)."""

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `1m30s`, `2d`, `1.5h`, `0`.

        Raises:
            ValueError: the text is no duration.
        """
        body = text.strip()
        sign = 1
        if body[:1] in {"-", "+"}:
            sign = -1 if body[0] == "-" else 1
            body = body[1:]
        if body == "0":
            return cls(0)
        total, end = 0, 0
        for match in _DURATION.finditer(body[: _LONGEST + 1]):
            if match.start() != end:
                break
            number, unit = match.groups()
            whole, _, fraction = number.partition(".")
            total += int(whole or 0) * _NANOSECONDS[unit]
            if fraction:
                total += int(fraction) * _NANOSECONDS[unit] // 10 ** len(fraction)
            end = match.end()
        if not body or end != len(body) or end > _LONGEST:
            message = f"`{text}` is not a duration"
            raise ValueError(message)
        return cls(sign * total)

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return int(self) / _SECOND

    def __str__(self) -> str:
        return _go_duration(int(self))


def _go_duration(nanoseconds: int) -> str:
    if nanoseconds == 0:
        return "0s"
    sign = "-" if nanoseconds < 0 else ""
    rest = abs(nanoseconds)
    if rest < _SECOND:
        for unit, size in (("ms", 1_000_000), ("µs", 1_000), ("ns", 1)):
            if rest >= size:
                return f"{sign}{_decimal(rest, size)}{unit}"
    hours, rest = divmod(rest, 3600 * _SECOND)
    minutes, rest = divmod(rest, 60 * _SECOND)
    text = f"{_decimal(rest, _SECOND)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _decimal(value: int, size: int) -> str:
    whole, fraction = divmod(value, size)
    if not fraction:
        return str(whole)
    digits = str(fraction).rjust(len(str(size)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}"


class ByteSize(int):
    """A number of bytes; binary multiples (`1k` = 1024), may be negative (`-1` = unlimited)."""

    @classmethod
    def parse(cls, text: str) -> ByteSize:
        """Read `512`, `1.5g`, `64MB`, `-1`.

        Raises:
            ValueError: the text is no size.
        """
        match = _SIZE.fullmatch(text)
        if match is None or len(text) > _LONGEST:
            message = f"`{text}` is not a size"
            raise ValueError(message)
        number, unit = match.groups()
        factor = 1 << _SIZE_FACTOR[unit.lower()] if unit else 1
        size = int(number) * factor if number.lstrip("-+").isdigit() else float(number) * factor
        if abs(size) > _BIGGEST:
            message = f"`{text}` is more than 64 bits can hold"
            raise ValueError(message)
        return cls(int(size))

    def __str__(self) -> str:
        return str(int(self))


class FileMode(int):
    """Permission bits; `str` gives octal digits after a zero (`0444`, `04755`)."""

    @classmethod
    def parse(cls, text: str) -> FileMode:
        """Read octal text such as `0440` or `440`.

        Raises:
            ValueError: the text is not octal.
        """
        return cls(int(text, 8))

    def __str__(self) -> str:
        return f"0{int(self):o}"


def encode_unit(value: Any) -> str:  # noqa: ANN401 - msgspec's hook takes any object
    """Give msgspec the text of a unit (its `enc_hook`).

    Raises:
        NotImplementedError: the object is of another type.
    """
    if isinstance(value, Duration | ByteSize | FileMode):
        return str(value)
    raise NotImplementedError(type(value))


def decode_unit(kind: type, value: Any) -> Any:  # noqa: ANN401 - msgspec's hook takes any object
    """Give msgspec a unit from its text, or from the whole number it stands for (its `dec_hook`).

    Raises:
        ValueError: the text does not read as that unit.
        NotImplementedError: the type is not a unit.
    """
    if kind in (Duration, ByteSize, FileMode):
        return kind.parse(value) if isinstance(value, str) else kind(value)
    raise NotImplementedError(kind)
