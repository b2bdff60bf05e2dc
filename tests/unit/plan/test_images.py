from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.payload.surroundings import Surroundings
from compose.plan.draft import Draft
from compose.plan.images import draft_images, plan_images, references
from compose.plan.options import UpOptions
from compose.plan.situation import Situation
from compose.state.observed import ImageState

DAY = 24 * 3600.0


def images(world, **options):
    return str(plan_images(world.project, world.observed, UpOptions(**options))).splitlines()


def world_of(new, **service):
    """A world without any local image."""
    world = new(web=service)
    world.images = {}
    return world


PULL = "[] -> #1 image:redis, PullImage, "


@pytest.mark.parametrize(
    ("policy", "is_local", "expected"),
    [
        ("", False, "image-absent"),
        ("missing", False, "image-absent"),
        ("if_not_present", False, "image-absent"),
        ("whatever", False, "image-absent"),
        ("missing", True, None),
        ("always", True, "pull-always"),
        ("always", False, "pull-always"),
        ("never", False, None),
        ("daily", False, "image-absent"),
    ],
)
def test_pull_policies(new, policy, is_local, expected):
    world = world_of(new, image="redis", pull_policy=policy)
    if is_local:
        world.images["redis"] = ImageState(reference="redis", id="x")
    assert images(world) == ([PULL + expected] if expected else [])


@pytest.mark.parametrize(
    ("policy", "age", "pulls"),
    [
        ("daily", DAY - 1, False),
        ("daily", DAY, True),
        ("weekly", 6 * DAY, False),
        ("weekly", 7 * DAY, True),
        ("every_2h", 7199.0, False),
        ("every_2h", 7200.0, True),
    ],
)
def test_policies_by_time(new, policy, age, pulls):
    world = world_of(new, image="redis", pull_policy=policy)
    world.images["redis"] = ImageState(reference="redis", id="x", last_tagged=1000.0)
    assert images(world, now=1000.0 + age) == ([PULL + "pull-due"] if pulls else [])


def test_an_image_of_unknown_age_is_due(new):
    world = world_of(new, image="redis", pull_policy="daily")
    world.images["redis"] = ImageState(reference="redis", id="x")
    assert images(world) == [PULL + "pull-due"]


def test_the_command_line_overrides_the_policy_of_services_with_an_image(new):
    world = world_of(new, image="redis", pull_policy="never")
    assert images(world, pull="always") == [PULL + "pull-always"]
    assert images(world, pull="policy") == []


def test_one_image_is_pulled_once_for_all(new):
    world = new(web={"image": "redis"}, db={"image": "redis"})
    (step,) = plan_images(world.project, world.observed, UpOptions()).steps
    assert step.operation.services == ("db", "web")


def test_one_image_is_pulled_once_however_it_is_written(new):
    world = new(
        a={"image": "redis"},
        b={"image": "redis:latest"},
        c={"image": "library/redis", "platform": "linux/x86_64"},
        d={"image": "redis:latest", "platform": "linux/amd64"},
        e={"image": "redis:7"},
    )
    pulls = [step.operation for step in plan_images(world.project, world.observed, UpOptions()).steps]
    assert [(one.reference, one.platform, one.services) for one in pulls] == [
        ("redis", "", ("a", "b")),
        ("library/redis", "linux/x86_64", ("c", "d")),
        ("redis:7", "", ("e",)),
    ]


def test_a_failing_pull_is_tolerated_where_an_image_of_that_name_is_built_however_it_is_written(new):
    world = new(a={"image": "redis"}, b={"image": "library/redis:latest", **BUILD})
    pull, build = plan_images(world.project, world.observed, UpOptions()).steps
    assert pull.operation.tolerant
    assert build.after == (pull.id,)
    assert build.operation.if_absent == "library/redis:latest"


def test_a_pull_may_change_an_image_under_all_its_names(new):
    world = new(a={"image": "redis", "pull_policy": "always"}, b={"image": "redis:latest"})
    world.images["redis:latest"] = ImageState(reference="redis:latest", id="x")
    situation = Situation(world.project, world.observed, UpOptions(), Surroundings())
    assert draft_images(situation, Draft()) == {"redis", "redis:latest"}


