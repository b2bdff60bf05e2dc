"""Expectations marked observed were seen running Docker Compose 2.40.3."""

import pytest

from compose.source.document import Map, Origin
from compose.source.dotenv import read, read_raw
from compose.source.template import Outcome

ENVIRONMENT = {"A": "outer", "ONLY": "only"}


def parse(text):
    values, outcome = Map(), Outcome()
    problems = read(Origin(".env", text), ENVIRONMENT.get, values, outcome)
    return values, problems, outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("\n \n# nothing\n", {}),
        ("A=1", {"A": "1"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A=", {"A": ""}),
        ("export A=1", {"A": "1"}),
        ("  A  =  1  ", {"A": "1"}),
        ("A: yaml", {"A": "yaml"}),
        ("A=b=c", {"A": "b=c"}),
        ("1A=5\na.b-c[0]=x\nÄ=y", {"1A": "5", "a.b-c[0]": "x", "Ä": "y"}),
        ("A=x # y", {"A": "x"}),
        ("A=a#b", {"A": "a#b"}),
        ("A= # c", {"A": "# c"}),
        ("A=a\\nb", {"A": "a\\nb"}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        ("A='it\\'s $A'", {"A": "it's $A"}),
        ("A='a\\nb'", {"A": "a\\nb"}),
        ("A='a\nb'", {"A": "a\nb"}),
        ('A="a\\nb\\tc\\\\d\\"e"', {"A": 'a\nb\tc\\d"e'}),
        ('A="a\nb"', {"A": "a\nb"}),
        ('A="\\0123 \\012 \\x41 \\c"', {"A": "S \\12 \\x41 \\c"}),
        ('A="\\$A $$A"', {"A": "$A $A"}),
        ('A="x"B=y', {"A": "x", "B": "y"}),
        ('A="x" # y', {"A": "x"}),
        ("B=${ONLY}/x", {"B": "only/x"}),
        ("B=1\nC=${B}2\nD=\"${C}3\"\nE='${C}'", {"B": "1", "C": "12", "D": "123", "E": "${C}"}),
        ("A=inner\nB=$A", {"A": "inner", "B": "outer"}),
        ("B=${X:-d}", {"B": "d"}),
        ("ONLY\nNONE\nB=1", {"ONLY": "only", "B": "1"}),
        ("ONLY", {"ONLY": "only"}),
    ],
)
def test_reads(text, expected):
    values, problems, outcome = parse(text)
    assert values == expected
    assert not problems
    assert outcome.is_clean


@pytest.mark.parametrize(
    ("text", "summary", "place"),
    [
        ("A B=1", "failed to read .env: line 1: key cannot contain a space", "1:1"),
        ("A=1\nB/C=2", 'failed to read .env: line 2: unexpected character "/" in variable name', "2:2"),
        ('A="x\nB=2', "failed to read .env: line 1: unterminated quoted value of `A`", "1:3"),
        ("A=${1}", "failed to read .env: line 1: invalid interpolation format in `A`", "1:3"),
        ("A=${X:?tell}", "failed to read .env: line 1: required variable X is missing a value: tell", "1:3"),
        ('A="x" y z', "failed to read .env: line 1: key cannot contain a space", "1:7"),
    ],
)
def test_explains_a_mistake_at_its_place(text, summary, place):
    _, (problem,), _ = parse(text)
    assert problem.summary == summary
    assert str(problem.span) == f".env:{place}"


def test_reports_every_mistake_of_a_file():
    values, problems, _ = parse("A A=1\nB=2\nC/D=3\n")
    assert [problem.span.line for problem in problems] == [1, 3]
    assert values == {"B": "2"}


def test_no_problem_quotes_a_value():
    _, problems, _ = parse('A="hunter2\n')
    _, more, _ = parse("KEY=abc\nhunter2/hunter2==\n")
    assert "hunter2" not in repr([*problems, *more])


def test_tells_unset_variables():
    values, _, outcome = parse("B=[$X]")
    assert values == {"B": "[]"}
    assert outcome.unset == ["X"]


def test_knows_where_each_value_was_written():
    values, _, _ = parse("A=1\n\nB='two'\nA=3")
    origin, _key, where, older = values.marks["A"]
    assert origin.raw(where) == "3"
    assert str(origin.span(where)) == ".env:4:3"
    assert origin.span(older[2]).line == 1
    assert values.marks["B"][0].raw(values.marks["B"][2]) == "'two'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A='1' # x\n", {"A": "'1' # x"}),
        ("# c\n  B=$A\nC=\n", {"B": "$A", "C": ""}),
        ("ONLY\nNONE\n", {"ONLY": "only"}),
        ("A=1\r\nB=2", {"A": "1", "B": "2"}),
    ],
)
def test_raw_lines_are_taken_as_they_are(text, expected):
    values = Map()
    assert read_raw(Origin("x.env", text), ENVIRONMENT.get, values) == []
    assert values == expected


@pytest.mark.parametrize("text", ["A B=1", "=1", "A\tB=1"])
def test_raw_names_have_no_white_space(text):
    (problem,) = read_raw(Origin("x.env", text), ENVIRONMENT.get, Map())
    assert problem.code == "env-file-syntax"
