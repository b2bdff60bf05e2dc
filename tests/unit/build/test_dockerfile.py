from __future__ import annotations

import pytest

from compose.build.dockerfile import fill, locate, needs, parse

TWO_STAGES = """\
# syntax=docker/dockerfile:1
# escape=\\
ARG VERSION=3
ARG BASE=alpine:${VERSION}

FROM $BASE AS build
ARG VERSION
# a comment
RUN echo a && \\
    # between
    \\

    echo b
COPY --chown=1:1 src/ package.json /app/

FROM busybox
COPY --from=build /app /app
COPY --from=nginx:1 /etc/nginx /n
"""


def test_instructions_have_names_flags_and_line_ranges():
    instructions = parse(TWO_STAGES).instructions
    assert [(i.name, i.line, i.last) for i in instructions] == [
        ("ARG", 3, 3),
        ("ARG", 4, 4),
        ("FROM", 6, 6),
        ("ARG", 7, 7),
        ("RUN", 9, 13),
        ("COPY", 14, 14),
        ("FROM", 16, 16),
        ("COPY", 17, 17),
        ("COPY", 18, 18),
    ]
    assert instructions[4].text.split() == ["echo", "a", "&&", "echo", "b"]
    assert instructions[5].flags == (("chown", "1:1"),)
    assert instructions[5].text == "src/ package.json /app/"


@pytest.mark.parametrize(
    ("step", "lines"),
    [
        ("[build 2/3] RUN echo a &&   echo b", (9, 13)),
        ("COPY --chown=1:1 src/ package.json /app/", (14, 14)),
        ("[1/1] RUN something else", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_a_step_is_found_by_its_text(step, lines):
    assert locate(parse(TWO_STAGES), step) == lines


def test_a_step_that_is_there_twice_is_not_guessed():
    assert locate(parse("FROM x\nRUN a\nRUN a\n"), "[2/3] RUN a") == (0, 0)


def test_heredocs_belong_to_their_instruction():
    found = parse(
        "FROM x\nRUN <<EOF cat <<-'TWO'\nFROM not\nEOF\n\tRUN not\n\tTWO\nCOPY <<A <<B a /x/\n1\nA\n2\nB\nUSER me\n"
    ).instructions
    assert [(i.name, i.line, i.last, i.heredocs) for i in found] == [
        ("FROM", 1, 1, False),
        ("RUN", 2, 6, True),
        ("COPY", 7, 11, True),
        ("USER", 12, 12, False),
    ]


def test_another_escape_character():
    found = parse("# escape=`\nFROM x\nRUN a `\n  b\nRUN c \\\nRUN d").instructions
    assert [i.name for i in found] == ["FROM", "RUN", "RUN", "RUN"]
    assert found[1].text == "a   b"


def test_a_directive_after_a_comment_is_a_comment():
    assert parse("# hello\n# syntax=x/y\nFROM x").syntax == ""


def test_needs_of_the_last_stage_follow_its_sources():
    found = needs(parse(TWO_STAGES), "", {})
    assert found.images == ("alpine:3", "busybox", "nginx:1")
    assert found.paths == ("src/", "package.json")


def test_needs_of_a_target_leave_other_stages_out_and_take_arguments():
    found = needs(parse(TWO_STAGES), "BUILD", {"VERSION": "9"})
    assert found.images == ("alpine:9",)
    assert needs(parse(TWO_STAGES), "build", {"BASE": "debian"}).images == ("debian",)


def test_an_unused_stage_counts_for_nothing():
    text = "FROM a AS one\nCOPY one /\nFROM b AS two\nCOPY two /\nFROM one\n"
    assert needs(parse(text), "", {}) == needs(parse("FROM a\nCOPY one /"), "", {})


def test_a_stage_may_bear_the_name_of_its_image():
    found = needs(parse("FROM node AS node\nFROM node\nCOPY --from=0 /a /b\nFROM scratch\nCOPY --from=1 /b /c"), "", {})
    assert found.images == ("node",)


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("COPY . /app", None),
        ("COPY ./ /app", None),
        ("COPY a $B /app", None),
        ("COPY ../x /app", None),
        ('COPY "a b" /app', None),
        ('COPY ["a b", "c", "/app"]', ("a b", "c")),
        ("COPY --link *.py b?/ /app/", ("*.py", "b?/")),
        ("ADD https://example.test/x.tar git@host:y.git local /app/", ("local",)),
        ("COPY <<EOF /app/x\nhello\nEOF", ()),
        ("RUN --mount=type=bind,target=/src make", None),
        ("RUN --mount=source=go.mod,target=go.mod make", ("go.mod",)),
        ("RUN --mount=type=cache,target=/c --mount=type=secret,id=x make", ()),
        ("RUN --mount=type=bind,from=tools,source=/t,target=/t make", ()),
        ("COPY --from=tools /t /t", ()),
        ("ENV A=b", ()),
    ],
)
def test_what_an_instruction_reads(line, paths):
    assert needs(parse(f"FROM x\n{line}"), "", {}).paths == paths


def test_a_mounted_image_is_needed():
    assert needs(parse("FROM x\nRUN --mount=type=bind,from=tools,target=/t make"), "", {}).images == ("x", "tools")


def test_a_foreign_frontend_may_read_anything():
    assert needs(parse("# syntax=acme/frontend\nFROM x"), "", {}).paths is None


def test_nonsense_needs_anything():
    assert needs(parse("this is no Dockerfile"), "", {}).paths is None
    assert needs(parse(""), "", {}).paths is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A-x", "1-x"),
        ("${A}x", "1x"),
        ("${B:-d}", "d"),
        ("${B-d}", "d"),
        ("${E-d}", ""),
        ("${E:-d}", "d"),
        ("${A:+y}", "y"),
        ("${E:+y}", ""),
        ("$B", ""),
    ],
)
def test_variables(text, expected):
    assert fill(text, {"A": "1", "E": ""}) == expected
