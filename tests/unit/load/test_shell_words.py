"""Commands as text; expectations are what Docker Compose made of them."""

import pytest

from compose.load.shell_words import split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  ", []),
        ("a  b\tc\nd", ["a", "b", "c", "d"]),
        ('a "b c" d', ["a", "b c", "d"]),
        ("a 'b \"c' d", ["a", 'b "c', "d"]),
        ('a"b c"d', ["ab cd"]),
        ('"" x', ["", "x"]),
        ("''", [""]),
        ("a\\ b c", ["a b", "c"]),
        ('"a \\" b"', ['a " b']),
        ("'a\\b'", ["a\\b"]),
        ("echo $(date)", ["echo", "$(date)"]),
        ("x `date y` z", ["x", "`date y`", "z"]),
        ("x $(a b) y", ["x", "$(a b)", "y"]),
    ],
)
def test_words(text, words):
    assert split(text) == (words, None)


@pytest.mark.parametrize(
    ("text", "words", "end"),
    [
        ("echo a && b", ["echo", "a"], 7),
        ('a "x;y" | c', ["a", "x;y"], 8),
        ("a;b", ["a"], 1),
        ("a > f", ["a"], 2),
        ("a 2>f", ["a"], 3),
        ("a b2>f", ["a", "b2"], 4),
        ("5>x", [], 1),
    ],
)
def test_reading_stops_at_what_only_a_shell_understands(text, words, end):
    assert split(text) == (words, end)


@pytest.mark.parametrize("text", ["it's", 'a "b', "a (b)", "a b)", "a `b", "a\\", "x $(a"])
def test_what_is_left_open_is_refused(text):
    with pytest.raises(ValueError, match=r"^invalid command line string$"):
        split(text)
