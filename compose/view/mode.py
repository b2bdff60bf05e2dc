"""How progress is shown, and how much room there is; apart from the views, of which a run may need none."""

from __future__ import annotations

import os
from typing import Final, Literal, TextIO

from compose.base.errors import fail

_USUAL_SIZE: Final = os.terminal_size((80, 24))

Mode = Literal["tty", "plain", "json", "quiet"]

_MODES: Final[dict[str, Mode]] = {"tty": "tty", "plain": "plain", "json": "json", "quiet": "quiet", "none": "quiet"}


def choose_mode(progress: str, ansi: str, *, terminal: bool) -> Mode:
    """Return the progress mode for the options `--progress` and `--ansi`; `terminal` = progress goes to one.

    Raises:
        ComposeError: an unknown mode, or one that contradicts `ansi`.
    """
    if progress in {"", "auto"}:
        return "plain" if ansi == "never" or not terminal else "tty"
    if progress not in _MODES:
        raise fail(
            "unsupported-progress", f'unsupported --progress value "{progress}"', hint="use auto, tty, plain, json or quiet"
        )
    if progress == "tty" and ansi == "never":
        raise fail("contradicting-options", "can't use --progress tty while ANSI support is disabled")
    if progress == "plain" and ansi == "always":
        raise fail("contradicting-options", "can't use --progress plain while ANSI support is forced")
    return _MODES[progress]


def terminal_size(stream: TextIO) -> os.terminal_size:
    """Return the size of the terminal that `stream` writes to, 80 by 24 where it cannot be told."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return _USUAL_SIZE
    return size if size.columns and size.lines else _USUAL_SIZE
