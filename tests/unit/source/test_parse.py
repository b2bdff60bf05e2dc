import math

import pytest

from compose.base.errors import InvalidProject
from compose.source.builder import MAX_DEPTH, MAX_NODES
from compose.source.document import Origin
from compose.source.parse import parse


def load(text):
    return parse(Origin("compose.yaml", text))


def only(text):
    (document,) = load(text)
    return document


def problems(text):
    with pytest.raises(InvalidProject) as caught:
        load(text)
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("off", "off"),
        ("~", None),
        ("", None),
        ("0755", 493),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0b11", -3),
        ("08", 8.0),
        ("1_000", 1000),
        ("+5", 5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("12345678901234567890", 12345678901234567890),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("1:30", "1:30"),
        ("0o8", "0o8"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!float 3", 3.0),
        ("!!binary aGVsbG8=", "hello"),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_scalars_are_those_of_the_peer(text, value):
    data = only(f"a: {text}").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_every_key_and_value_has_its_place():
    document = only("a:\n  b: 'x y'\n  c: [1, {d: e}]\n")
    places = document.places
    assert str(places.nearest(("a", "b"))) == "compose.yaml:2:6"
    assert places.nearest(("a", "b")).end_column == 11
    assert str(places.key(("a", "b"))) == "compose.yaml:2:3"
    assert str(places.nearest(("a", "c", 1, "d"))) == "compose.yaml:3:14"
    assert str(places.nearest(("a", "c", 0))) == "compose.yaml:3:7"


def test_an_unknown_path_has_the_place_of_its_closest_ancestor():
    places = only("a:\n  b: 1\n").places
    assert str(places.nearest(("a", "zzz", 3))) == "compose.yaml:2:3"
    assert str(places.nearest(("zzz",))) == "compose.yaml:1:1"


def test_a_block_ends_where_its_text_ends():
    span = only("a:\n  b: 1\n\n\nc: 2\n").places.nearest(("a",))
    assert (span.end_line, span.end_column) == (2, 7)


def test_documents_of_one_file():
    first, second = load("a: 1\n---\nb: 2\n")
    assert (first.data, second.data) == ({"a": 1}, {"b": 2})
    assert str(second.places.nearest(("b",))) == "compose.yaml:3:4"
    assert load("") == []


def test_an_alias_repeats_the_value_and_the_place():
    document = only("x: &x {a: [1]}\ny: *x\n")
    assert document.data["y"] == {"a": [1]}
    assert document.data["y"]["a"] is not document.data["x"]["a"]
    assert str(document.places.nearest(("y", "a"))) == "compose.yaml:1:11"
    assert str(document.places.key(("y",))) == "compose.yaml:2:1"


def test_merge_keys_give_way_to_explicit_keys_and_to_earlier_maps():
    document = only("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {c: 3, <<: [*x, *y]}\n")
    assert document.data["z"] == {"a": 1, "b": 1, "c": 3}
    layers = document.places.layers(("z", "c"))
    assert [layer.span.line for layer in layers] == [3, 2]


def test_reset_takes_the_key_out_and_override_leaves_it():
    document = only("a: !reset\nb: !override [1]\nc: [!reset 1, 2]\n")
    assert document.data == {"b": [1], "c": [2]}
    assert set(document.resets) >= {("a",), ("b",)}


def test_tags_under_an_anchor_count_wherever_it_is_used():
    document = only("x: &x {a: !reset 1, b: 2}\ny: *x\nz: {<<: *x}\n")
    assert set(document.resets) == {("x", "a"), ("y", "a"), ("z", "a")}


def test_an_unknown_tag_is_a_warning():
    document = only("a: !rest [1]\n")
    assert document.data == {"a": [1]}
    assert document.warnings[0].code == "unknown-tag"


@pytest.mark.parametrize(
    ("text", "code", "summary", "place"),
    [
        ("a: 1\na: 2", "duplicate-key", 'mapping key "a" already defined at line 1', "2:1"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x", "duplicate-key", 'mapping key "<<" already defined at line 3', "4:3"),
        ("1: x", "non-string-key", "non-string key at top level: 1", "1:1"),
        ("a:\n  b: [{true: x}]", "non-string-key", "non-string key in a.b[0]: true", "2:8"),
        ("a: *x", "unknown-anchor", "unknown anchor `x` referenced", "1:4"),
        ("a: &x {b: *x}", "alias-cycle", "cycle detected: node at path a.b references node at path a", "1:11"),
        ("a: {<<: 3}", "bad-merge", "map merge requires map or sequence of maps as the value", "1:9"),
        ("a: !!int x", "bad-tag", "cannot decode `x` as a `!!int`", "1:4"),
        ("a: 2024-01-01", "unquoted-date", "`2024-01-01` is a date in YAML, and no attribute takes one", "1:4"),
        ("a:\n\tb: c", "yaml-tab", "found a tab character in the indentation", "2:1"),
        ("a: b: c", "yaml-syntax", "mapping values are not allowed in this context", "1:5"),
        ("a: @b", "yaml-syntax", "found character that cannot start any token", "1:4"),
        ("é: \0", "yaml-syntax", "control characters are not allowed", "1:4"),
        ("é: \x01", "yaml-syntax", "control characters are not allowed", "1:4"),
        ("a: \ud800", "yaml-syntax", "the text is not valid Unicode", "1:4"),
        ("a: [" * 200, "too-deep", f"more than {MAX_DEPTH} mappings and lists inside one another", "1:201"),
    ],
)
def test_explains_what_is_wrong_at_its_place(text, code, summary, place):
    (problem,) = problems(text)
    assert (problem.code, problem.summary, str(problem.span)) == (code, summary, f"compose.yaml:{place}")


def test_reports_all_problems_of_a_file_and_what_it_knew_before_a_syntax_error():
    assert [problem.code for problem in problems("a: 1\na: 2\n1: x\n---\nb: 1\nb: 2\n---\n@")] == [
        "duplicate-key",
        "non-string-key",
        "duplicate-key",
        "yaml-syntax",
    ]


def test_a_duplicate_key_shows_both_places():
    (problem,) = problems("a: 1\nb: 2\na: 3")
    assert [str(note.span) for note in problem.notes] == ["compose.yaml:1:1"]


def test_a_misspelt_alias_has_a_suggestion():
    (problem,) = problems("a: &common 1\nb: *comon")
    assert problem.hint == "did you mean `*common`?"


def test_an_alias_bomb_is_refused_early():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)]
    (problem,) = problems("\n".join(lines))
    assert problem.summary == f"compose file exceeds maximum node visit limit ({MAX_NODES})"


def test_a_merge_bomb_is_refused_early():
    lines = ["a: &a {k0: 1}"]
    lines += [f"a{i}: &a {{k{i}: {{x: *a, y: *a}}, <<: *a}}" for i in range(1, 40)]
    (problem,) = problems("\n".join(lines))
    assert problem.code == "too-many-values"


def test_dates_are_text_in_extensions():
    assert only("x-since: 2024-01-01").data == {"x-since": "2024-01-01"}


def test_aliases_do_not_get_around_the_limit_of_depth():
    lines = ["a0: &a0 " + "[" * 60 + "]" * 60]
    lines += [f"a{i}: &a{i} " + "[" * 60 + f"*a{i - 1}" + "]" * 60 for i in range(1, 30)]
    (problem,) = problems("\n".join(lines))
    assert problem.code == "too-deep"


def test_a_long_text_cannot_be_repeated_without_end():
    (problem,) = problems(f"a: &a {'x' * (1 << 20)}\nb: [{', '.join(['*a'] * 100)}]")
    assert problem.code == "too-many-values"
