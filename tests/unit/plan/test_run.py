from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.plan.options import UpOptions
from compose.plan.run import plan_run


def run(world, service, **options):
    return plan_run(world.project, world.observed, service, UpOptions(**options))


def lines(plan):
    return str(plan).splitlines()


def test_what_a_one_off_depends_on_comes_up_and_is_waited_for(new):
    world = new(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={}, other={})
    plan = run(world, "web")
    assert lines(plan) == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[1] -> #2 service:db:1, CreateContainer, absent",
        "[2] -> #3 service:db:1, StartContainer, absent",
        "[3] -> #4 service:db, WaitCondition, dependency",
    ]
    assert plan.command == "run"
    assert plan.steps[3].operation.dependant == "web"


def test_the_services_own_containers_are_left_alone(up):
    world = up(web={"scale": 2})
    world.service("web", command=["changed"])
    plan = run(world, "web")
    assert (plan.steps, plan.warnings) == ((), ())


def test_only_the_image_without_dependencies(new):
    world = new(web={"image": "redis", "depends_on": {"db": {}}}, db={})
    world.network()
    assert lines(run(world, "web", no_deps=True)) == ["[] -> #1 image:redis, PullImage, image-absent"]


def test_unknown_and_disabled_services_are_refused(new):
    world = new(web={}, off={})
    world.data["disabled"] = {"off": world.data["services"].pop("off")}
    world.service("web")
    with pytest.raises(ComposeError, match="no such service: nope: not found"):
        run(world, "nope")
    with pytest.raises(ComposeError, match="no such service: off: disabled"):
        run(world, "off")
