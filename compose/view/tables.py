"""Columns of text as the docker command line lays them out."""

from __future__ import annotations

from collections.abc import Sequence

from compose.base.value import Value
from compose.view.width import cells, printable


class TableStyle(Value, frozen=True, kw_only=True):
    """Least width of a column with what follows it, and spaces after its widest cell."""

    minimum: int = 10
    padding: int = 3


DOCKER = TableStyle()
WIDE = TableStyle(minimum=20)
TIGHT = TableStyle(minimum=4, padding=2)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], style: TableStyle = DOCKER) -> str:
    """Return the header and the rows as lines of aligned columns."""
    return align([header, *rows], style)


def align(rows: Sequence[Sequence[str]], style: TableStyle = DOCKER) -> str:
    """Return rows of cells as lines; the last cell of a row is not padded."""
    shown = [[printable(cell) for cell in row] for row in rows]
    columns = max((len(row) for row in shown), default=0)
    widths = [
        max(max(cells(row[column]) for row in shown if len(row) > column) + style.padding, style.minimum)
        for column in range(columns)
    ]
    return "".join(_line(row, widths) for row in shown)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = "".join(cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=False))
    return f"{padded.rstrip()}\n"
