from __future__ import annotations

import json
import time

import pytest

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


def test_json_has_the_peers_keys_and_all_digits():
    assert json.loads(json_line(EVENT)) == {
        "action": "exec_create: /bin/sh\x1b",
        "attributes": {"image": "busybox", "name": "p-db-1"},
        "id": "52021f",
        "service": "db",
        "time": "2023-11-14T22:13:20.050893007Z",
        "type": "container",
    }
