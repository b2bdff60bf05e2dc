from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import ComposeError
from compose.plan.options import DownOptions
from compose.plan.teardown import plan_down
from compose.state.observed import ImageState, VolumeState


def down(world, *, named=False, **options):
    """Plan `down` with the files, or by name alone."""
    return plan_down(world.observed, DownOptions(**options), None if named else world.project)


def lines(plan):
    return str(plan).splitlines()


@pytest.mark.parametrize("named", [False, True])
def test_dependants_stop_first_and_everything_goes(up, named):
    world = up(web={"depends_on": {"db": {}}}, db={})
    assert lines(down(world, named=named)) == [
        "[] -> #1 service:web:1, StopContainer, down",
        "[1] -> #2 service:web:1, RemoveContainer, down",
        "[1] -> #3 service:db:1, StopContainer, down",
        "[3] -> #4 service:db:1, RemoveContainer, down",
        "[2,4] -> #5 network:default, RemoveNetwork, down",
    ]


def test_order_holds_across_a_service_that_does_not_run(up):
    world = up(a={"depends_on": {"b": {}}}, b={"depends_on": {"c": {}}}, c={})
    world.containers = [replace(one, state="exited") if one.service == "b" else one for one in world.containers]
    stops = [line for line in lines(down(world)) if "Stop" in line]
    assert stops == ["[] -> #1 service:a:1, StopContainer, down", "[1] -> #4 service:c:1, StopContainer, down"]


def test_containers_that_do_not_run_are_only_removed(up):
    world = up(web={})
    world.containers = [replace(one, state="exited") for one in world.containers]
    assert lines(down(world))[0] == "[] -> #1 service:web:1, RemoveContainer, down"


def test_options_reach_the_operations(up):
    stop, remove, *_ = [step.operation for step in down(up(web={}), timeout=0, volumes=True).steps]
    assert stop.timeout == 0
    assert remove.volumes


def test_named_services_take_their_dependants_along(up):
    world = up(web={"depends_on": {"db": {}}}, db={}, other={})
    keys = {step.address.key for step in down(world, services=("db",)).steps}
    assert keys == {"web", "db", "default"}


def test_an_unknown_service_is_an_error_only_with_files(up):
    with pytest.raises(ComposeError, match="no such service: nope"):
        down(up(web={}), services=("nope",))
    plan = down(up(web={}), named=True, services=("nope",))
    assert plan.steps == ()
    assert plan.warnings[0].code == "nothing-to-remove"


def test_nothing_at_all_is_said(new):
    plan = down(new(web={}))
    assert plan.steps == ()
    assert plan.warnings[0].summary == 'Warning: No resource found to remove for project "shop".'


def test_pre_stop_hooks_run_before_the_stop(up):
    world = up(web={"pre_stop": [{"command": ["a"]}, {"command": ["b"]}]})
    assert lines(down(world))[:3] == [
        "[] -> #1 service:web:1, RunHook, hook",
        "[1] -> #2 service:web:1, RunHook, hook",
        "[2] -> #3 service:web:1, StopContainer, down",
    ]


def test_external_networks_and_those_the_files_do_not_know_stay(up):
    world = up(web={"networks": {"default": None, "shared": None}})
    world.top("networks", shared={"name": "shop_shared", "external": True})
    world.network_states.append(replace(world.network_states[0], id="x", name="shop_old", key="old"))
    assert [step.address.key for step in down(world).steps if step.address.kind == "network"] == ["default"]
    keys = {step.address.key for step in down(world, named=True).steps if step.address.kind == "network"}
    assert keys == {"default", "shared", "old"}


def test_volumes_only_on_request_and_never_those_of_others(up):
    world = up(web={"volumes": [{"type": "volume", "source": "data", "target": "/data"}]})
    world.top("volumes", data={"name": "shop_data"}, theirs={"name": "theirs"}, loose={"name": "loose"})
    world.top("volumes", outside={"name": "outside", "external": True})
    world.volume("data")
    world.volume_states += [
        VolumeState(name="theirs", project="other"),
        VolumeState(name="loose"),
        VolumeState(name="outside"),
    ]
    world.containers = [replace(one, mounts=({"Name": "shop_data"},)) for one in world.containers]
    assert "RemoveVolume" not in str(down(world))
    removals = [step for step in down(world, volumes=True).steps if step.address.kind == "volume"]
    assert [step.resource for step in removals] == ["Volume shop_data", "Volume loose"]
    assert removals[0].after == ("2",)
    assert all(step.operation.tolerant for step in removals)


def test_images_by_label_or_default_name_or_all(up):
    world = up(web={"image": "redis"}, app={"build": {"context": "/shop"}})
    own = {"Labels": {labels.PROJECT: "shop", labels.SERVICE: "web"}}
    world.images = {
        "redis": ImageState(reference="redis", id="1"),
        "shop-app": ImageState(reference="shop-app", id="2"),
        "mine": ImageState(reference="mine", id="3", config=own),
        "unrelated": ImageState(reference="unrelated", id="4"),
    }
    found = {
        rmi: [step.operation.reference for step in down(world, rmi=rmi).steps if step.address.kind == "image"]
        for rmi in ("", "local", "all")
    }
    assert found == {"": [], "local": ["mine", "shop-app"], "all": ["mine", "redis", "shop-app"]}


def one_off(world, **fields):
    base = replace(world.containers[0], id="oneoff", name="shop-web-run-1", number=0, oneoff=True)
    world.containers.append(replace(base, **fields))
    return world


def test_running_one_offs_go_only_with_orphans(up):
    assert "orphan" not in str(down(one_off(up(web={}))))
    assert "orphan:shop-web-run-1, StopContainer, down" in str(down(one_off(up(web={})), remove_orphans=True))


def test_orphans_go_on_request_but_not_those_of_another_directory(up):
    world = up(web={}, gone={})
    world.data["services"].pop("gone")
    world.service("web")
    assert "gone" not in str(down(world))
    assert "service:gone:1, RemoveContainer, orphan" in str(down(world, remove_orphans=True))
    foreign = {**world.containers[1].labels, labels.WORKING_DIR: "/elsewhere"}
    world.containers[1] = replace(world.containers[1], labels=foreign)
    plan = down(world, remove_orphans=True)
    assert "gone" not in str(plan)
    assert [one.code for one in plan.warnings] == ["foreign-orphans"]


def test_what_hooks_left_behind_goes(up):
    world = up(web={})
    world.hooks.append(
        replace(world.containers[0], id="hook", name="hopeful", number=0, state="exited", labels={labels.HOOK: "pre_start"})
    )
    assert "orphan:hopeful, RemoveContainer, hook-leftover" in str(down(world))


def test_providers_are_told(new):
    world = new(cloud={"provider": {"type": "model"}})
    (step,) = down(world).steps
    assert (step.operation.action, step.resource) == ("down", "cloud")


def test_labels_that_contradict_each_other_do_not_stop_us(up):
    world = up(a={"depends_on": {"b": {}}}, b={})
    both = {**world.containers[1].labels, labels.DEPENDS_ON: "a:service_started:false"}
    world.containers[1] = replace(world.containers[1], labels=both)
    removed = [step.address.key for step in down(world, named=True).steps if "RemoveContainer" in str(step)]
    assert sorted(removed) == ["a", "b"]
