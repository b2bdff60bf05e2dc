"""Plain scalars of YAML 1.2 as the peer's parser reads them, and numbers as it prints them.

Only `true`, `false` and `null` are words; `0755` is octal as well as `0o755`; underscores may separate digits;
what looks like a date is one.
"""

from __future__ import annotations

import math
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable

from compose.base.pattern import lazy_pattern

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_FIRST_OF_WORD = frozenset("~nNtTfF.+-")
_FIRST_OF_NUMBER = frozenset("0123456789+-.")
_FLOAT = lazy_pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INTEGERS = (
    (lazy_pattern(r"[-+]?(?:0|[1-9][0-9]*)"), 10),
    (lazy_pattern(r"[-+]?0[xX][0-9a-fA-F]+"), 16),
    (lazy_pattern(r"[-+]?0[bB][01]+"), 2),
    (lazy_pattern(r"[-+]?0[oO]?[0-7]+"), 8),
)
_DATE = lazy_pattern(
    r"\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?)?"
)
_LARGEST = 1 << 64
_SMALLEST = -(1 << 63)
_MOST_DIGITS = 400
"""Python refuses to read integers of thousands of digits; none beyond this is a finite float either."""


class Date(str):
    """A plain scalar that YAML takes for a date; no attribute has one, so it is always a forgotten quote."""

    __slots__ = ()


def plain(text: str) -> Scalar:
    """Return the value of an unquoted scalar without a tag."""
    first = text[:1]
    if not first or (first in _FIRST_OF_WORD and text in _WORDS):
        return _WORDS[text]
    if first in _FIRST_OF_NUMBER:
        number = _number(text)
        if number is not None:
            return number
        if _DATE.fullmatch(text):
            return Date(text)
    return text


def _number(text: str) -> int | float | None:
    digits = text.replace("_", "")
    if len(digits) < _MOST_DIGITS:
        for pattern, base in _INTEGERS:
            if pattern.fullmatch(digits):
                value = int(digits.lower().replace("0o", "0"), base)
                return value if _SMALLEST <= value < _LARGEST else _float(digits)
    return _float(digits)


def _float(digits: str) -> float | None:
    return float(digits) if _FLOAT.fullmatch(digits) else None


def _binary(text: str) -> str:
    try:
        return b64decode(text, validate=False).decode("utf-8", "replace")
    except Base64Error as error:
        raise ValueError(text) from error


def _of_kind(*kinds: type) -> Callable[[str], Scalar]:
    def read(text: str) -> Scalar:
        value = plain(text)
        if type(value) not in kinds:
            raise ValueError(text)
        return value

    return read


def _to_float(text: str) -> Scalar:
    return float(_of_kind(int, float)(text) or 0)


_PREFIX = "tag:yaml.org,2002:"
_TAGGED: dict[str, Callable[[str], Scalar]] = {
    "str": str,
    "int": _of_kind(int),
    "bool": _of_kind(bool),
    "null": _of_kind(type(None)),
    "float": _to_float,
    "binary": _binary,
    "timestamp": str,
}


def tagged(tag: str, text: str) -> Scalar:
    """Return the value of a scalar with an explicit tag; of an unknown tag, the text.

    Raises:
        ValueError: the text does not read as the tag's type.
    """
    read = _TAGGED.get(tag.removeprefix(_PREFIX)) if tag.startswith(_PREFIX) else None
    return read(text) if read is not None else text


def is_known(tag: str) -> bool:
    """Tell whether a tag means something here."""
    name = tag.removeprefix(_PREFIX)
    return tag in ("!", "!reset", "!override") or (
        name != tag and (name in _TAGGED or name in {"map", "seq", "merge", "set", "omap"})
    )


_EXPONENT_FROM = 6
_EXPONENT_BELOW = -4


def show(value: object) -> str:
    """Return a scalar as the peer writes it into a text: `true`, `1.5`, `1e+06`, `+Inf`."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return show_float(value) if isinstance(value, float) else str(value)


def show_float(value: float) -> str:
    """Return the shortest text that reads as `value`, with an exponent from a million up."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if value < 0 else ""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    written = whole + fraction
    digits = written.strip("0") or "0"
    exponent = len(whole) - 1 + int(power or 0) - (len(written) - len(written.lstrip("0"))) if digits != "0" else 0
    if exponent < _EXPONENT_BELOW or exponent >= _EXPONENT_FROM:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    head, tail = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{head}.{tail}" if tail else sign + head
