from __future__ import annotations

import pytest

from compose.view.width import cells, clip, pad, printable, shorten


@pytest.mark.parametrize(("text", "expected"), [("", 0), ("web", 3), ("日本", 4), ("e\u0301", 1), ("a\u200bb", 2)])
def test_cells_counts_terminal_columns(text, expected):
    assert cells(text) == expected


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("web", 3, "web"),
        ("webshop", 4, "web…"),
        ("日本語", 4, "日…"),
        ("日本語", 5, "日本…"),
        ("web", 1, "…"),
        ("web", 0, ""),
        ("", 0, ""),
    ],
)
def test_clip_never_exceeds_the_width(text, width, expected):
    assert clip(text, width) == expected


def test_pad_counts_wide_characters_twice():
    assert pad("日", 4) == "日  "


def test_control_characters_cannot_reach_a_terminal():
    assert printable("a\x1b[2Jb\tc\x07") == "a\\x1b[2Jb    c\\x07"


def test_other_scripts_and_signs_stay():
    assert printable("é 日 ✔") == "é 日 ✔"


@pytest.mark.parametrize("width", [1, 5, 8, 9, 12, 20])
def test_a_shortened_name_fits_and_keeps_its_end(width):
    name = "Container shop-service-with-a-long-name-17"
    short = shorten(name, width)
    assert cells(short) <= width
    assert short.endswith("17") == (width > 8)
    assert shorten(name, 80) == name
    assert cells(shorten("語" * 30, width)) <= width
