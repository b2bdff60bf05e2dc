"""Diagnostics for people: what, where with the source line, why, and what to do.

The text is made from the JSON form alone, so that whatever stored that form can show it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.place import Span
from compose.view.style import Style, paint
from compose.view.width import cells, clip, printable

Sources = Callable[[str], str | None]
"""Gives the text of a file named in a span, None when it cannot be had."""

_STYLES: Final[dict[str, Style]] = {"error": "error", "warning": "warning", "note": "note"}
_LEAST_EXCERPT: Final = 20


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return the JSON form: the fields of `Diagnostic`, those with their default left out."""
    form: dict[str, Any] = msgspec.to_builtins(diagnostic)
    return form


def render(
    diagnostic: Diagnostic | Mapping[str, Any], sources: Sources | None = None, *, colour: bool = False, width: int | None = None
) -> str:
    """Return the human form of a diagnostic, or of its JSON form, with a line end after each line.

    - `sources`: where excerpts come from; None = no excerpts.
    - `width`: columns that an excerpt may fill; None = no bound. Messages are never cut or broken, so that a
      search for them always works.
    """
    form = to_json(diagnostic) if isinstance(diagnostic, Diagnostic) else diagnostic
    writer = _Writer(sources, colour=colour, width=width)
    return "".join(f"{line}\n" for line in writer.lines(form))


def render_all(
    diagnostics: Sequence[Diagnostic], sources: Sources | None = None, *, colour: bool = False, width: int | None = None
) -> str:
    """Return the human forms of several diagnostics, an empty line between two of which one shows its source."""
    texts = [render(diagnostic, sources, colour=colour, width=width) for diagnostic in diagnostics]
    joined = ""
    for index, text in enumerate(texts):
        apart = index > 0 and (text.count("\n") > 1 or texts[index - 1].count("\n") > 1)
        joined += f"\n{text}" if apart else text
    return joined


def place(
    span: Mapping[str, Any] | Span, sources: Sources | None = None, *, colour: bool = False, width: int | None = None
) -> str:
    """Return a place as diagnostics show it: ` --> file:line:col` and the line with a caret."""
    form: Mapping[str, Any] = msgspec.to_builtins(span) if isinstance(span, Span) else span
    writer = _Writer(sources, colour=colour, width=width)
    return "".join(f"{line}\n" for line in writer.place(form, "note"))


_SECRET_SOURCES: Final = frozenset({"env-file-syntax"})
"""Codes of diagnostics about files whose lines may hold secrets, so that no excerpt is shown."""


class _Writer:
    def __init__(self, sources: Sources | None, *, colour: bool, width: int | None) -> None:
        self._sources = sources
        self._colour = colour
        self._width = width

    def lines(self, form: Mapping[str, Any]) -> Iterator[str]:
        severity = form["severity"]
        style = _STYLES[severity]
        code = f"[{form['code']}]" if form.get("code") else ""
        first, *rest = printable_lines(form["summary"])
        yield self._paint(f"{severity}{code}", style) + self._paint(f": {first}", "bold")
        yield from (f"  {line}" for line in rest)
        yield from self.place(form.get("span"), style, excerpt=form.get("code") not in _SECRET_SOURCES)
        yield from (f"  {line}" for line in printable_lines(form.get("detail", "")))
        for note in form.get("notes", ()):
            message, *more = printable_lines(note["message"]) or [""]
            yield f"{self._paint('note', 'note')}: {message}"
            yield from (f"  {line}" for line in more)
            yield from self.place(note.get("span"), "note")
        hint, *more = printable_lines(form.get("hint", "")) or [""]
        if hint:
            yield f"{self._paint('hint', 'accent')}: {hint}"
            yield from (f"      {line}" for line in more)

    def place(self, span: Mapping[str, Any] | None, style: Style, *, excerpt: bool = True) -> Iterator[str]:
        if span is None:
            return
        number = str(span["line"])
        place = f"{printable(span['file'])}:{span['line']}:{span['column']}"
        yield f"{' ' * len(number)}{self._paint('-->', 'place')} {place}"
        source = self._source_line(span) if excerpt else None
        if source is None:
            return
        before, marked, after = _cut(source, span)
        gutter = len(number) + 3
        text, column, length = _window(
            before, marked, after, None if self._width is None else max(self._width - gutter, _LEAST_EXCERPT)
        )
        bar = self._paint("|", "place")
        yield f"{' ' * len(number)} {bar}"
        yield f"{self._paint(number, 'place')} {bar} {text}".rstrip()
        yield f"{' ' * len(number)} {bar} {' ' * column}{self._paint('^' * length, style)}"

    def _source_line(self, span: Mapping[str, Any]) -> str | None:
        text = self._sources(span["file"]) if self._sources is not None else None
        if text is None:
            return None
        lines = text.splitlines()
        index = span["line"] - 1
        return lines[index] if 0 <= index < len(lines) else None

    def _paint(self, text: str, style: Style) -> str:
        return paint(text, style, colour=self._colour)


def printable_lines(text: str) -> list[str]:
    """Return the lines of `text`, safe to show on a terminal."""
    return [printable(line) for line in text.splitlines()]


def _cut(source: str, span: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what stands before, in and after the span on its first line; blanks that the span begins with stand before it."""
    start = min(max(span["column"] - 1, 0), len(source))
    end = span["end_column"] - 1 if span["end_line"] == span["line"] else len(source.rstrip())
    end = min(max(end, start), len(source))
    if source[start:end].strip():
        start = end - len(source[start:end].lstrip())
    return printable(source[:start]), printable(source[start:end]), printable(source[end:])


def _window(before: str, marked: str, after: str, width: int | None) -> tuple[str, int, int]:
    """Return the text to show, the column of the mark in it and the mark's length, at most `width` columns in all."""
    column, length = cells(before), max(cells(marked), 1)
    if width is None or column + length + cells(after) <= width:
        return before + marked + after, column, length
    lead = min(column, max(width - length - 1, width // 3))
    shown = _tail(before, lead)
    text = clip(shown + marked + after, width)
    column = cells(shown)
    return text, column, max(min(length, width - column), 1)


def _tail(text: str, width: int) -> str:
    """Return the end of `text`, at most `width` columns, with an ellipsis where it was cut."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[1:]
    return f"…{text}" if width > 0 else ""
