from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from compose.base.events import Event
from compose.view.json_lines import JsonLines, events_schema

SCHEMA = Path(__file__).parents[3] / "schemas" / "events.schema.json"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def written(*events):
    stream = io.StringIO()
    view = JsonLines(stream)
    for event in events:
        view.handle(event)
    return stream.getvalue().splitlines()


def test_the_published_schema_is_that_of_the_types():
    expected = json.dumps(events_schema(), indent=2, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text() == expected, "write `compose schema events` to schemas/events.schema.json"


def test_the_fixture_has_every_type(events):
    tags = {msgspec.inspect.type_info(kind).tag for kind in Event.__args__}
    assert {msgspec.to_builtins(event)["type"] for event in events} == tags


def test_every_event_is_one_valid_line_that_reads_back(events, validator):
    lines = written(*events)
    assert len(lines) == len(events)
    for text, event in zip(lines, events, strict=True):
        validator.validate(json.loads(text))
        assert msgspec.json.decode(text, type=Event) == event


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "step-started", "time": 1.0},
        {"type": "no-such-event", "time": 1.0},
        {"type": "log-line", "time": "now", "service": "a", "container": "a-1", "number": 1, "stream": "stdout", "text": ""},
    ],
)
def test_the_schema_refuses_what_is_no_event(wrong, validator):
    assert not validator.is_valid(wrong)
