"""Scalars of canonical data to the types of the model, one small function for each kind of attribute.

A converter gets a value, its path and the `Findings`, and returns the value for the model. What has a type the
specification does not allow is noted with the code `REFUSED` (the schema knows better words for it); text that a
grammar cannot read is noted with a code of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from compose.base.go_text import scalar_text
from compose.base.pattern import lazy_pattern
from compose.base.place import Path, dotted
from compose.base.units import ByteSize, Duration, FileMode
from compose.load.rules import Findings, Node

Convert: TypeAlias = Callable[[Node, Path, Findings], Any]

REFUSED = "invalid-value"
"""The code of a structural problem that the schema has yet to explain."""

_TRUE = frozenset({"true", "y", "yes", "on"})
_FALSE = frozenset({"false", "n", "no", "off"})
_INTEGER = lazy_pattern(r"[-+]?0*[0-9]{1,19}")
_BIGGEST = 2**63 - 1
_DECIMAL = lazy_pattern(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_OCTAL = lazy_pattern(r"[-+]?0*[0-7]{1,20}")
_BARE_NUMBER = lazy_pattern(r"[-+]?[0-9.]+")


def refuse(path: Path, findings: Findings, what: str) -> None:
    """Note that the value at `path` has to be `what`."""
    findings.add(path, REFUSED, f"{dotted(path)} must be {what}")


def text(value: Node, path: Path, findings: Findings) -> str:
    """Require text."""
    if isinstance(value, str):
        return value
    refuse(path, findings, "a string")
    return ""


def nullable_text(value: Node, path: Path, findings: Findings) -> str:
    """Read text; null is none."""
    return "" if value is None else text(value, path, findings)


def one_of(*choices: str) -> Convert:
    """Return the converter that allows `choices` only."""

    def convert(value: Node, path: Path, findings: Findings) -> str:
        if value in choices:
            return str(value)
        refuse(path, findings, "one of " + ", ".join(f"'{choice}'" for choice in choices))
        return ""

    return convert


def matching(pattern: str) -> Convert:
    """Return the converter for text in which `pattern` is found (the specification's patterns are not anchored)."""
    compiled = lazy_pattern(pattern)

    def convert(value: Node, path: Path, findings: Findings) -> str:
        if isinstance(value, str) and compiled.search(value):
            return value
        refuse(path, findings, f"text like '{pattern}'")
        return ""

    return convert


def flag(value: Node, path: Path, findings: Findings) -> bool:
    """Read a boolean or a word for one."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        refuse(path, findings, "a boolean or string")
        return False
    word = value.lower()
    if word not in _TRUE | _FALSE:
        findings.add(path, "invalid-boolean", f"{dotted(path)}: invalid boolean: {value}", hint="write `true` or `false`")
    elif word not in {"true", "false"}:
        better = "true" if word in _TRUE else "false"
        summary = f'"{value}" for boolean is not supported by YAML 1.2, please use `{better}`'
        findings.add(path, "old-boolean", summary, severity="warning")
    return word in _TRUE


def strict_flag(value: Node, path: Path, findings: Findings) -> bool:
    """Read a boolean and nothing else."""
    if not isinstance(value, bool):
        refuse(path, findings, "a boolean")
    return value is True


def whole(*, least: int | None = None, most: int | None = None, fractions: bool = False, words: bool = True) -> Convert:
    """Return the converter for whole numbers, or text that reads as one.

    `fractions`: the specification allows any number here, and the peer cuts it off. `least` and `most` bound what is
    written as a number; `words` says whether text is allowed.
    """

    def convert(value: Node, path: Path, findings: Findings) -> int:
        if isinstance(value, str) and words:
            return _integer(value, path, findings)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (isinstance(value, float) and not _is_cut(value, fractions=fractions)):
            refuse(path, findings, "an integer or string" if words else "an integer")
            return 0
        if (least is not None and value < least) or (most is not None and value > most):
            bound = (
                f"greater than or equal to {least}" if least is not None and value < least else f"less than or equal to {most}"
            )
            refuse(path, findings, bound)
        return _bounded(int(value), path, findings)

    return convert


def _bounded(number: int, path: Path, findings: Findings) -> int:
    if abs(number) <= _BIGGEST:
        return number
    findings.add(path, "out-of-range", f"{dotted(path)}: the number has more than 64 bits", hint="write a smaller one")
    return 0


def _is_cut(value: float, *, fractions: bool) -> bool:
    return abs(value) < float("inf") and (fractions or value.is_integer())


def _integer(value: str, path: Path, findings: Findings) -> int:
    if _INTEGER.fullmatch(value):
        number = int(value.lstrip("+-0") or 0)
        return _bounded(-number if value[0] == "-" else number, path, findings)
    findings.add(path, "invalid-number", f"{dotted(path)}: `{value}` is not a whole number", hint="write digits only")
    return 0


def count(convert: Convert) -> Convert:
    """Return the converter for numbers that are never negative."""

    def apply(value: Node, path: Path, findings: Findings) -> int:
        number: int = convert(value, path, findings)
        if number < 0:
            findings.add(path, "negative-number", f"{dotted(path)}: {number} is negative", hint="write 0 or more")
        return number

    return apply


def decimal(value: Node, path: Path, findings: Findings) -> float:
    """Read a number, or text that reads as one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(_bounded(value, path, findings)) if isinstance(value, int) else value
    if not isinstance(value, str):
        refuse(path, findings, "a number or string")
    elif _DECIMAL.fullmatch(value) and math.isfinite(float(value)):
        return float(value)
    else:
        findings.add(path, "invalid-number", f"{dotted(path)}: `{value}` is not a number", hint="write it as `1.5`")
    return 0.0


def percent(value: Node, path: Path, findings: Findings) -> float:
    """Read 0 to 100; text may have a fraction."""
    return decimal(value, path, findings) if isinstance(value, str) else float(_PERCENT(value, path, findings))


_PERCENT = whole(least=0, most=100)


def size(*, numbers: bool = True, fractions: bool = False, least: int | None = None) -> Convert:
    """Return the converter for bytes; zero is the same as none.

    `numbers`: may be a number as well as text; `fractions`: even one with a fraction, which the peer takes for none.
    """

    def convert(value: Node, path: Path, findings: Findings) -> ByteSize | None:
        if isinstance(value, str):
            return _size(value, path, findings)
        is_number = numbers and isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (isinstance(value, float) and not _is_cut(value, fractions=fractions)):
            refuse(path, findings, "an integer or string" if numbers else "a string")
        elif isinstance(value, float):
            summary = f"{dotted(path)}: {scalar_text(value)} is ignored, it is not a whole number of bytes"
            findings.add(
                path, "ignored-value", summary, hint="write a whole number, or text with a unit: `1g`", severity="warning"
            )
        elif least is not None and value < least:
            refuse(path, findings, f"greater than or equal to {least}")
        else:
            return ByteSize(_bounded(value, path, findings)) if value else None
        return None

    return convert


def _size(value: str, path: Path, findings: Findings) -> ByteSize | None:
    try:
        return ByteSize.parse(value) or None
    except ValueError:
        summary = f"{dotted(path)}: invalid size: '{value}'"
        findings.add(path, "invalid-size", summary, hint="write a number and a unit of b, k, m, g, t or p, like `512m`")
        return None


def rate(value: Node, path: Path, findings: Findings) -> ByteSize:
    """Read bytes or operations a second; zero is zero."""
    return _RATE(value, path, findings) or ByteSize(0)


_RATE = size()


def duration(value: Node, path: Path, findings: Findings) -> Duration | None:
    """Read `1m30s`, `2d`."""
    if not isinstance(value, str):
        refuse(path, findings, "a string")
        return None
    try:
        return Duration.parse(value)
    except ValueError:
        kind = "missing unit in" if _BARE_NUMBER.fullmatch(value) else "invalid"
        summary = f'{dotted(path)}: time: {kind} duration "{value}"'
        findings.add(path, "invalid-duration", summary, hint="write numbers with units of ms, s, m, h, d or w, like `1m30s`")
        return None


def duration_or_none(value: Node, path: Path, findings: Findings) -> Duration | None:
    """Read a duration of which zero is the same as none."""
    return duration(value, path, findings) or None


def mode(value: Node, path: Path, findings: Findings) -> FileMode | None:
    """Read permission bits: a number, or text in octal digits."""
    if isinstance(value, str):
        if _OCTAL.fullmatch(value):
            return FileMode.parse(value)
        findings.add(
            path, "invalid-mode", f"{dotted(path)}: `{value}` is not a file mode", hint='write octal digits, like `"0440"`'
        )
        return None
    return FileMode(_MODE(value, path, findings))


_MODE = whole(words=False)


def device_count(value: Node, path: Path, findings: Findings) -> int:
    """Read a number of devices; `all` is -1."""
    if isinstance(value, str) and (value.lower() == "all" or not _INTEGER.fullmatch(value)):
        if value.lower() != "all":
            summary = f"{dotted(path)}: invalid value \"{value}\", the only value allowed is 'all' or a number"
            findings.add(path, "invalid-count", summary)
        return -1
    number: int = _COUNT(value, path, findings)
    return number


_COUNT = whole()


def published(value: Node, path: Path, findings: Findings) -> str:
    """Read a host port or a range of them."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return scalar_text(value)
    refuse(path, findings, "an integer or string")
    return ""
