from __future__ import annotations

import json

import msgspec
import pytest

from compose.base.diagnostics import Diagnostic, Note
from compose.base.place import Span
from compose.view.diagnostics import render, render_all, to_json

FILE = """services:
  web:
    image: nginx
    depends_on: [bd]
\ttabbed: true
  base: &b {}
"""


def sources(file):
    return FILE if file == "compose.yaml" else None


def span(line, column, end_column, *, file="compose.yaml", end_line=None):
    return Span(file=file, line=line, column=column, end_line=end_line or line, end_column=end_column)


def problem(**fields):
    return Diagnostic(
        **{"severity": "error", "code": "undefined-service", "summary": "`web` depends on undefined `bd`", **fields}
    )


def test_a_problem_shows_its_line_with_a_caret_and_a_hint():
    text = render(problem(span=span(4, 18, 20), hint="did you mean `db`?"), sources)
    assert text == (
        "error[undefined-service]: `web` depends on undefined `bd`\n"
        " --> compose.yaml:4:18\n"
        "  |\n"
        "4 |     depends_on: [bd]\n"
        "  |                  ^^\n"
        "hint: did you mean `db`?\n"
    )


def test_notes_show_their_own_places():
    text = render(
        problem(span=span(4, 18, 20), notes=(Note(message="defined here", span=span(2, 3, 6)), Note(message="and no more"))),
        sources,
    )
    assert text.splitlines()[5:] == [
        "note: defined here",
        " --> compose.yaml:2:3",
        "  |",
        "2 |   web:",
        "  |   ^^^",
        "note: and no more",
    ]


def test_without_a_source_the_place_stands_alone():
    assert render(problem(span=span(4, 18, 20, file="gone.yaml")), sources).splitlines()[1:] == [" --> gone.yaml:4:18"]
    assert render(problem(span=span(4, 18, 20))).splitlines()[1:] == [" --> compose.yaml:4:18"]


def test_a_line_the_file_no_longer_has_is_left_out():
    assert render(problem(span=span(40, 1, 2)), sources).splitlines()[1:] == ["  --> compose.yaml:40:1"]


def test_a_span_over_several_lines_is_marked_to_the_end_of_the_first():
    assert render(problem(span=span(3, 5, 7, end_line=4)), sources).splitlines()[-1] == "  |     ^^^^^^^^^^^^"


def test_an_empty_span_still_has_a_caret():
    assert render(problem(span=span(3, 17, 17)), sources).splitlines()[-1] == "  |                 ^"


def test_the_caret_stands_under_the_text_after_a_tab():
    lines = render(problem(span=span(5, 2, 8)), sources).splitlines()
    assert lines[-2:] == ["5 |     tabbed: true", "  |     ^^^^^^"]


def test_detail_and_hint_may_have_several_lines():
    text = render(problem(detail="first\nsecond", hint="either this\nor that"))
    assert text.splitlines()[1:] == ["  first", "  second", "hint: either this", "      or that"]


def test_wide_excerpts_are_cut_round_the_caret():
    wide = "x" * 500 + "WRONG" + "y" * 500
    text = render(problem(span=span(1, 501, 506, file="wide")), lambda _file: wide, width=60)
    *_, excerpt, caret = text.splitlines()
    assert len(excerpt) <= 60
    assert excerpt[caret.index("^") : caret.rindex("^") + 1] == "WRONG"
    assert excerpt[4] == "…"
    assert excerpt[-1] == "…"


@pytest.mark.parametrize("width", [20, 40, 61, 80])
def test_no_excerpt_exceeds_the_width_however_long_the_mark(width):
    text = render(problem(span=span(1, 30, 480, file="wide")), lambda _file: "z" * 500, width=width)
    assert all(len(line) <= max(width, 24) for line in text.splitlines()[2:])
    assert "^" in text.splitlines()[-1]


def test_a_mark_of_whole_lines_leaves_their_indentation_out():
    text = render(problem(span=span(4, 1, 1, end_line=5)), sources)
    assert text.splitlines()[3:] == ["4 |     depends_on: [bd]", "  |     ^^^^^^^^^^^^^^^^"]


def test_messages_are_never_cut():
    summary = "word " * 60
    assert summary in render(problem(summary=summary), width=40)


def test_colours_only_when_asked():
    diagnostic = problem(span=span(4, 18, 20), hint="h")
    assert "\x1b" not in render(diagnostic, sources)
    coloured = render(diagnostic, sources, colour=True)
    assert "\x1b[1;31merror[undefined-service]\x1b[0m" in coloured
    assert "\x1b[1;31m^^\x1b[0m" in coloured


def test_what_the_user_typed_cannot_steer_the_terminal():
    assert "\x1b" not in render(problem(summary="bad \x1b[2J", hint="\x1b]0;x\x07"), sources)


def test_the_human_form_is_made_from_the_json_form():
    diagnostic = problem(
        span=span(4, 18, 20), path=("services", "web", 0), notes=(Note(message="n", span=span(2, 3, 6)),), hint="h"
    )
    stored = json.loads(json.dumps(to_json(diagnostic)))
    assert render(stored, sources) == render(diagnostic, sources)
    assert msgspec.convert(stored, Diagnostic) == diagnostic


def test_several_are_set_apart_only_when_they_show_places():
    short = Diagnostic(severity="warning", code="a", summary="one")
    long = problem(span=span(4, 18, 20))
    assert render_all([short, short]) == "warning[a]: one\nwarning[a]: one\n"
    assert "\n\nerror" in render_all([short, long], sources)
    assert render_all([]) == ""
