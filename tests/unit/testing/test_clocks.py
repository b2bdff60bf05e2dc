from types import SimpleNamespace

import pytest

from compose.testing.clocks import Clocks


class Ticking:
    """A clock that goes on by a tenth of a second whenever it is looked at."""

    def __init__(self, now):
        self._now = now

    def now(self):
        self._now += 0.1
        return self._now


def clocks(told, asked=None):
    def call(request):
        assert request.path == "/info"
        (asked if asked is not None else []).append(request)
        return {"SystemTime": told}

    return Clocks(lambda: SimpleNamespace(call=call, api_version=(1, 41)), Ticking(1_000_000_000.0))


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2001-09-09T01:46:40.15Z", 5.0),  # between the two looks at our own clock
        ("2001-09-09T01:47:40.2Z", 65.0),  # a minute ahead
        ("2001-09-09T03:45:40.2+02:00", -55.0),  # a minute behind, in another zone
        ("", 5.0),  # it does not tell
    ],
)
def test_times_are_those_of_the_engine_s_clock(told, moment):
    assert clocks(told).there(5.0) == pytest.approx(moment, abs=1e-6)


def test_it_is_asked_once():
    asked = []
    seen = clocks("2001-09-09T01:47:40Z", asked)
    assert seen.there(1.0) == seen.there(1.0)
    assert seen.now() > 1_000_000_050
    assert len(asked) == 1
