"""Expectations marked `peer` were observed running Docker Compose 2.40.3."""

import pytest

from compose.source.template import Missing, Outcome, Variable, substitute, variables

ENVIRONMENT = {"A": "1", "EMPTY": "", "LOOP": "${A}"}


def run(text):
    outcome = Outcome()
    return substitute(text, ENVIRONMENT.get, outcome), outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no variables", "no variables"),
        ("$A$A", "11"),
        ("${A}b", "1b"),
        ("$A.b", "1.b"),
        ("$$A", "$A"),
        ("$$$A", "$1"),
        ("$1 $ $} x$", "$1 $ $} x$"),
        ("$Ä", "$Ä"),
        ("${A:-x}", "1"),
        ("${A:-}", "1"),
        ("${A-x}", "1"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${X-d}", "d"),
        ("${X:--}", "-"),
        ("${A:+yes}", "yes"),
        ("${EMPTY+yes}", "yes"),
        ("${EMPTY:+yes}", ""),
        ("${X+yes}", ""),
        ("${X:-a} ${Y:-b}", "a b"),
        ("${A}${X:-b}${A}", "1b1"),
        ("${X-a:?b}", "a:?b"),
        ("${X:-${Y:-z}}", "z"),
        ("${X:-${Y:-${A}}}", "1"),
        ("${A:+${X:-w}}", "w"),
        ("${X:-$}", "$"),
        ("${X:-a$${b}c}", "a${b}c"),
        ('${X:-{"j":1}}', '{"j":1}'),
        ("${X:-a}b}c", "ab}c"),
        ("${X:-{}}-{y}", "{}}-{y"),
        ("${X:-{}", "{"),
        ("${X:-}}", "}"),
        ("${X:-a}\n}", "a\n}"),
        ("$LOOP", "${A}"),
        ("${X:-'q\\'}", "'q\\'"),
    ],
)
def test_substitutes_as_the_peer_does(text, expected):
    result, outcome = run(text)
    assert result == expected
    assert outcome.is_clean


@pytest.mark.parametrize(
    "text", ["${", "${}", "${1A}", "${A!b}", "${a.b}", "${X:=a}", "${X=}", "${X:}", "${Ä}", "${X:-a\nb}", "x ${A"]
)
def test_a_brace_form_that_is_no_variable_leaves_the_text_alone(text):
    result, outcome = run(text)
    assert outcome.malformed
    assert result == text


def test_an_unset_variable_is_blank_and_told_each_time():
    result, outcome = run("[$X] [${Y}] [$X]")
    assert result == "[] [] []"
    assert outcome.unset == ["X", "Y", "X"]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("${X:?}", Missing(name="X", message="")),
        ("${X?why}", Missing(name="X", message="why")),
        ("${EMPTY:?no $A}", Missing(name="EMPTY", message="no 1")),
        ("${X:?a:-b}", Missing(name="X", message="a:-b")),
    ],
)
def test_a_required_variable_is_missing(text, missing):
    assert run(text)[1].missing == [missing]


def test_an_empty_value_satisfies_the_form_without_colon():
    assert run("${EMPTY?why}")[1].is_clean


def test_what_is_not_used_is_not_looked_at():
    assert run("${A:-${X:?why}} ${EMPTY:+$X}")[1].is_clean


def test_all_missing_variables_of_a_text_are_told():
    assert [missing.name for missing in run("${X:?} ${Y:?}")[1].missing] == ["X", "Y"]


def test_very_deep_nesting_is_malformed_and_not_a_crash():
    assert run("${X:-" * 5000 + "}" * 5000)[1].malformed


def test_time_is_linear_in_the_length_of_a_line():
    """A hundred thousand variables on a line: quadratic reading would take minutes, beyond the suite's timeout."""
    assert run("${X:-a}" * 100_000)[0] == "a" * 100_000
    assert run("${X:-{" * 100_000)[1].malformed


def test_lists_the_variables_of_a_text():
    assert variables("$A ${B} ${C:-d} ${E:?m} ${F:+p} $$G ${H-${I:-j}}") == (
        Variable(name="A"),
        Variable(name="B"),
        Variable(name="C", default="d"),
        Variable(name="E", is_required=True),
        Variable(name="F", presence="p"),
        Variable(name="H", default="${I:-j}"),
        Variable(name="I", default="j"),
    )


def test_lists_nothing_for_malformed_forms():
    assert variables("${1} ${A!} $ ${A}") == (Variable(name="A"),)