def test_a_pull_is_quiet_when_asked(new):
    world = world_of(new, image="redis")
    for quiet in (True, False):
        (step,) = plan_images(world.project, world.observed, UpOptions(quiet_pull=quiet)).steps
        assert step.operation.quiet is quiet


def test_one_image_for_two_platforms_is_pulled_twice(new):
    world = new(web={"image": "redis", "platform": "linux/arm64"}, db={"image": "redis"})
    plan = world.up()
    assert [step.operation.platform for step in plan.steps[:2]] == ["", "linux/arm64"]
    assert plan.steps[2].after == ("1", "2")


BUILD = {"build": {"context": "/shop"}}


def test_an_absent_image_without_a_name_is_built(new):
    assert images(world_of(new, **BUILD)) == ["[] -> #1 image:shop-web, BuildImage, image-absent"]


def test_an_absent_image_with_a_name_is_pulled_and_built_if_that_fails(new):
    world = world_of(new, image="redis", **BUILD)
    pull, build = plan_images(world.project, world.observed, UpOptions()).steps
    assert pull.operation.tolerant
    assert str(build) == "[1] -> #2 image:redis, BuildImage, image-absent"
    assert build.operation.if_absent == "redis"
    assert build.operation.tags[0] == "redis"


def test_a_pull_policy_may_ask_to_build(new):
    world = world_of(new, pull_policy="build", **BUILD)
    world.images["shop-web"] = ImageState(reference="shop-web", id="x")
    assert images(world) == ["[] -> #1 image:shop-web, BuildImage, build-asked"]


def test_build_and_no_build(new):
    world = world_of(new, image="redis", **BUILD)
    assert images(world, build=True) == ["[] -> #1 image:redis, BuildImage, build-asked"]
    assert images(world, no_build=True) == ["[] -> #1 image:redis, PullImage, image-absent"]
    world.images["redis"] = ImageState(reference="redis", id="x")
    assert images(world) == []


def test_builds_come_after_those_they_take_files_from_even_if_not_selected(new):
    world = new(web={"build": {"context": "/shop", "additional_contexts": {"base": "service:base"}}})
    world.service("base", build={"context": "/base"})
    base = world.data["services"].pop("base")
    world.data["disabled"] = {"base": base}
    assert images(world) == [
        "[] -> #1 image:shop-base, BuildImage, build-context",
        "[1] -> #2 image:shop-web, BuildImage, image-absent",
    ]


def test_mounted_images_and_hook_images_are_pulled(new):
    world = new(
        web={
            "volumes": [{"type": "image", "source": "tools", "target": "/tools"}],
            "pre_start": [{"command": ["x"], "image": "migrate"}, {"command": ["y"]}],
        }
    )
    assert images(world) == [
        "[] -> #1 image:tools, PullImage, image-absent",
        "[] -> #2 image:migrate, PullImage, image-absent",
    ]
    assert references(world.project, UpOptions()) == {"busybox": "", "tools": "", "migrate": ""}


def test_references_carry_the_platform_they_must_be_for(new):
    world = new(web={"platform": "linux/arm64"})
    assert references(world.project, UpOptions()) == {"busybox": "linux/arm64"}


def test_images_that_are_ready_are_not_planned(new):
    assert "PullImage" not in str(world_of(new, image="redis").up(images_ready=True))


def test_a_new_container_gets_its_image_label_only_when_the_image_is_known(new):
    world = new(web={})
    create = world.up().steps[1].operation
    assert create.body["Labels"][labels.IMAGE] == "sha256:box"
    create = next(step.operation for step in world.up(pull="always").steps if step.address.kind == "container")
    assert labels.IMAGE not in create.body["Labels"]


def test_a_container_that_may_change_with_its_image_is_told(up):
    world = up(web={"pull_policy": "always"})
    plan = world.up()
    assert [type(step.operation).__name__ for step in plan.steps] == ["PullImage"]
    assert [(one.severity, one.code) for one in plan.warnings] == [("note", "image-may-change")]
    world.images["busybox"] = replace(world.images["busybox"], id="sha256:new", identity="sha256:new")
    assert world.up(images_ready=True).steps[0].reason.code == "image-changed"
