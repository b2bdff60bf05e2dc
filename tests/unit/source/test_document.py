import math

import pytest

from compose.source.document import Map, Origin, Seq, SourceMap, clone, count, mark_of, over, pack, set_marked
from compose.source.scalar import show

TEXT = "a: 1\nbc: two  \n"
ORIGIN = Origin("f.yaml", TEXT)
ONE = (ORIGIN, pack(0, 1), pack(3, 4), None)
TWO = (ORIGIN, pack(5, 7), pack(9, 14), None)


def test_a_range_is_shown_as_lines_and_columns_without_the_blank_space_after_it():
    span = ORIGIN.span(TWO[2])
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 5, 2, 8)
    assert ORIGIN.raw(TWO[2]) == "two"


def test_newer_marks_keep_all_older_ones():
    newest = over((ORIGIN, 1, 1, (ORIGIN, 2, 2, None)), (ORIGIN, 3, 3, None))
    chain = []
    while newest is not None:
        chain.append(newest[1])
        newest = newest[3]
    assert chain == [1, 2, 3]
    assert over(None, ONE) is ONE
    assert over(ONE, None) is ONE


def test_a_clone_shares_nothing_that_may_change():
    tree = Map({"a": Seq([Map({"b": 1}, {"b": ONE})], [TWO])}, {"a": ONE})
    copy = clone(tree)
    copy["a"][0]["b"] = 2
    copy["a"].add(3, None)
    copy.marks["a"] = TWO
    assert tree == {"a": [{"b": 1}]}
    assert (tree.marks["a"], mark_of(tree["a"], 0), mark_of(tree["a"][0], "b")) == (ONE, TWO, ONE)


def test_counting():
    assert count({"a": [1, {"b": 2}], "c": None}) == 6


def test_marks_of_plain_data_are_unknown():
    assert mark_of({"a": 1}, "a") is None
    assert mark_of([1], 0) is None
    assert mark_of(Seq(), 5) is None
    plain = {}
    set_marked(plain, "a", 1, ONE)
    assert plain == {"a": 1}


def test_names_find_the_line_that_spells_them():
    tree = Map({"environment": Seq(["A=1", "AB=2", "B", "C:3", "A=4"], [ONE, ONE, ONE, ONE, TWO])}, {"environment": ONE})
    places = SourceMap(tree)
    assert places.layers(("environment", "A"))[0].raw == "two"
    assert places.layers(("environment", "B"))[0].raw == "1"
    assert places.layers(("environment", "C"))[0].raw == "1"
    assert places.layers(("environment", "D")) == ()


def test_places_beneath_and_instead_of_those_of_the_tree():
    places = SourceMap(Map({"a": 1, "b": 2}, {"a": ONE, "b": ONE}))
    places.also(("a",), TWO)
    places.also(("new",), TWO)
    places.instead(("b",), TWO)
    assert [layer.raw for layer in places.layers(("a",))] == ["1", "two"]
    assert [layer.raw for layer in places.layers(("new",))] == ["two"]
    assert [layer.raw for layer in places.layers(("b",))] == ["two"]


def test_without_any_place_there_is_the_beginning_of_the_file_or_nothing():
    assert SourceMap({}).nearest(("a",)) is None
    assert str(SourceMap({}, ORIGIN).nearest(("a",))) == "f.yaml:1:1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "<nil>"),
        (12, "12"),
        ("x", "x"),
        (1.5, "1.5"),
        (100000.0, "100000"),
        (1000000.0, "1e+06"),
        (1234567.5, "1.2345675e+06"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-2000000.0, "-2e+06"),
        (0.0, "0"),
        (1.2345678901234568e29, "1.2345678901234568e+29"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_scalars_are_written_into_text_as_the_peer_writes_them(value, text):
    assert show(value) == text
