"""Rows of progress laid out as lines of a terminal. Pure: given the model, the time and the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from compose.base.value import Value
from compose.view.progress_model import Part, Progress, Row
from compose.view.style import Line, Segment, Style
from compose.view.width import cells, clip, printable, shorten
from compose.view.wording import waiting


class Glyphs(Value, frozen=True, kw_only=True):
    """The signs of a view: one for each state, the frames of the spinner, and steps of filling."""

    done: str = "✔"
    warning: str = "!"
    failed: str = "✘"
    skipped: str = "-"
    spinner: str = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    fill: str = "⠀⡀⣀⣄⣤⣦⣶⣷⣿"
    bar: str = "│"


ASCII: Final = Glyphs(done="+", failed="x", spinner="|/-\\", fill=" .:-=+*#", bar="|")
"""For terminals whose encoding has no others."""

_STYLES: Final[dict[str, Style]] = {
    "working": "working",
    "done": "done",
    "warning": "warning",
    "failed": "error",
    "skipped": "dim",
}
_LEAST_NAME: Final = 12
_MEGABYTE: Final = 1_000_000
_MINUTE: Final = 60
_MOST_PARTS: Final = 24


def lay_out(progress: Progress, *, now: float, width: int, height: int | None, frame: int, glyphs: Glyphs) -> list[Line]:
    """Return the lines to show: a header `[+] up 3/5`, a line for each row, and the last output of those at work.

    - `now`: seconds since the epoch, as in events. `frame` counts the repaints, for the spinner.
    - `height`: how many lines there is room for, None = no bound. Without room for all, rows that are at work or
      failed come first and the last line counts the others.
    """
    if not progress.rows:
        return []
    if height is not None and height <= 1:
        return [_header(progress, width)]
    rows = [_as_shown(progress, row) for row in progress.rows.values()]
    outputs = {row.resource: _output(row, width, glyphs) for row in rows if row.state == "working"}
    room = None if height is None else height - 1
    if room is not None and len(rows) + sum(len(lines) for lines in outputs.values()) > room:
        outputs = {}
    shown = rows if room is None else _choose(rows, room)
    names = min(max((cells(row.resource) for row in shown), default=0), max(width // 2, _LEAST_NAME))
    lines: list[Line] = [_header(progress, width)]
    for row in shown:
        lines.append(_row(row, now=now, width=width, names=names, frame=frame, glyphs=glyphs))
        lines.extend(outputs.get(row.resource, ()))
    hidden = len(rows) - len(shown)
    if hidden:
        lines.append(((f" ... {hidden} more", "dim"),))
    return lines


def _as_shown(progress: Progress, row: Row) -> Row:
    """Return the row, as one that waits where its service cannot go on yet."""
    held_up = progress.held_up(row)
    return replace(row, state="working", action="Waiting", waits_for=held_up, seconds=None) if held_up else row


def _header(progress: Progress, width: int) -> Line:
    text = clip(f"[+] {progress.command} {progress.done}/{len(progress.rows)}", width)
    failed = sum(row.state == "failed" for row in progress.rows.values())
    if not failed:
        return ((text, "bold"),)
    return ((text, "bold"), (clip(f"  {failed} failed", width - cells(text)), "error"))


def _choose(rows: Sequence[Row], room: int) -> list[Row]:
    """Return the rows to show, in their order: when not all fit, those that matter most."""
    if len(rows) <= room:
        return list(rows)
    urgency = {"failed": 0, "working": 1, "warning": 2, "skipped": 3, "done": 3}
    ranked = sorted(
        range(len(rows)), key=lambda index: (urgency[rows[index].state], -index if rows[index].state == "done" else index)
    )
    return [rows[index] for index in sorted(ranked[: room - 1])]


def _row(row: Row, *, now: float, width: int, names: int, frame: int, glyphs: Glyphs) -> Line:
    sign = glyphs.spinner[frame % len(glyphs.spinner)] if row.state == "working" else _sign(row, glyphs)
    seconds = max(now - row.began, 0.0) if row.seconds is None else row.seconds
    elapsed = _elapsed(seconds)
    style = _STYLES[row.state]
    name = shorten(printable(row.resource), names)
    left: list[Segment] = [(f" {sign} ", style), (name + " " * (names - cells(name)) + "  ", "plain"), (row.action, style)]
    detail = _detail(row, glyphs, seconds)
    if detail:
        left.append((f"  {detail}", "dim"))
    return _fit(left, elapsed, width)


def _sign(row: Row, glyphs: Glyphs) -> str:
    return {"done": glyphs.done, "warning": glyphs.warning, "failed": glyphs.failed, "skipped": glyphs.skipped}[row.state]


def _detail(row: Row, glyphs: Glyphs, seconds: float) -> str:
    if row.state == "working" and row.parts:
        return _parts(tuple(row.parts.values()), glyphs, seconds)
    if row.state == "working" and row.total:
        return f"{row.detail} {_amount(row.current, row.total)}".strip()
    words = [word for word in (waiting(row.waits_for) if row.state == "working" else "", row.detail) if word]
    return printable(": ".join(words).partition("\n")[0])


def _parts(parts: Sequence[Part], glyphs: Glyphs, seconds: float) -> str:
    """Return a cell for each part, filled as far as it has come, the sum of their sizes, and how fast they came."""
    total = sum(part.total for part in parts)
    current = sum(min(part.current, part.total) for part in parts)
    bar = "".join(_filled(part, glyphs.fill) for part in parts[:_MOST_PARTS])
    sizes = f" {_amount(current, total)}" if total else ""
    speed = f" {current / _MEGABYTE / seconds:.1f}MB/s" if total >= _MEGABYTE and seconds >= 1 else ""
    return f"[{bar}]{sizes}{speed}"


def _filled(part: Part, fill: str) -> str:
    if not part.total:
        return fill[0]
    return fill[min(part.current * (len(fill) - 1) // part.total, len(fill) - 1)]


def _amount(current: int, total: int) -> str:
    if total < _MEGABYTE:
        return f"{current}/{total}"
    return f"{current / _MEGABYTE:.1f}MB/{total / _MEGABYTE:.1f}MB"


def _elapsed(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(int(seconds), _MINUTE)
    return f"{minutes}m{rest:02d}s"


def _output(row: Row, width: int, glyphs: Glyphs) -> list[Line]:
    return [((clip(f"   {glyphs.bar} {printable(text)}", width), "dim"),) for text in row.output]


def _fit(left: Sequence[Segment], right: str, width: int) -> Line:
    """Return `left`, cut where it must be, with `right` at the right edge."""
    room = max(width - cells(right) - 2, 0)
    line: list[Segment] = []
    for text, style in left:
        cut = clip(text, room)
        room -= cells(cut)
        line.append((cut, style))
        if cut != text:
            break
    if cells(right) + 2 > width:
        return tuple(line)
    line.append((" " * (room + 1) + right, "dim"))
    return tuple(line)
