"""Where a value was written: paths into a document and spans of text."""

from __future__ import annotations

from typing import Protocol

from compose.base.value import Value

Path = tuple[str | int, ...]
"""A place in plain data, e.g. ``("services", "web", "ports", 0)``."""


class Span(Value, frozen=True, kw_only=True):
    """A range of text in a file.

    `line` and `column` count from 1; `end_line`/`end_column` point one past the last character.
    `file` is the path as the user named it, or ``-`` for standard input.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Places(Protocol):
    """Answers where the value at a path of a loaded project came from."""

    def nearest(self, path: Path) -> Span | None:
        """Return the span of `path`, or of its closest known ancestor."""
        ...

    def key(self, path: Path) -> Span | None:
        """Return the span of the last key of `path` (of its value where there is no key), or of its closest known ancestor."""
        ...


def dotted(path: Path) -> str:
    """Return `path` as users read it: ``services.web.ports[0]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
