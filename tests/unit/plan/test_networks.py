from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base.errors import ComposeError
from compose.plan.operation import ConnectNetwork, CreateNetwork, StartContainer
from compose.state.observed import NetworkState


def lines(plan):
    return str(plan).splitlines()


def codes(plan):
    return [one.code for one in plan.warnings]


def redriven(world):
    """Change the configuration of the default network in the file."""
    world.top("networks", default={"name": "shop_default", "driver_opts": {"mtu": "1400"}})
    return world


def test_a_changed_network_is_made_anew_and_its_containers_move(up):
    world = redriven(up(web={"networks": {"default": {"aliases": ["www"]}}}))
    plan = world.up()
    assert lines(plan) == [
        "[] -> #1 service:web:1, StopContainer, network-changed [network:default]",
        "[1] -> #2 service:web:1, DisconnectNetwork, network-changed [network:default]",
        "[2] -> #3 network:default, RemoveNetwork, config-changed [network:default]",
        "[3] -> #4 network:default, CreateNetwork, config-changed [network:default]",
        "[4] -> #5 service:web:1, ConnectNetwork, network-changed",
        "[1,5] -> #6 service:web:1, StartContainer, network-changed",
    ]
    assert plan.steps[4].operation.endpoint["Aliases"] == ["shop-web-1", "web", "www"]
    assert not plan.steps[2].operation.tolerant


def test_a_network_that_cannot_be_made_anew_is_put_back_with_its_containers(up):
    world = redriven(up(web={}))
    old = {"Name": "shop_default", "Driver": "bridge", "Options": {}, "Id": "x", "Labels": {"a": "b"}}
    world.network_states = [replace(one, inspect=old) for one in world.network_states]
    stop, disconnect, remove, create, *_ = world.up().steps
    assert stop.undo == (StartContainer(container=stop.operation.container),)
    assert [type(one) for one in disconnect.undo] == [ConnectNetwork]
    body = {"Name": "shop_default", "Driver": "bridge", "Labels": {"a": "b"}}
    assert remove.undo == (CreateNetwork(key="default", name="shop_default", body=body),)
    assert create.commit


def test_a_container_that_is_replaced_anyway_is_not_connected_again(up):
    world = redriven(up(web={}))
    world.service("web", command=["x"])
    assert "ConnectNetwork" not in str(world.up())


def test_containers_of_services_that_are_not_selected_move_too(up):
    world = redriven(up(web={}, other={}))
    plan = world.up(services=("web",))
    ends = [(type(step.operation).__name__, step.address.key) for step in plan.steps if step.address.kind == "container"]
    assert ends.count(("StartContainer", "other")) == ends.count(("ConnectNetwork", "other")) == 1


def test_a_network_of_another_name_does_not_stand_in_the_way(up):
    world = up(web={})
    world.top("networks", default={"name": "elsewhere"})
    assert lines(world.up()) == [
        "[] -> #1 network:default, CreateNetwork, renamed [network:default]",
        "[1] -> #2 service:web:1, CreateContainer, renamed [recreate:web:1]",
        "[2] -> #3 service:web:1, StopContainer, renamed [recreate:web:1]",
        "[2,3] -> #4 service:web:1, StartContainer, renamed [recreate:web:1]",
        "[3,4] -> #5 service:web:1, RemoveContainer, renamed [recreate:web:1]",
        "[5] -> #6 service:web:1, RenameContainer, renamed [recreate:web:1]",
        "[5] -> #7 network:default, RemoveNetwork, renamed",
    ]


def test_a_further_network_of_another_name_is_joined_without_recreation(up):
    world = up(web={"networks": {"default": None, "later": None}})
    world.top("networks", default={"name": "shop_default"}, later={"name": "elsewhere"})
    kinds = [type(step.operation).__name__ for step in world.up().steps]
    assert "CreateContainer" not in kinds
    assert kinds.count("ConnectNetwork") == kinds.count("DisconnectNetwork") == kinds.count("StartContainer") == 1


def test_who_is_not_selected_stays_on_the_network_that_has_another_name_now(up):
    world = up(web={}, other={})
    world.top("networks", default={"name": "elsewhere"})
    assert {step.address.key for step in world.up(services=("web",)).steps} == {"web", "default"}


def test_a_network_without_a_recorded_hash_is_reused(up):
    world = redriven(up(web={}))
    world.network_states = [replace(one, config_hash="") for one in world.network_states]
    assert world.up().steps == ()


@pytest.mark.parametrize(
    ("owner", "words"),
    [("", "exists but was not created by compose."), ("other", 'exists but was not created for project "shop".')],
)
def test_someone_elses_network_is_used_as_it_is_with_a_warning(up, owner, words):
    world = redriven(up(web={}))
    world.network_states = [replace(one, project=owner, key="") for one in world.network_states]
    plan = world.up()
    assert plan.steps == ()
    assert plan.warnings[0].summary == f"a network with name shop_default {words}"
    assert plan.warnings[0].code == "network-unmanaged"
    assert "external: true" in plan.warnings[0].hint


def test_a_second_network_for_one_key_is_left_alone(up):
    world = up(web={})
    world.network_states.append(NetworkState(id="second", name="another", key="default", project="shop"))
    plan = world.up()
    assert plan.steps == ()
    assert codes(plan) == ["network-duplicate"]
    assert "another" in plan.warnings[0].summary


def external(new, *states):
    world = new(web={"networks": {"shared": None}})
    world.top("networks", shared={"name": "company", "external": True})
    world.network_states += states
    return world


def test_an_external_network_is_only_used(new):
    plan = external(new, NetworkState(id="x", name="company")).up()
    assert [type(step.operation).__name__ for step in plan.steps] == ["CreateContainer", "StartContainer"]


def test_an_external_network_may_be_named_by_its_id(new):
    assert external(new, NetworkState(id="company", name="named")).up().steps


def test_a_missing_external_network_is_refused_with_its_place(new):
    with pytest.raises(ComposeError, match="network company declared as external, but could not be found") as caught:
        external(new).up()
    assert caught.value.diagnostics[0].span is not None


def test_a_swarm_may_know_a_network_that_this_engine_does_not_show(new):
    world = external(new)
    world.facts = replace(world.facts, swarm=True)
    assert world.up().steps


def test_two_external_networks_of_one_name_are_refused(new):
    world = external(new, NetworkState(id="x", name="company"), NetworkState(id="y", name="company"))
    with pytest.raises(ComposeError, match='multiple networks with name "company" were found'):
        world.up()


def test_all_missing_networks_are_told_at_once(new):
    world = external(new)
    world.top("networks", more={"name": "more", "external": True})
    with pytest.raises(ComposeError) as caught:
        world.up()
    assert len(caught.value.diagnostics) == 2


def test_podman_names_the_network_where_docker_has_its_id(up):
    world = up(web={})
    world.containers = [replace(one, networks=dict.fromkeys(one.networks, "shop_default")) for one in world.containers]
    assert world.up().steps == ()
