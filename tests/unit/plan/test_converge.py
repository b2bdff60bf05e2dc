from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.plan.options import UpOptions
from compose.plan.rules import policy_of
from compose.state.observed import ImageState


def reasons(plan):
    return {str(step.address): step.reason.code for step in plan.steps}


def changed(world, **fields):
    world.containers = [replace(one, **fields) for one in world.containers]
    return world


def kinds(plan):
    return [type(step.operation).__name__ for step in plan.steps]


@pytest.mark.parametrize(
    ("options", "service", "policy"),
    [
        ({}, "web", "diverged"),
        ({"force_recreate": True}, "web", "force"),
        ({"renew_anon_volumes": True}, "web", "force"),
        ({"no_recreate": True}, "web", "never"),
        ({"services": ("web",), "force_recreate": True}, "web", "force"),
        ({"services": ("web",), "force_recreate": True}, "db", "diverged"),
        ({"services": ("web",), "always_recreate_deps": True}, "db", "force"),
        ({"services": ("web",), "always_recreate_deps": True}, "web", "diverged"),
        ({"services": ("web",), "no_recreate": True}, "db", "never"),
    ],
)
def test_policies(options, service, policy):
    assert policy_of(UpOptions(**options), service) == policy


def test_a_changed_configuration_recreates(up):
    world = up(web={})
    world.service("web", environment={"DEBUG": "1"})
    assert reasons(world.up()) == {"container:web:1": "config-changed"}


def test_no_recreate_keeps_what_is_outdated(up):
    world = up(web={})
    world.service("web", environment={"DEBUG": "1"})
    assert world.up(no_recreate=True).steps == ()


@pytest.mark.parametrize(
    ("options", "flag"),
    [
        ({"force_recreate": True}, "--force-recreate"),
        ({"renew_anon_volumes": True}, "--renew-anon-volumes"),
    ],
)
def test_a_forced_recreation_names_the_flag(up, options, flag):
    reason = up(web={}).up(**options).steps[0].reason
    assert (reason.code, reason.text) == ("forced", f"`{flag}` asks for it")


def test_dependencies_are_forced_by_their_own_flag(up):
    world = up(web={"depends_on": {"db": {}}}, db={})
    plan = world.up(services=("web",), always_recreate_deps=True)
    assert {step.address.key for step in plan.steps} == {"db"}
    assert plan.steps[0].reason.text == "`--always-recreate-deps` asks for it"


def test_what_does_not_matter_to_a_running_container_recreates_nothing(up):
    world = up(web={"depends_on": {"db": {}}}, db={})
    world.service("web", depends_on={}, profiles=["x"], pull_policy="always", labels={}, image="busybox", scale=1)
    world.images["busybox"] = replace(world.images["busybox"])
    assert world.up(images_ready=True).steps == ()


def test_another_image_recreates(up):
    world = up(web={})
    world.images["busybox"] = ImageState(reference="busybox", id="sha256:new", identity="sha256:manifest")
    assert reasons(world.up()) == {"container:web:1": "image-changed"}


@pytest.mark.parametrize(
    ("label", "image_id"),
    [
        ("sha256:manifest", "sha256:index"),
        ("sha256:index", ""),
        ("sha256:from-another-tool", "sha256:index"),
        (None, "sha256:index"),
        (None, ""),
    ],
)
def test_the_same_image_by_any_name_it_goes_by(up, label, image_id):
    world = up(web={})
    world.images["busybox"] = ImageState(reference="busybox", id="sha256:index", identity="sha256:manifest")
    own = {key: value for key, value in world.containers[0].labels.items() if key != labels.IMAGE}
    changed(world, image_id=image_id, labels=own if label is None else {**own, labels.IMAGE: label})
    assert world.up().steps == ()


def test_an_image_that_was_not_looked_up_says_nothing(up):
    world = up(web={})
    world.images.clear()
    assert world.up(images_ready=True).steps == ()


