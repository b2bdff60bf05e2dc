from __future__ import annotations

import pytest

from compose.cli.catalogue import ENTRIES, SECTIONS
from compose.cli.command import build, load
from compose.cli.help import render
from compose.cli.root import group

LEAVES = [entry for entry in ENTRIES if not entry.entries and entry.section]


def text(entry, width=80):
    return render(build(entry, load(entry)), f"compose {entry.name}", width=width)


@pytest.mark.parametrize("width", [70, 80, 110])
def test_the_programs_help_keeps_to_the_width(width):
    assert all(len(line) <= width for line in render(group(), "compose", width=width).splitlines())


@pytest.mark.parametrize("entry", LEAVES, ids=lambda entry: entry.name)
def test_a_commands_help_keeps_to_the_width_and_says_how_it_is_called(entry):
    lines = text(entry).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[0].startswith(f"Usage:  compose {entry.name}")
    assert entry.help.split()[0] in lines[lines.index("") + 1]


def test_commands_stand_under_their_headings_in_order():
    lines = render(group(), "compose", width=80).splitlines()
    headings = [line[:-1] for line in lines if line.removesuffix(":") in SECTIONS]
    assert headings == [section for section in SECTIONS if any(entry.section == section for entry in ENTRIES)]


def test_flags_are_sorted_by_their_long_names_and_show_defaults():
    shown = text(next(entry for entry in ENTRIES if entry.name == "logs"))
    flags = [line.split("--")[1].split()[0] for line in shown.splitlines() if line.startswith("  ") and "--" in line[:8]]
    assert flags == sorted(flags)
    assert "(default all)" in " ".join(shown.split())


def test_an_example_says_what_it_means():
    shown = text(next(entry for entry in ENTRIES if entry.name == "scale"))
    assert "Example:\n  compose scale web=3  run three containers of web\n" in shown


def test_a_name_too_long_for_its_column_stands_on_a_line_of_its_own():
    shown = text(next(entry for entry in ENTRIES if entry.name == "explain"))
    assert "  compose explain services.web.environment.DB_URL\n" in shown
