"""The engine's events as a subscription."""

from __future__ import annotations

import json
import threading

import pytest

from compose.engine import events
from compose.engine.events import Interrupted, Occurrence, Opened, Signal, Subscription, occurrence, occurrences, request
from compose.engine.fake import FakeEngine, calls_to
from compose.engine.fake_script import Fault
from tests.unit.engine.builders import PROJECT, body

SECONDS = 10


def line(action: str, kind: str = "container", **attributes: str) -> bytes:
    actor = {"ID": "c1", "Attributes": {"name": "shop-web-1", **attributes}}
    return json.dumps({"Type": kind, "Action": action, "Actor": actor, "time": 5, "timeNano": 5_250_000_000}).encode()


def test_an_event_tells_what_happened_to_which_container_and_when():
    assert occurrence(line("die", exitCode="3")) == Occurrence(
        action="die", container="c1", attributes={"name": "shop-web-1", "exitCode": "3"}, time=5.25
    )


def test_what_follows_a_colon_is_an_attribute():
    found = occurrence(line("health_status: healthy"))
    assert found is not None
    assert (found.action, found.attributes["health_status"]) == ("health_status", "healthy")


@pytest.mark.parametrize(("podman", "ours"), [("died", "die"), ("remove", "destroy")])
def test_podmans_words_are_understood(podman, ours):
    found = occurrence(line(podman))
    assert found is not None
    assert found.action == ours


@pytest.mark.parametrize("data", [b"", b"  ", line("exec_start: sh"), line("connect", kind="network")])
def test_other_things_are_left_out(data):
    assert occurrence(data) is None


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_events_are_found_however_the_bytes_are_cut(size):
    data = line("start") + b"\n" + line("die") + b"\n"
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert [one.action for one in occurrences(pieces)] == ["start", "die"]


def test_podman_is_not_asked_for_docker_names():
    asked = request(PROJECT, since=1.5)
    assert "die" in asked.query["filters"]["event"]
    assert asked.query["since"] == "1.500000000"
    assert "event" not in request(PROJECT, since=1.5, podman=True).query["filters"]


class Heard:
    """Keeps signals and waits for a kind of them."""

    def __init__(self) -> None:
        self.signals: list[Signal] = []
        self._changed = threading.Condition()

    def __call__(self, signal: Signal) -> None:
        with self._changed:
            self.signals.append(signal)
            self._changed.notify_all()

    def wait_for(self, *kinds: type) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: [type(one) for one in self.signals][: len(kinds)] == list(kinds), SECONDS)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(events, "_FIRST_PAUSE", 0.001)


def act(engine: FakeEngine, service: str) -> str:
    with engine.world.lock:
        return engine.world.add_container(f"{PROJECT}-{service}-1", body(service)).id


def test_a_lost_stream_is_opened_again_and_tells_what_was_missed():
    engine, heard = FakeEngine(), Heard()
    subscription = Subscription(engine, PROJECT, heard, engine.clock)
    heard.wait_for(Opened)
    gate = engine.hold(calls_to("GET", "/events"))
    engine.cut_streams()
    assert gate.reached.wait(SECONDS)
    engine.clock.advance(1.0)
    missed = act(engine, "web")
    gate.open()
    heard.wait_for(Opened, Interrupted, Opened, Occurrence)
    subscription.close()
    assert heard.signals[2] == Opened(again=True)
    assert heard.signals[3].container == missed


def test_an_engine_that_does_not_answer_is_asked_again():
    engine, heard = FakeEngine(), Heard()
    engine.fail(Fault(matches=calls_to("GET", "/events"), status=0, times=2))
    subscription = Subscription(engine, PROJECT, heard, engine.clock)
    heard.wait_for(Interrupted, Interrupted, Opened)
    subscription.close()
    assert heard.signals[2] == Opened(again=False)


def test_nothing_is_told_after_the_end():
    engine, heard = FakeEngine(), Heard()
    subscription = Subscription(engine, PROJECT, heard, engine.clock)
    heard.wait_for(Opened)
    subscription.close()
    act(engine, "web")
    assert [type(one) for one in heard.signals] == [Opened]
