"""How much room a text takes on a terminal, and what of it is safe to show there."""

from __future__ import annotations

import unicodedata
from typing import Final

ELLIPSIS: Final = "…"
_LEAST_ENDS: Final = 8
_TAB: Final = "    "
_WIDE: Final = frozenset("WF")
_UNSEEN: Final = frozenset({"Mn", "Me", "Cf"})
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def cells(text: str) -> int:
    """Return the number of terminal columns that `text` fills (wide characters fill two)."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def clip(text: str, width: int) -> str:
    """Return `text`, cut to `width` columns; a cut is shown by an ellipsis."""
    if cells(text) <= width:
        return text
    if width <= 0:
        return ""
    room, kept = width - 1, ""
    for character in text:
        room -= _cells_of(character)
        if room < 0:
            break
        kept += character
    return kept + ELLIPSIS


def shorten(text: str, width: int) -> str:
    """Return `text` in `width` columns; what is cut out is in its middle, because names differ at their ends."""
    if cells(text) <= width:
        return text
    if width <= _LEAST_ENDS:
        return clip(text, width)
    head = clip(text, width // 3)
    room, tail = width - cells(head), ""
    for character in reversed(text):
        room -= _cells_of(character)
        if room < 0:
            break
        tail = character + tail
    return head + tail


def pad(text: str, width: int) -> str:
    """Return `text` with spaces after it up to `width` columns."""
    return text + " " * (width - cells(text))


def printable(text: str) -> str:
    r"""Return `text` with tabs widened and control characters spelled out (`\x1b`), so that it cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(_spelled(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in _UNSEEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def _spelled(character: str) -> str:
    if character == "\t":
        return _TAB
    if unicodedata.category(character) not in _CONTROL:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - the border between the two spellings
