from __future__ import annotations

from msgspec.structs import replace


def lines(plan):
    return str(plan).splitlines()


def test_first_up_creates_everything_and_only_starts_wait(new):
    world = new(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={})
    assert lines(world.up()) == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[1] -> #2 service:db:1, CreateContainer, absent",
        "[1] -> #3 service:web:1, CreateContainer, absent",
        "[2] -> #4 service:db:1, StartContainer, absent",
        "[4] -> #5 service:db, WaitCondition, dependency",
        "[3,5] -> #6 service:web:1, StartContainer, absent",
    ]


def test_nothing_to_do_when_everything_is_there(up):
    world = up(web={"depends_on": {"db": {}}}, db={"scale": 2})
    plan = world.up()
    assert plan.steps == ()
    assert [one.resource for one in plan.unchanged] == ["Container shop-db-1", "Container shop-db-2", "Container shop-web-1"]


def test_a_healthy_dependency_needs_no_wait_but_another_one_does(up):
    world = up(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={})
    assert lines(world.up()) == ["[] -> #1 service:db, WaitCondition, dependency"]
    world.containers = [replace(one, health="healthy") for one in world.containers]
    assert lines(world.up()) == []


def test_the_order_of_a_replacement_keeps_the_old_container_until_the_new_one_has_started(up):
    world = up(web={})
    world.service("web", command=["sleep", "9"])
    plan = world.up()
    assert lines(plan) == [
        "[] -> #1 service:web:1, CreateContainer, config-changed [recreate:web:1]",
        "[1] -> #2 service:web:1, StopContainer, config-changed [recreate:web:1]",
        "[1,2] -> #3 service:web:1, StartContainer, config-changed [recreate:web:1]",
        "[2,3] -> #4 service:web:1, RemoveContainer, config-changed [recreate:web:1]",
        "[4] -> #5 service:web:1, RenameContainer, config-changed [recreate:web:1]",
    ]
