from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.plan.operation import RemoveContainer, StartContainer, StopContainer
from compose.state.observed import ImageState


def outdated(world, *names):
    world.containers = [replace(one, config_hash="old") if one.service in names else one for one in world.containers]
    return world


def lines(plan):
    return str(plan).splitlines()


def test_the_old_container_stays_until_the_new_one_has_started(up):
    plan = outdated(up(web={}), "web").up()
    assert lines(plan) == [
        "[] -> #1 service:web:1, CreateContainer, config-changed [recreate:web:1]",
        "[1] -> #2 service:web:1, StopContainer, config-changed [recreate:web:1]",
        "[1,2] -> #3 service:web:1, StartContainer, config-changed [recreate:web:1]",
        "[2,3] -> #4 service:web:1, RemoveContainer, config-changed [recreate:web:1]",
        "[4] -> #5 service:web:1, RenameContainer, config-changed [recreate:web:1]",
    ]


def test_names_and_labels_end_as_the_peers(up):
    world = outdated(up(web={}), "web")
    create, _, _, _, rename = [step.operation for step in world.up().steps]
    assert create.temporary_name == f"{world.containers[0].id[:12]}_shop-web-1"
    assert create.target.name == rename.name == "shop-web-1"
    assert create.target.id == rename.container.id == ""
    assert create.body["Labels"]["com.docker.compose.replace"] == "web-1"
    assert create.body["Labels"]["com.docker.compose.container-number"] == "1"


def test_the_replace_label_is_a_fixed_name_where_there_is_one(up):
    create = outdated(up(web={"container_name": "mine"}), "web").up().steps[0].operation
    assert create.body["Labels"]["com.docker.compose.replace"] == "mine"
    assert create.target.name == "mine"


def test_a_failure_before_the_start_puts_the_old_container_back(up):
    world = outdated(up(web={}), "web")
    create, stop, start, remove, rename = world.up().steps
    old = stop.operation.container
    assert create.undo == (RemoveContainer(container=create.operation.target, volumes=True),)
    assert stop.undo == (StartContainer(container=old),)
    assert start.commit
    assert (start.undo, remove.undo, rename.undo) == ((), (), ())


def test_a_container_that_does_not_run_is_not_stopped(up):
    world = outdated(up(web={}), "web")
    world.containers = [replace(one, state="exited") for one in world.containers]
    assert "StopContainer" not in str(world.up())


def test_the_old_container_runs_on_until_its_dependencies_are_ready(up):
    world = outdated(up(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={}), "web", "db")
    plan = world.up()
    stop = next(step for step in plan.steps if step.address.key == "web" and isinstance(step.operation, StopContainer))
    wait = next(step for step in plan.steps if type(step.operation).__name__ == "WaitCondition")
    assert wait.id in stop.after


def test_who_wants_a_restart_is_stopped_before_and_started_after(up):
    edge = {"condition": "service_healthy", "restart": True}
    world = outdated(up(web={"depends_on": {"db": edge}}, db={}, other={"depends_on": {"db": {}}}), "db")
    plan = world.up()
    assert lines(plan) == [
        "[] -> #1 service:db:1, CreateContainer, config-changed [recreate:db:1]",
        "[] -> #2 service:web:1, StopContainer, dependency-recreated [restart:web:1]",
        "[1,2] -> #3 service:db:1, StopContainer, config-changed [recreate:db:1]",
        "[1,2,3] -> #4 service:db:1, StartContainer, config-changed [recreate:db:1]",
        "[3,4] -> #5 service:db:1, RemoveContainer, config-changed [recreate:db:1]",
        "[5] -> #6 service:db:1, RenameContainer, config-changed [recreate:db:1]",
        "[4] -> #7 service:db, WaitCondition, dependency",
        "[2,7] -> #8 service:web:1, StartContainer, dependency-recreated [restart:web:1]",
    ]
    assert plan.steps[1].undo == (StartContainer(container=plan.steps[1].operation.container),)
    assert plan.steps[1].reason.text == "it depends on `db` with `restart: true`, whose container is replaced"


def test_a_restarted_dependant_that_is_replaced_as_well_stops_first(up):
    edge = {"restart": True}
    plan = outdated(up(web={"depends_on": {"db": edge}}, db={}), "db", "web").up()
    stops = [(step.id, step.address.key, step.after) for step in plan.steps if isinstance(step.operation, StopContainer)]
    assert [(key, after) for _, key, after in stops] == [("web", ("2",)), ("db", ("1", stops[0][0]))]


def test_nothing_running_is_touched_before_every_image_is_there(up):
    world = outdated(up(web={}, db={}), "web")
    world.service("db", image="redis")
    plan = world.up()
    assert lines(plan)[0] == "[] -> #1 image:redis, PullImage, image-absent"
    below: dict[str, set[str]] = {}
    for step in plan.steps:
        below[step.id] = {one for other in step.after for one in (other, *below[other])}
    assert all("1" in below[step.id] for step in plan.steps[1:])


def test_stopping_takes_the_timeout_that_was_asked_for(up):
    stops = [
        step.operation for step in outdated(up(web={}), "web").up(timeout=3).steps if isinstance(step.operation, StopContainer)
    ]
    assert [stop.timeout for stop in stops] == [3]


VOLUME = {"Type": "volume", "Name": "deadbeef", "Destination": "/data", "RW": True}
IMAGE = ImageState(reference="busybox", id="sha256:box", identity="sha256:box", config={"Volumes": {"/data": {}}})


def mounts_of(plan):
    return plan.steps[0].operation.body["HostConfig"].get("Mounts", [])


def with_mounts(world, *mounts):
    world.containers = [replace(one, mounts=mounts) for one in world.containers]
    return world


def test_volumes_that_the_image_declares_are_inherited(up):
    world = with_mounts(outdated(up(web={}), "web"), VOLUME, {**VOLUME, "Destination": "/undeclared"})
    world.images["busybox"] = IMAGE
    assert mounts_of(world.up()) == [{"Type": "volume", "Source": "deadbeef", "Target": "/data"}]


def test_anonymous_volumes_of_the_file_are_inherited(up):
    world = up(web={"volumes": [{"type": "volume", "target": "/data"}]})
    with_mounts(outdated(world, "web"), {**VOLUME, "RW": False})
    assert mounts_of(world.up()) == [{"Type": "volume", "Source": "deadbeef", "Target": "/data", "ReadOnly": True}]


def test_new_anonymous_volumes_on_request(up):
    world = with_mounts(outdated(up(web={}), "web"), VOLUME)
    world.images["busybox"] = IMAGE
    assert mounts_of(world.up(renew_anon_volumes=True)) == []


def test_what_the_service_mounts_itself_is_not_inherited(up):
    world = up(web={"volumes": [{"type": "bind", "source": "/host", "target": "/data"}]})
    with_mounts(outdated(world, "web"), VOLUME)
    world.images["busybox"] = IMAGE
    assert mounts_of(world.up()) == []


def test_temporary_file_systems_are_not_inherited(up):
    world = with_mounts(outdated(up(web={}), "web"), {**VOLUME, "Type": "tmpfs"})
    world.images["busybox"] = IMAGE
    assert mounts_of(world.up()) == []


@pytest.mark.parametrize("number", [1, 2])
def test_every_replica_is_replaced_on_its_own(up, number):
    plan = outdated(up(web={"scale": 2}), "web").up()
    own = [type(step.operation).__name__ for step in plan.steps if step.group == f"recreate:web:{number}"]
    assert own == ["CreateContainer", "StopContainer", "StartContainer", "RemoveContainer", "RenameContainer"]
