from __future__ import annotations

import json

import pytest

from compose.base.errors import ComposeError
from compose.view.go_template import Record
from compose.view.listing import Listing, mapping_text, show
from compose.view.tables import TIGHT, WIDE, align, table

LISTING = Listing(columns=(("NAME", "Name"), ("STATUS", "Status")), headings={"ID": "CONTAINER ID"})
ROWS = [
    Record({"ID": "abc", "Name": "shop-web-1", "Status": "Up"}, {"Label": lambda name: f"<{name}>"}),
    Record({"ID": "def", "Name": "db", "Status": "Exited (1)"}, {"Label": lambda _name: ""}),
]


def test_a_table_has_columns_at_least_ten_wide_with_three_between():
    assert show(LISTING, ROWS, "") == "NAME         STATUS\nshop-web-1   Up\ndb           Exited (1)\n"
    assert show(LISTING, ROWS, "table") == show(LISTING, ROWS, "")


def test_an_empty_table_is_its_header():
    assert show(LISTING, [], "") == "NAME      STATUS\n"


def test_other_tables_have_other_widths():
    assert table(("A", "B"), [("x", "y")], WIDE) == "A                   B\nx                   y\n"
    assert table(("A", "B"), [("x", "y")], TIGHT) == "A   B\nx   y\n"


def test_wide_characters_keep_columns_straight_and_control_characters_are_spelled_out():
    assert align([("日本日本日本", "|"), ("a\x1bb", "|")]) == "日本日本日本   |\na\\x1bb         |\n"


def test_json_is_an_object_a_line_or_an_array():
    assert [json.loads(line)["Name"] for line in show(LISTING, ROWS, "json").splitlines()] == ["shop-web-1", "db"]
    assert show(LISTING, [], "json") == ""
    array = Listing(columns=LISTING.columns, as_array=True)
    assert [row["Name"] for row in json.loads(show(array, ROWS, "json"))] == ["shop-web-1", "db"]
    assert show(array, [], "json") == "[]\n"


def test_a_template_is_a_line_for_each_row():
    assert show(LISTING, ROWS, "{{.Name}}: {{.Status}}") == "shop-web-1: Up\ndb: Exited (1)\n"
    assert show(LISTING, ROWS, r"{{.ID}}\t{{.Name}}") == "abc\tshop-web-1\ndef\tdb\n"


def test_a_table_of_a_template_has_headings():
    form = r'table {{.ID}}\t{{upper .Name}}\t{{.Label "x"}}\t{{json .RunningFor}}'
    rows = [Record({**row, "RunningFor": "1s"}, row.methods) for row in ROWS]
    assert show(LISTING, rows, form).splitlines() == [
        "CONTAINER ID   NAME         x         RUNNINGFOR",
        'abc            SHOP-WEB-1   <x>       "1s"',
        'def            DB                     "1s"',
    ]
    assert show(LISTING, [], form).startswith("CONTAINER ID   NAME")


def test_a_listing_without_templates_takes_table_and_json_only():
    plain = Listing(columns=LISTING.columns, templates=False)
    with pytest.raises(ComposeError, match='format value "foo" could not be parsed: parsing failed'):
        show(plain, ROWS, "foo")


def test_labels_are_sorted():
    assert mapping_text({"b": "2", "a": "1"}) == "a=1,b=2"
