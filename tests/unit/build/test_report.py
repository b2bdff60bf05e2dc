from __future__ import annotations

from compose.base.place import Span
from compose.build.report import Failure, Source, failed

INLINE = Span(file="compose.yaml", line=5, column=27, end_line=8, end_column=1)


def error(source, **failure):
    (found,) = failed(Failure(service="web", message="no", **failure), source).diagnostics
    return found


def test_a_place_in_a_file():
    found = error(Source(file="/src/Dockerfile", text="FROM x\nRUN y\n"), first=2, last=2)
    assert str(found.span) == "/src/Dockerfile:2:1"
    assert found.detail == "/src/Dockerfile:2\n    1 | FROM x\n  > 2 | RUN y"


def test_a_place_in_a_block_of_the_projects_file():
    found = error(Source(file="dockerfile_inline", text="FROM x\nRUN y\nRUN z\n", inline=INLINE), first=2, last=3)
    assert (found.span.file, found.span.line, found.span.end_line) == ("compose.yaml", 7, 9)


def test_a_dockerfile_in_one_line_of_the_projects_file():
    text = Span(file="compose.yaml", line=5, column=27, end_line=5, end_column=60)
    assert error(Source(text="FROM x\nRUN y\n", inline=text), first=2, last=2).span == text


def test_without_a_place_the_file_is_all_there_is():
    assert error(Source(inline=INLINE)).span == INLINE
    assert error(None).span is None
    assert error(None, step="[1/1] RUN y", lines=("a", "b")).detail == "[1/1] RUN y:\n  a\n  b"


def test_known_failures_have_a_hint():
    (found,) = failed(
        Failure(service="web", message="invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set")
    ).diagnostics
    assert "ssh-agent" in found.hint
    assert error(None).hint == ""


def test_a_line_that_is_not_there_is_not_shown():
    assert error(Source(file="D", text="FROM x"), first=9, last=9).detail == ""


def test_line_numbers_are_aligned():
    text = "".join(f"RUN {number}\n" for number in range(1, 12))
    assert error(Source(file="D", text=text), first=10, last=10).detail.splitlines()[1:] == [
        "     8 | RUN 8",
        "     9 | RUN 9",
        "  > 10 | RUN 10",
        "    11 | RUN 11",
    ]
