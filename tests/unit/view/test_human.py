from __future__ import annotations

import pytest

from compose.view.human import ago, duration, size

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Less than a second"),
        (0.9, "Less than a second"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "About a minute"),
        (119, "About a minute"),
        (120, "2 minutes"),
        (HOUR - 1, "59 minutes"),
        (HOUR, "About an hour"),
        (1.49 * HOUR, "About an hour"),
        (1.5 * HOUR, "2 hours"),
        (47 * HOUR, "47 hours"),
        (2 * DAY, "2 days"),
        (13 * DAY, "13 days"),
        (14 * DAY, "2 weeks"),
        (59 * DAY, "8 weeks"),
        (60 * DAY, "2 months"),
        (729 * DAY, "24 months"),
        (730 * DAY, "2 years"),
    ],
)
def test_lengths_of_time_are_worded_as_dockers(seconds, words):
    assert duration(seconds) == words


def test_a_clock_that_is_behind_is_no_surprise():
    assert ago(-5) == "Less than a second ago"


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0, 4, "0B"),
        (999, 4, "999B"),
        (1000, 4, "1kB"),
        (2_031_234, 3, "2.03MB"),
        (29_342_214, 3, "29.3MB"),
        (1_260, 3, "1.26kB"),
        (123_456_789, 3, "123MB"),
        (5_000_000_000_000, 4, "5TB"),
    ],
)
def test_sizes_have_decimal_units(number, digits, text):
    assert size(number, digits) == text
