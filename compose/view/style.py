"""Colours by meaning, as terminal sequences; without colour every text stays as it is."""

from __future__ import annotations

from typing import Final, Literal

Style = Literal["plain", "bold", "dim", "error", "warning", "note", "done", "working", "place", "accent", "chosen"]

Segment = tuple[str, Style]
Line = tuple[Segment, ...]
"""Pieces of text, each in a style; together never wider than the room they were laid out for."""

_RESET: Final = "\x1b[0m"
_CODES: Final[dict[Style, str]] = {
    "plain": "",
    "bold": "1",
    "dim": "2",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "done": "32",
    "working": "34",
    "place": "34",
    "accent": "36",
    "chosen": "7",
}

LOG_COLOURS: Final = ("36", "33", "32", "35", "34", "1;36", "1;33", "1;32", "1;35", "1;34")
"""Colour codes of log prefixes, in the order containers get them: cyan, yellow, green, magenta, blue, then bright."""


def paint(text: str, style: Style, *, colour: bool) -> str:
    """Return `text` in a style, or as it is when colours are off or it is empty."""
    return paint_code(text, _CODES[style]) if colour and text else text


def paint_code(text: str, code: str) -> str:
    """Return `text` between the sequence of an SGR code (`1;31`) and a reset."""
    return f"\x1b[{code}m{text}{_RESET}" if code else text
