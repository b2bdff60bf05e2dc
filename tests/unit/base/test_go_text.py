"""Numbers and JSON as Go prints them; the expectations are what Docker Compose printed."""

import pytest

from compose.base.go_text import Single, float_json, float_text, json_text, round_single, scalar_text


@pytest.mark.parametrize(
    ("value", "text", "json"),
    [
        (1.0, "1", "1"),
        (0.1, "0.1", "0.1"),
        (0.0, "0", "0"),
        (-2.5, "-2.5", "-2.5"),
        (100000.0, "100000", "100000"),
        (1e6, "1e+06", "1000000"),
        (123456789.5, "1.234567895e+08", "123456789.5"),
        (1e20, "1e+20", "100000000000000000000"),
        (1e21, "1e+21", "1e+21"),
        (1e25, "1e+25", "1e+25"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001, "1e-05", "0.00001"),
        (1.5e-7, "1.5e-07", "1.5e-7"),
        (1e-10, "1e-10", "1e-10"),
    ],
)
def test_floats(value, text, json):
    assert float_text(value) == text
    assert float_json(value) == json


def test_floats_of_32_bits_have_no_more_digits_than_they_need():
    assert float_text(0.123456789, single=True) == "0.12345679"
    assert float_json(round_single(0.3), single=True) == "0.3"
    assert float_text(16777216.0, single=True) == "1.6777216e+07"


def test_what_is_not_finite():
    assert [float_text(value) for value in (float("inf"), float("-inf"), float("nan"))] == ["+Inf", "-Inf", "NaN"]


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (None, ""), (True, "true"), (False, "false"), (1.0, "1"), (10, "10"), (-3, "-3")]
)
def test_scalars(value, text):
    assert scalar_text(value) == text


def test_json_is_compact_and_escapes_what_html_could_read():
    assert json_text({"b": '<&>\u2028\u2029\x7f\x01\n"', "a": [1.0, Single(0.3), None, True]}) == (
        b'{"b":"\\u003c\\u0026\\u003e\\u2028\\u2029\x7f\\u0001\\n\\"","a":[1,0.3,null,true]}'
    )
