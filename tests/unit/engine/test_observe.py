"""How few calls a look takes, and what it makes of the answers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import EngineError
from compose.engine.fake import FakeEngine, calls_to
from compose.engine.fake_script import Fault
from compose.engine.observe import detailed_facts, list_containers, look_up, observe, with_health
from compose.engine.port import Call
from compose.engine.record import ReadOnly, Recording
from compose.state.observed import EngineFacts
from tests.unit.engine.builders import HEALTHCHECK, PROJECT, body


def filled(number: int) -> FakeEngine:
    engine = FakeEngine()
    with engine.world.lock:
        for index in range(number):
            engine.world.start(engine.world.add_container(f"{PROJECT}-s{index}-1", body(f"s{index}")))
        engine.world.add_network(f"{PROJECT}_default", {"Labels": {labels.PROJECT: PROJECT, labels.NETWORK: "default"}})
    return engine


def test_a_hundred_services_take_four_calls():
    engine = Recording(filled(100))
    observed = observe(engine, PROJECT, networks=[f"{PROJECT}_default"], images=["busybox"])
    assert len(observed.containers) == 100
    assert sorted(call.path for call in engine.calls) == ["/containers/json", "/images/busybox/json", "/networks", "/volumes"]
    assert engine.writes == ()


def test_names_nobody_has_cost_one_more_call_for_all_of_them():
    engine = Recording(filled(1))
    observe(engine, PROJECT, networks=["a", "b"], volumes=["c", "d"])
    assert [call.path for call in engine.calls if "name" in str(call.query)] == ["/networks", "/volumes"]


def test_containers_are_sorted_by_service_and_number():
    engine = FakeEngine()
    with engine.world.lock:
        for service, number in (("b", 1), ("a", 10), ("a", 2)):
            engine.world.add_container(f"{PROJECT}-{service}-{number}", body(service, number))
    assert [(one.service, one.number) for one in observe(engine, PROJECT).containers] == [("a", 2), ("a", 10), ("b", 1)]


def test_a_container_that_goes_while_it_is_looked_at_is_left_out():
    engine = filled(2)
    engine.fail(Fault(matches=calls_to("GET", r"/containers/\w+/json"), status=404, message="No such container"))
    assert len(observe(engine, PROJECT, inspect=True).containers) == 1


def test_a_refusal_is_raised():
    engine = filled(1)
    engine.fail(Fault(matches=calls_to("GET", "/networks"), status=500, message="broken"))
    with pytest.raises(EngineError, match="broken"):
        observe(engine, PROJECT)


def test_containers_can_be_listed_by_further_labels():
    assert [one.service for one in list_containers(filled(3), PROJECT, f"{labels.SERVICE}=s1")] == ["s1"]


@pytest.mark.parametrize(("name", "asked"), [("podman", 1), ("docker", 0)])
def test_health_is_looked_for_where_the_list_leaves_it_out(name, asked):
    fake = FakeEngine(facts=EngineFacts(name=name, api_version=(1, 41)))
    engine = Recording(fake)
    with fake.world.lock:
        fake.world.start(fake.world.add_container(f"{PROJECT}-db-1", body("db", **HEALTHCHECK)))
        fake.world.add_container(f"{PROJECT}-made-1", body("made", **HEALTHCHECK))
    listed = [replace(one, health="", status="Up 3 seconds") for one in list_containers(engine, PROJECT)]
    db, made = with_health(engine, listed)
    assert len([call for call in engine.calls if call.path.endswith("/json") and "containers/json" not in call.path]) == asked
    assert (db.health, db.status) == (("healthy", "Up 3 seconds (healthy)") if asked else ("", "Up 3 seconds"))
    assert (made.health, made.status) == ("", "Up 3 seconds")
    assert with_health(engine, [replace(one, status="Up (healthy)") for one in listed])[0].status == "Up (healthy)"


@pytest.mark.parametrize(
    ("version", "name", "asked"), [((1, 48), "docker", True), ((1, 47), "docker", None), ((1, 50), "podman", None)]
)
def test_manifests_are_asked_for_where_the_engine_knows_them(version, name, asked):
    engine = FakeEngine(facts=EngineFacts(name=name, api_version=version))
    assert look_up(engine, "busybox") is not None
    assert engine.calls[-1].query["manifests"] is asked


def test_details_of_the_engine_are_asked_for_apart():
    engine = FakeEngine(facts=EngineFacts(api_version=(1, 48), swarm=True, rootless=True, storage_driver="overlay2"))
    facts = detailed_facts(engine)
    assert (facts.swarm, facts.rootless, facts.storage_driver, facts.api_version) == (True, True, "overlay2", (1, 48))


def test_a_dry_run_lets_no_write_through():
    engine = ReadOnly(filled(1))
    assert observe(engine, PROJECT).containers
    for send in (engine.call, engine.stream, engine.hijack):
        with pytest.raises(EngineError, match="a dry run changes nothing"):
            send(Call(method="POST", path="/containers/create"))
    assert len(engine.inner.world.containers) == 1  # type: ignore[attr-defined] # the fake
