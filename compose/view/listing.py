"""Rows of a listing in the format asked for: a table, JSON, or a template of the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from compose.base.errors import fail
from compose.base.value import Value
from compose.view.go_template import Record, Template
from compose.view.tables import DOCKER, TableStyle, align, table
from compose.view.template_functions import HEADER_FUNCTIONS, json_text

_TABLE: Final = "table"


class Listing(Value, frozen=True, kw_only=True):
    """How rows of one kind are shown.

    - `columns`: heading and field of the table's columns; `headings` those of fields that are not among them.
    - `as_array`: JSON is one array instead of an object on each line.
    - `templates`: whether other formats than table and json are templates.
    """

    columns: tuple[tuple[str, str], ...]
    headings: dict[str, str] = {}
    as_array: bool = False
    templates: bool = True
    style: TableStyle = DOCKER


def show(listing: Listing, rows: Sequence[Record], form: str) -> str:
    r"""Return the rows as text in a format: "" or `table`, `json`, `table {{.A}}\t{{.B}}`, or a template for each row.

    Raises:
        ComposeError: the format cannot be understood, or names a field that rows do not have.
    """
    if form in {"", _TABLE}:
        header = [heading for heading, _field in listing.columns]
        return table(header, [[str(row[field]) for _heading, field in listing.columns] for row in rows], listing.style)
    if form == "json":
        return _json(listing, rows)
    if not listing.templates:
        raise fail("unsupported-format", f'format value "{form}" could not be parsed: parsing failed', hint="use table or json")
    text = form.replace("\\t", "\t").replace("\\n", "\n")
    if text.startswith(f"{_TABLE} "):
        return _templated_table(listing, rows, text.removeprefix(f"{_TABLE} "))
    template = Template(text)
    return "".join(f"{template.execute(row)}\n" for row in rows)


def _json(listing: Listing, rows: Sequence[Record]) -> str:
    if listing.as_array:
        return f"{msgspec.json.encode(rows).decode()}\n"
    return "".join(f"{json_text(row)}\n" for row in rows)


def _templated_table(listing: Listing, rows: Sequence[Record], text: str) -> str:
    header = Template(text, HEADER_FUNCTIONS).execute(_Headings(listing))
    template = Template(text)
    lines = [header, *(template.execute(row) for row in rows)]
    return align([line.split("\t") for line in lines], listing.style)


class _Headings(Record):
    """The heading of every field: that of its column, one given for it, or its name in capitals."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing.headings | {field: heading for heading, field in listing.columns}, {"Label": lambda name: name})

    def __contains__(self, _name: object) -> bool:
        return True

    def get(self, name: str, _default: object = None) -> str:
        """Return the heading of the field called `name`."""
        return self[name] if name in self.keys() else name.upper()


def mapping_text(labels: Mapping[str, str]) -> str:
    """Return labels as docker lists them: `k=v`, by name, with commas between."""
    return ",".join(f"{name}={labels[name]}" for name in sorted(labels))