def test_another_image_behind_a_mount_recreates(up):
    world = up(web={"volumes": [{"type": "image", "source": "tools", "target": "/tools"}]})
    world.images["tools"] = ImageState(reference="tools", id="sha256:new", identity="sha256:new")
    own = world.containers[0].labels
    assert world.up().steps == ()
    changed(world, labels={**own, labels.IMAGE_VOLUME_DIGEST: "/tools=sha256:new"})
    assert world.up().steps == ()
    changed(world, labels={**own, labels.IMAGE_VOLUME_DIGEST: "/tools=sha256:old"})
    assert reasons(world.up()) == {"container:web:1": "image-volume-changed"}


def test_a_running_container_off_its_network_is_recreated(up):
    world = changed(up(web={}), networks={"shop_default": "another-id"})
    assert reasons(world.up()) == {"container:web:1": "network-detached"}


def test_a_stopped_container_off_its_network_joins_it_again(up):
    world = changed(up(web={}), networks={}, state="exited")
    assert str(world.up()).splitlines() == [
        "[] -> #1 service:web:1, ConnectNetwork, network-detached",
        "[1] -> #2 service:web:1, StartContainer, not-running",
    ]


def test_podman_does_not_list_networks_of_stopped_containers(up):
    world = changed(up(web={}), networks={}, state="exited")
    world.facts = replace(world.facts, name="podman")
    assert kinds(world.up()) == ["StartContainer"]


def test_a_stopped_container_on_a_network_that_is_gone_is_recreated(up):
    world = changed(up(web={}), networks={"shop_default": "gone"}, state="exited")
    assert reasons(world.up()) == {"container:web:1": "network-detached"}


def test_a_stopped_container_whose_network_was_removed_is_recreated(up):
    world = changed(up(web={}), state="exited")
    world.network_states.clear()
    plan = world.up()
    assert reasons(plan) == {"network:default": "absent", "container:web:1": "network-detached"}


def test_a_stopped_container_starts_after_its_network_is_there(up):
    world = changed(up(web={}), state="created", networks={"shop_default": ""})
    world.network_states.clear()
    assert str(world.up()).splitlines() == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[1] -> #2 service:web:1, StartContainer, not-running",
    ]


def test_a_container_without_its_volume_is_recreated(up):
    world = up(web={"volumes": [{"type": "volume", "source": "data", "target": "/data"}]})
    world.top("volumes", data={"name": "shop_data"})
    world.volume("data")
    changed(world, mounts=())
    assert reasons(world.up()) == {"container:web:1": "volume-not-mounted"}


def test_a_dead_container_is_replaced(up):
    world = changed(up(web={}), state="dead")
    assert reasons(world.up()) == {"container:web:1": "dead"}


def test_who_shares_a_namespace_follows_a_recreation(up):
    world = up(
        db={}, web={"network_mode": "service:db", "depends_on": {"db": {"restart": True}}}, other={"depends_on": {"db": {}}}
    )
    world.service("db", command=["x"])
    plan = world.up()
    assert reasons(plan) == {"container:db:1": "config-changed", "container:web:1": "dependency-recreated"}
    text = next(step.reason.text for step in plan.steps if step.address.key == "web")
    assert text == "it shares the network namespace of `db`, whose container is made anew"


def test_who_shares_with_a_replica_that_stays_stays(up):
    world = up(db={"scale": 2}, web={"network_mode": "service:db", "depends_on": {"db": {"restart": True}}})
    world.containers = [replace(one, state="dead") if one.name == "shop-db-2" else one for one in world.containers]
    assert {step.address.key for step in world.up().steps} == {"db", "web"}
    assert not [step for step in world.up().steps if step.address.key == "web" and "Create" in type(step.operation).__name__]


def test_missing_replicas_get_the_next_numbers(up):
    world = up(web={})
    world.containers = [replace(one, number=3, name="shop-web-3") for one in world.containers]
    names = [step.operation.target.name for step in world.up(scale={"web": 3}).steps if "Create" in type(step.operation).__name__]
    assert names == ["shop-web-4", "shop-web-5"]
    assert reasons(world.up(scale={"web": 3})) == {"container:web:4": "scaled-up", "container:web:5": "scaled-up"}


