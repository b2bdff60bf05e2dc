"""Which paths count, and why."""

from __future__ import annotations

import pytest

from compose.source.ignore import Ignore
from compose.watch.matching import EDITORS, GIT, Filter, Patterns

ROOT = "/project/src"


def filter_of(*ignored, included=(), context=None, build=()):
    sets = [
        Patterns(ROOT, Ignore([GIT]), "git"),
        Patterns(ROOT, Ignore(EDITORS), "editors"),
        Patterns(ROOT, Ignore(ignored), "own"),
    ]
    if context:
        sets.append(Patterns(context, Ignore(build), "build"))
    return Filter(ROOT, ignored=sets, included=[Patterns(ROOT, Ignore(included), "include")] if included else [])


@pytest.mark.parametrize(
    ("ignored", "wanted", "unwanted"),
    [
        ((), ["a", "a/b", ".github/x", "a/.git"], [".git", ".git/HEAD", "a/.x.swp", "a~", ".idea/x", "a/.#lock"]),
        (("node_modules/", "**/*.log"), ["x", "a/node_modules"], ["node_modules", "node_modules/a", "a/b.log"]),
        (("*",), [], ["a", "a/b"]),
        (("*", "!keep"), ["keep", "keep/x"], ["a", "a/keep"]),
        (("build", "!build/kept"), ["build/kept", "build/kept/x"], ["build/other"]),
    ],
)
def test_patterns_decide(ignored, wanted, unwanted):
    one = filter_of(*ignored)
    assert [path for path in wanted if not one.wants(path)] == []
    assert [path for path in unwanted if one.wants(path)] == []


def test_only_what_is_included_counts():
    one = filter_of("old/", included=("**/*.py", "data"))
    assert [path for path in ("x.py", "a/x.py", "data/x", "x.txt", "old/x.py") if one.wants(path)] == ["x.py", "a/x.py", "data/x"]


@pytest.mark.parametrize(
    ("context", "pattern", "path", "wanted"),
    [
        ("/project", "src/a", "a", False),
        ("/project", "a", "a", True),
        ("/project/src", "a", "a", False),
        ("/project/src/web", "a", "web/a", False),
        ("/project/src/web", "a", "a", True),
        ("/elsewhere", "a", "a", True),
    ],
)
def test_the_builds_patterns_are_anchored_at_its_context(context, pattern, path, wanted):
    assert filter_of(context=context, build=(pattern,)).wants(path) is wanted


def test_a_verdict_names_the_pattern_that_decided():
    one = filter_of("*.log", "tmp")
    assert one.explain("tmp/a.log") == (False, "tmp", "own")
    assert one.explain(".git/x") == (False, ".git", "git")
    assert one.explain("a") == (True, None, "")
    assert filter_of(included=("*.py",)).explain("a") == (False, None, "not named by include")
    assert filter_of(included=("*.py",)).explain("a.py") == (True, "*.py", "include")


def test_what_may_be_taken_back_is_reached():
    one = filter_of("*", "!a/b/keep")
    assert one.reaches("a")
    assert one.reaches("a/b")
    assert not one.reaches("c")
    assert not filter_of("a").reaches("a/b")


def test_filters_are_equal_when_they_decide_alike():
    assert filter_of("a").key == filter_of("a").key
    assert filter_of("a").key != filter_of("b").key
