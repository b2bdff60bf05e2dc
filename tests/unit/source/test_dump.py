"""YAML out; expectations are what Docker Compose printed, and everything reads as it was."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compose.base.go_text import Single
from compose.source.dump import dump


def test_layout():
    data = {"a": {"b": ["x", {"c": 1, "d": [["z"], []]}, [1, [2]]], "e": {}, "f": []}, "g": None, "h": True, "i": 1.5}
    assert dump(data) == (
        "a:\n  b:\n    - x\n    - c: 1\n      d:\n        - - z\n        - []\n    - - 1\n      - - 2\n"
        "  e: {}\n  f: []\ng: null\nh: true\ni: 1.5\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b/c", "a b/c"),
        ("", '""'),
        ("y", '"y"'),
        ("No", '"No"'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("1", '"1"'),
        ("0755", '"0755"'),
        ("0x1F", '"0x1F"'),
        ("1_000", '"1_000"'),
        ("1e3", '"1e3"'),
        (".5", '".5"'),
        ("12:30", '"12:30"'),
        ("2024-01-01", '"2024-01-01"'),
        ("1.2.3", "1.2.3"),
        ("a: b", "'a: b'"),
        ("a:", "'a:'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("a#b", "a#b"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        ("[a]", "'[a]'"),
        ("*a", "'*a'"),
        ("it's", "it's"),
        ("'a'", "'''a'''"),
        (" a", "' a'"),
        ("a\tb", '"a\\tb"'),
        ("\x01", '"\\x01"'),
        ("\x1b[0m", '"\\e[0m"'),
        ("é", "é"),
        ("\U0001f600", '"\\U0001F600"'),
        ("\ufeff", '"\\uFEFF"'),
        ("C:\\x", "C:\\x"),
        ("---a", "'---a'"),
        (".inf", '".inf"'),
        (Single(0.123456789), "0.12345679"),
        (1e6, "1e+06"),
        (float("inf"), ".inf"),
    ],
)
def test_scalars(value, text):
    assert dump({"k": value}) == f"k: {text}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", "|-\n  a\n  b"),
        ("a\n", "|\n  a"),
        ("a\n\n", "|+\n  a\n"),
        ("\na", "|2-\n\n  a"),
        (" a\nb", "|2-\n   a\n  b"),
        ("\n", "|2+\n"),
        ("a \nb", '"a \\nb"'),
        ("a\n ", '"a\\n "'),
        ("a\r\nb", '"a\\r\\nb"'),
    ],
)
def test_several_lines(value, text):
    assert dump({"k": value}) == f"k: {text}\n"


def test_blocks_are_indented_below_their_place():
    assert dump({"a": {"b": ["x\ny\n"], "c": "x\ny\n"}}) == "a:\n  b:\n    - |\n      x\n      y\n  c: |\n    x\n    y\n"


def test_keys():
    assert dump({"y": 1, "a b": 2, "": 3, "1": 4}) == '"y": 1\na b: 2\n"": 3\n"1": 4\n'
    assert dump({"x" * 129: {"a": 1}, "b": "c"}) == f"? {'x' * 129}\n:\n  a: 1\nb: c\n"


SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, width=64) | st.text()
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=15)


@given(DATA)
def test_what_is_written_reads_as_it_was(data):
    assert yaml.load(dump(data), Loader=_Loader) == data


class _Loader(yaml.SafeLoader):
    """Reads `1e+06` as a number and `=` as a text, as YAML 1.2 does."""


_EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?[eE][-+][0-9]+$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789"))
_Loader.add_constructor("tag:yaml.org,2002:value", yaml.SafeLoader.construct_yaml_str)
