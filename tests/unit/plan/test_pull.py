from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.plan.pull import PullOptions, plan_pull
from compose.state.observed import ImageState

LOCAL = {name: ImageState(reference=name, id=name) for name in ("redis:7", "redis", "redis:latest", "host:5000/redis", "redis@x")}


def pull(world, **options):
    return plan_pull(world.project, LOCAL, PullOptions(**options))


@pytest.mark.parametrize(
    ("image", "policy", "skipped"),
    [
        ("redis:7", "", ""),
        ("redis:7", "always", ""),
        ("redis:7", "daily", ""),
        ("redis:7", "missing", "Skipped Image is already present locally"),
        ("redis:7", "if_not_present", "Skipped Image is already present locally"),
        ("redis", "missing", ""),
        ("redis:latest", "missing", ""),
        ("host:5000/redis", "missing", ""),
        ("redis@x", "missing", "Skipped Image is already present locally"),
        ("absent:1", "missing", ""),
        ("redis:7", "never", "Skipped Image is already present locally"),
        ("redis:7", "build", "Skipped Image can be built"),
    ],
)
def test_policies(new, image, policy, skipped):
    plan = pull(new(web={"image": image, "pull_policy": policy}))
    assert [one.action for one in plan.unchanged] == ([skipped] if skipped else [])
    assert [step.operation.reference for step in plan.steps] == ([] if skipped else [image])


def test_the_command_line_decides_over_the_file(new):
    world = new(web={"image": "redis:7", "pull_policy": "never"})
    assert pull(world, policy="always").steps
    assert not pull(new(web={"image": "redis:7"}), policy="missing").steps


def test_a_service_without_image_is_told_by_its_name(new):
    plan = pull(new(web={"build": {"context": "/x"}}))
    assert [(one.resource, one.action) for one in plan.unchanged] == [("web", "Skipped No image to be pulled")]


def test_buildable_services(new):
    world = new(web={"image": "redis:7", "build": {"context": "/x"}})
    assert pull(world).steps[0].operation.tolerant
    assert pull(world, ignore_buildable=True).unchanged[0].action == "Skipped Image can be built"


def test_failures_may_be_ignored(new):
    world = new(web={"image": "redis:7"})
    assert [pull(world).steps[0].optional, pull(world, ignore_failures=True).steps[0].optional] == [False, True]


def test_one_image_is_pulled_once_per_platform(new):
    world = new(a={"image": "redis:7"}, b={"image": "redis:7"}, c={"image": "redis:7", "platform": "linux/arm64"})
    plan = pull(world)
    assert [(step.id, step.operation.services, step.operation.platform) for step in plan.steps] == [
        ("1", ("a", "b"), ""),
        ("2", ("c",), "linux/arm64"),
    ]


def test_selection(new):
    world = new(web={"image": "a", "depends_on": {"db": {}}}, db={"image": "b"}, other={"image": "c"})
    assert [step.operation.reference for step in pull(world, services=("web",)).steps] == ["a"]
    assert [step.operation.reference for step in pull(world, services=("web",), include_deps=True).steps] == ["b", "a"]
    with pytest.raises(ComposeError, match="no such service: nope"):
        pull(world, services=("nope",))


def test_providers_have_no_image(new):
    plan = pull(new(cloud={"provider": {"type": "model"}}))
    assert (plan.steps, plan.unchanged) == ((), ())
