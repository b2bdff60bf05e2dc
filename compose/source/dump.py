"""Plain data to YAML text, in the layout and with the quotes that Docker Compose's own output has.

Indentation is two columns, also for lists in mappings; lines are never folded. A string is written plain where it
reads as one, as a literal block where it has line ends, else in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from compose.base.go_text import Single, float_text
from compose.base.pattern import lazy_pattern
from compose.base.place import Path

_INDENT = "  "
_LONGEST_SIMPLE_KEY = 128
_FIRST_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")
_WORDS = frozenset(
    word
    for lower in ("true", "false", "null", "y", "yes", "on", "n", "no", "off", ".nan", ".inf", "+.inf", "-.inf")
    for word in (lower, lower.upper(), lower.capitalize() if lower[0].isalpha() else lower[:-3] + lower[-3:].capitalize())
) | {"", "~", ".NaN"}
"""What YAML 1.1 or 1.2 reads as something else than text."""

_SURELY_PLAIN = lazy_pattern(r"[a-zA-Z/_][a-zA-Z0-9/_.$=@+-]*(?:[: ][a-zA-Z0-9/_.$=@+-]+)*", re.ASCII)
_INTEGER = lazy_pattern(r"[-+]?(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)")
_FLOAT = lazy_pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SIXTIES = lazy_pattern(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIMESTAMP = lazy_pattern(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt][0-9:.]+(?:Z|[-+][0-9]{2}:[0-9]{2}))| [0-9]+:[0-9]+:[0-9]+(?:\.[0-9]+)?)?"
)
_UNPRINTABLE = lazy_pattern(r"[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_ESCAPED = lazy_pattern(r'["\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]')
_SHORT_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\u2028": "L",
    "\u2029": "P",
}
_BREAKS = frozenset("\r\n\x85\u2028\u2029")
_BLANK_BEFORE_BREAK = lazy_pattern(r" [\r\n\x85\u2028\u2029]")


class Remarks:
    """What is to be said of the leaves at and below a path, as comments at the ends of their lines."""

    def __init__(self, tell: Callable[[Path], str], path: Path = ()) -> None:
        self._tell = tell
        self._path = path

    def below(self, key: str | int) -> Remarks:
        """Return the remarks for a child."""
        return Remarks(self._tell, (*self._path, key))

    def said_of(self, text: str) -> str:
        """Return the text of a leaf with what is to be said of it."""
        first, end, rest = text.partition("\n")
        return f"{first}  # {self._tell(self._path)}{end}{rest}"


def dump(data: Any, remarks: Remarks | None = None) -> str:  # noqa: ANN401 - any plain data
    """Return `data` (mappings, lists, text, numbers, booleans, null) as a YAML document; keys stay in their order."""
    return "".join(_document(data, remarks))


def _document(data: Any, remarks: Remarks | None) -> Iterator[str]:  # noqa: ANN401 - any plain data
    if isinstance(data, dict) and data:
        yield from _mapping(data, "", None, remarks)
    elif isinstance(data, list) and data:
        yield from _sequence(data, "", None, remarks)
    else:
        yield f"{_scalar(data, _INDENT)}\n"


def _mapping(data: dict[str, Any], indent: str, lead: str | None, remarks: Remarks | None) -> Iterator[str]:
    """Yield the lines of a mapping; `lead` stands before the first in place of `indent`."""
    for key, value in data.items():
        about = remarks.below(key) if remarks is not None else None
        start = indent if lead is None else lead
        lead = None
        text = _key(key)
        if len(key.encode()) > _LONGEST_SIMPLE_KEY or not _BREAKS.isdisjoint(key):
            yield f"{start}? {_scalar(key, indent + _INDENT)}\n"
            start, text = indent, ""
        if isinstance(value, dict) and value:
            yield f"{start}{text}:\n"
            yield from _mapping(value, indent + _INDENT, None, about)
        elif isinstance(value, list | tuple) and value:
            yield f"{start}{text}:\n"
            yield from _sequence(value, indent + _INDENT, None, about)
        else:
            yield f"{start}{text}: {_leaf(value, indent + _INDENT, about)}\n"


def _sequence(data: list[Any] | tuple[Any, ...], indent: str, lead: str | None, remarks: Remarks | None) -> Iterator[str]:
    for index, value in enumerate(data):
        about = remarks.below(index) if remarks is not None else None
        start = indent if lead is None else lead
        lead = None
        below = indent + _INDENT
        if isinstance(value, dict) and value:
            yield from _mapping(value, below, f"{start}- ", about)
        elif isinstance(value, list | tuple) and value:
            yield from _sequence(value, below, f"{start}- ", about)
        else:
            yield f"{start}- {_leaf(value, below, about)}\n"


def _leaf(value: Any, indent: str, remarks: Remarks | None) -> str:  # noqa: ANN401 - any plain data
    text = _scalar(value, indent)
    return text if remarks is None else remarks.said_of(text)


def _scalar(value: Any, indent: str) -> str:  # noqa: ANN401 - any plain data
    """Return a value without children; `indent` is that of the lines of a literal block."""
    if isinstance(value, str):
        return value if _is_surely_plain(value) else _text(value, indent)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    return ("{}" if isinstance(value, dict) else "[]") if isinstance(value, dict | list | tuple) else str(value)


def _float(value: float) -> str:
    text = float_text(value, single=isinstance(value, Single))
    return {"NaN": ".nan", "+Inf": ".inf", "-Inf": "-.inf"}.get(text, text)


def _key(key: str) -> str:
    if _is_surely_plain(key):
        return key
    return _quoted(key) if "\n" in key else _text(key, "")


def _is_surely_plain(text: str) -> bool:
    return _SURELY_PLAIN.fullmatch(text) is not None and text not in _WORDS


def _text(text: str, indent: str) -> str:
    if "\n" in text:
        return _literal(text, indent) if _fits_literal(text) else _quoted(text)
    if not _reads_as_text(text):
        return _quoted(text)
    if _fits_plain(text):
        return text
    return _quoted(text) if "\t" in text or _UNPRINTABLE.search(text) else "'" + text.replace("'", "''") + "'"


def _reads_as_text(text: str) -> bool:
    """Tell whether YAML reads the bare text as text, by the rules of version 1.2 and, for booleans, of 1.1."""
    if text in _WORDS or _SIXTIES.fullmatch(text) or _TIMESTAMP.fullmatch(text):
        return False
    digits = text.replace("_", "")
    return not (_INTEGER.fullmatch(digits) or _FLOAT.fullmatch(digits)) or not (text[0].isdigit() or text[0] in "+-.")


def _fits_plain(text: str) -> bool:
    if text[0] == " " or text[-1] == " " or "\t" in text or text.startswith(("---", "...")) or text[0] in _FIRST_INDICATORS:
        return False
    if text[0] in "?:-" and (len(text) == 1 or text[1] == " "):
        return False
    return ": " not in text and text[-1] != ":" and " #" not in text and not _UNPRINTABLE.search(text)


def _fits_literal(text: str) -> bool:
    return text[-1] != " " and not _BLANK_BEFORE_BREAK.search(text) and not _UNPRINTABLE.search(text)


def _literal(text: str, indent: str) -> str:
    """Return a literal block without its last line end."""
    hint = "2" if text[0] == " " or text[0] in _BREAKS else ""
    if text[-1] not in _BREAKS:
        hint += "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        hint += "+"
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([f"|{hint}", *(f"{indent}{line}" if line else "" for line in lines)])


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    short = _SHORT_ESCAPES.get(char)
    if short is not None:
        return f"\\{short}"
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - the ranges of the escapes
