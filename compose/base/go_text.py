"""Numbers and JSON as Go prints them, which is how values look in what Docker Compose and its engines write."""

from __future__ import annotations

import math
import struct
from typing import Any

import msgspec

_LEAST_EXPONENT = -4
_PLAIN_UP_TO = 6
_JSON_UP_TO = 21
_JSON_LEAST = -6
_SINGLE_DIGITS = 9


class Single(float):
    """A number of 32 bits, printed with no more digits than tell it from its neighbours."""

    __slots__ = ()


def json_text(value: Any) -> bytes:  # noqa: ANN401 - any plain data
    """Return plain data as compact JSON; keys stay in their order."""
    text = msgspec.json.encode(_with_go_numbers(value))
    for character, escaped in _ESCAPES:
        text = text.replace(character, escaped)
    return text


_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)


def _with_go_numbers(value: Any) -> Any:  # noqa: ANN401 - any plain data
    if isinstance(value, dict):
        return {key: _with_go_numbers(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_with_go_numbers(child) for child in value]
    if isinstance(value, float):
        return msgspec.Raw(float_json(value, single=isinstance(value, Single)).encode())
    return value


def scalar_text(value: object) -> str:
    """Return the text of a YAML scalar: `true`, `1e+06`, empty for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return float_text(value) if isinstance(value, float) else str(value)


def float_text(value: float, *, single: bool = False) -> str:
    """Return the shortest text that reads as `value` (of 32 bits when `single`), as Go's `%v` and YAML print it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    digits, point, sign = _shortest(value, single=single)
    if _LEAST_EXPONENT <= point - 1 < _PLAIN_UP_TO or not digits:
        return sign + _positional(digits, point)
    return f"{sign}{_mantissa(digits)}e{point - 1:+03d}"


def float_json(value: float, *, single: bool = False) -> str:
    """Return the same as Go's JSON writes it: an exponent only for very large and very small numbers."""
    digits, point, sign = _shortest(value, single=single)
    if _JSON_LEAST <= point - 1 < _JSON_UP_TO or not digits:
        return sign + _positional(digits, point)
    exponent = f"{point - 1:+03d}" if point > 0 else f"{point - 1:d}"
    return f"{sign}{_mantissa(digits)}e{exponent}"


def round_single(value: float) -> float:
    """Return `value` rounded to 32 bits."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _shortest(value: float, *, single: bool) -> tuple[str, int, str]:
    """Return the digits, where the decimal point stands among them, and the sign."""
    text = _single(value) if single else repr(abs(value))
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    return digits.rstrip("0"), point, "-" if math.copysign(1, value) < 0 else ""


def _single(value: float) -> str:
    wanted = round_single(abs(value))
    for precision in range(_SINGLE_DIGITS):
        text = f"{wanted:.{precision}e}"
        if round_single(float(text)) == wanted:
            return text
    return repr(wanted)


def _positional(digits: str, point: int) -> str:
    if not digits:
        return "0"
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    return digits.ljust(point, "0") if point >= len(digits) else f"{digits[:point]}.{digits[point:]}"


def _mantissa(digits: str) -> str:
    return f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
