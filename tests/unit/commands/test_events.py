from __future__ import annotations

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from compose.base.errors import ComposeError
from compose.commands.events import EventsOptions, events
from compose.commands.moment import moment
from tests.unit.commands.canned import session_with


def message(service, action, *, oneoff="False", number=1):
    labels = {"com.docker.compose.service": service, "com.docker.compose.oneoff": oneoff, "com.docker.compose.project": "p"}
    attributes = {**labels, "image": "busybox", "name": f"p-{service}-1"}
    return {"Type": "container", "Action": action, "Actor": {"ID": "abc", "Attributes": attributes}, "timeNano": number}


MESSAGES = [
    message("web", "start"),
    message("web", "start", oneoff="True"),
    {"Type": "network", "Action": "connect", "Actor": {"ID": "n", "Attributes": {"name": "p_default"}}, "timeNano": 2},
    message("db", "die", number=3),
]


@pytest.fixture
def session():
    """A session whose engine streams messages in chunks that cut lines anywhere."""
    made, engine, _ = session_with({})
    data = b"".join(json.dumps(one).encode() + b"\n" for one in MESSAGES)

    @contextmanager
    def stream(call):
        engine.calls.append(call)
        yield SimpleNamespace(chunks=lambda: [data[:50], data[50:51], data[51:]])

    engine.stream = stream
    return made


def test_only_what_happens_to_services_is_told(session):
    found = list(events(session, EventsOptions()))
    assert [(one.service, one.action, one.nanoseconds) for one in found] == [("web", "start", 1), ("db", "die", 3)]
    assert found[0].attributes == {"image": "busybox", "name": "p-web-1"}


def test_services_can_be_chosen(session):
    assert [one.service for one in events(session, EventsOptions(services=("db",)))] == ["db"]


def test_the_engine_is_asked_for_the_project_and_the_time(session):
    list(events(session, EventsOptions(since="5", until="2023-11-14T22:13:20Z")))
    query = session.engine.calls[0].query
    assert query["since"] == "5"
    assert query["until"] == "1700000000.000000000"
    assert "com.docker.compose.project=p" in query["filters"]["label"]


CLOCK = SimpleNamespace(now=lambda: 1000.5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("12", "12"), ("12.5", "12.5"), ("10s", "990.500000000"), ("2023-11-14T22:13:20Z", "1700000000.000000000")],
)
def test_moments(text, expected):
    assert moment(text, CLOCK) == expected


def test_what_is_no_moment_is_refused():
    with pytest.raises(ComposeError, match="invalid value for a time: `yesterday`"):
        moment("yesterday", CLOCK)