def test_the_highest_numbers_go_first(up):
    world = up(web={"scale": 3})
    plan = world.up(scale={"web": 1})
    assert str(plan).splitlines() == [
        "[] -> #1 service:web:2, StopContainer, scaled-down",
        "[1] -> #2 service:web:2, RemoveContainer, scaled-down",
        "[] -> #3 service:web:3, StopContainer, scaled-down",
        "[3] -> #4 service:web:3, RemoveContainer, scaled-down",
    ]


def test_outdated_replicas_go_before_the_others(up):
    world = up(web={"scale": 4})
    world.containers = [replace(one, config_hash="old") if one.number in {1, 2} else one for one in world.containers]
    plan = world.up(scale={"web": 2})
    assert reasons(plan) == {"container:web:1": "scaled-down", "container:web:2": "scaled-down"}


def test_no_replicas_remove_everything(up):
    world = up(web={"scale": 2})
    assert kinds(world.up(scale={"web": 0})) == ["StopContainer", "RemoveContainer"] * 2


def test_one_offs_and_hook_containers_are_no_replicas(up):
    world = up(web={})
    one = world.containers[0]
    world.containers.append(replace(one, id="oneoff", name="shop-web-run-1", number=0, oneoff=True))
    world.containers.append(replace(one, id="hook", name="hopeful", number=0, labels={labels.HOOK: "pre_start"}))
    assert world.up().steps == ()


def unfinished(world, **new):
    """Leave a replacement half done: the old container under its name, the new one under a temporary one."""
    old = replace(world.containers[0], id="a" * 64, config_hash="old")
    temporary = replace(world.containers[0], id="b" * 64, name=f"{'a' * 12}_shop-web-1", state="created")
    world.containers = [old, replace(temporary, **new)]
    return world


def test_an_interrupted_replacement_is_finished(up):
    assert str(unfinished(up(web={})).up()).splitlines() == [
        "[] -> #1 service:web:1, StopContainer, unfinished [recreate:web:1]",
        "[1] -> #2 service:web:1, StartContainer, unfinished [recreate:web:1]",
        "[1,2] -> #3 service:web:1, RemoveContainer, unfinished [recreate:web:1]",
        "[3] -> #4 service:web:1, RenameContainer, unfinished [recreate:web:1]",
    ]


def test_an_interrupted_replacement_whose_new_container_runs_only_loses_the_old_one(up):
    world = unfinished(up(web={}), state="running")
    world.containers[0] = replace(world.containers[0], state="exited")
    assert kinds(world.up()) == ["RemoveContainer", "RenameContainer"]


def test_a_container_left_with_a_temporary_name_gets_its_own(up):
    world = changed(up(web={}), name="0123456789ab_shop-web-1")
    assert str(world.up()) == "[] -> #1 service:web:1, RenameContainer, unfinished"


def test_a_new_container_that_is_outdated_again_goes_and_the_old_one_is_replaced(up):
    world = unfinished(up(web={}), config_hash="old too")
    plan = world.up()
    assert [str(step).split(" ", 2)[2] for step in plan.steps[:3]] == [
        "#1 service:web:1, RemoveContainer, superseded",
        "#2 service:web:1, CreateContainer, config-changed [recreate:web:1]",
        "#3 service:web:1, StopContainer, config-changed [recreate:web:1]",
    ]
    assert plan.steps[0].operation.container.id == "b" * 64
    assert plan.steps[1].after == ("1",)


def test_of_two_with_one_number_the_running_one_stays(up):
    world = up(web={})
    twin = replace(world.containers[0], id="twin", name="0123456789ab_shop-web-1", state="created")
    world.containers.append(twin)
    plan = world.up()
    assert str(plan) == "[] -> #1 service:web:1, RemoveContainer, superseded"
    assert plan.steps[0].operation.container.id == "twin"


def test_containers_without_a_number_get_the_lowest_free_ones(up):
    world = up(web={"scale": 2})
    world.containers = [replace(one, number=0, config_hash="old") if one.number == 1 else one for one in world.containers]
    created = [step.operation.target for step in world.up().steps if type(step.operation).__name__ == "CreateContainer"]
    assert [(target.number, target.name) for target in created] == [(1, "shop-web-1")]
