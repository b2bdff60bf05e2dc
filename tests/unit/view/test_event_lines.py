from __future__ import annotations

import json
import time

import pytest
from msgspec.structs import replace

from compose.state.engine_event import EngineEvent
from compose.view.event_lines import json_line, text_line

EVENT = EngineEvent(
    type="container",
    action="exec_create: /bin/sh\x1b",
    id="52021f",
    service="db",
    nanoseconds=1_700_000_000_050_893_007,
    attributes={"name": "p-db-1", "image": "busybox"},
)


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_words_are_the_peers_and_cannot_steer_a_terminal():
    assert (
        text_line(EVENT)
        == "2023-11-14 22:13:20.050893 container exec_create: /bin/sh\\x1b 52021f (image=busybox, name=p-db-1)\n\n"
    )


def test_json_has_the_peers_keys():
    assert json.loads(json_line(EVENT)) == {
        "action": "exec_create: /bin/sh\x1b",
        "attributes": {"image": "busybox", "name": "p-db-1"},
        "id": "52021f",
        "service": "db",
        "time": "2023-11-14T22:13:20.050893007Z",
        "type": "container",
    }


@pytest.mark.parametrize(
    ("nanoseconds", "time"),
    [(250_000_000, "1970-01-01T00:00:00.25Z"), (1_000_000_000, "1970-01-01T00:00:01Z"), (9, "1970-01-01T00:00:00.000000009Z")],
)
def test_json_times_end_without_zeros_as_the_peers(nanoseconds, time):
    assert json.loads(json_line(replace(EVENT, nanoseconds=nanoseconds)))["time"] == time
