from __future__ import annotations

import pytest

from compose.build.pulling import PullOptions, must_build, plan_pull, references
from compose.model.build import Build
from compose.model.develop import Hook
from compose.model.project import Project
from compose.model.service import Service, ServiceDependency
from compose.state.observed import ImageState


def project(environment=None, **services):
    made = {name: Service(name=name, **fields) for name, fields in services.items()}
    return Project(name="shop", directory="/src", services=made, environment=environment or {})


def local(*references):
    return {reference: ImageState(reference=reference, id="sha256:1") for reference in references}


def pulled(plan):
    return [(step.operation.reference, step.operation.services) for step in plan.steps]


def left(plan):
    return [(one.resource, one.action) for one in plan.unchanged]


@pytest.mark.parametrize(
    ("policy", "image", "there", "asked", "expected"),
    [
        ("", "a:1", True, "", None),
        ("always", "a:1", True, "", None),
        ("daily", "a:1", True, "", None),
        ("missing", "a:1", True, "", "Skipped Image is already present locally"),
        ("if_not_present", "a:1", True, "", "Skipped Image is already present locally"),
        ("missing", "a:1", False, "", None),
        ("missing", "a", True, "", None),
        ("missing", "a:latest", True, "", None),
        ("never", "a:1", False, "", "Skipped"),
        ("build", "a:1", False, "", "Skipped"),
        ("", "a:1", True, "missing", "Skipped Image is already present locally"),
        ("never", "a:1", True, "always", None),
    ],
)
def test_policies(policy, image, there, asked, expected):
    plan = plan_pull(
        project(web={"image": image, "pull_policy": policy}), local(image) if there else {}, PullOptions(policy=asked)
    )
    if expected is None:
        assert pulled(plan) == [(image, ("web",))]
    else:
        assert left(plan) == [(f"Image {image}", expected)]


def test_what_has_no_image_or_can_be_built():
    shop = project(a={"build": Build()}, b={"build": Build(), "image": "b:1"})
    assert left(plan_pull(shop, {}, PullOptions(ignore_buildable=True))) == [
        ("a", "Skipped No image to be pulled"),
        ("Image b:1", "Skipped Image can be built"),
    ]
    assert pulled(plan_pull(shop, {}, PullOptions())) == [("b:1", ("b",))]


def test_an_image_is_pulled_once_for_each_platform():
    shop = project(a={"image": "x:1"}, b={"image": "x:1"}, c={"image": "x:1", "platform": "linux/arm64"}, environment={})
    plan = plan_pull(shop, {}, PullOptions())
    assert [(step.id, step.operation.platform, step.operation.services) for step in plan.steps] == [
        ("1", "", ("a", "b")),
        ("2", "linux/arm64", ("c",)),
    ]


def test_an_image_is_pulled_once_however_it_is_written():
    shop = project(a={"image": "x"}, b={"image": "library/x:latest"}, c={"image": "x:latest", "platform": "linux/aarch64"})
    plan = plan_pull(shop, {}, PullOptions())
    assert pulled(plan) == [("x", ("a", "b")), ("x:latest", ("c",))]
    assert left(plan) == [("Image library/x:latest", "Skipped Image is being pulled as x")]


def test_the_default_platform_of_the_environment():
    plan = plan_pull(project({"DOCKER_DEFAULT_PLATFORM": "linux/arm64"}, a={"image": "x:1"}), {}, PullOptions())
    assert plan.steps[0].operation.platform == "linux/arm64"


def test_images_of_hooks_follow_their_service_but_cannot_be_built():
    hooks = (Hook(image="tool:1"), Hook(), Hook(image="a:1"))
    shop = project(a={"image": "a:1", "pull_policy": "build", "build": Build(), "pre_start": hooks})
    assert pulled(plan_pull(shop, {}, PullOptions())) == [("tool:1", ("a",))]
    assert references(shop, PullOptions()) == ("a:1", "tool:1")
    assert pulled(plan_pull(shop, local("tool:1"), PullOptions())) == []


def test_named_services_and_their_dependencies_on_request():
    shop = project(a={"image": "a:1", "depends_on": {"b": ServiceDependency()}}, b={"image": "b:1"}, c={"image": "c:1"})
    assert pulled(plan_pull(shop, {}, PullOptions(services=("a",)))) == [("a:1", ("a",))]
    found = plan_pull(shop, {}, PullOptions(services=("a",), include_deps=True))
    assert pulled(found) == [("a:1", ("a",)), ("b:1", ("b",))]


def test_failures_can_be_ignored_and_what_can_be_built_is_known():
    shop = project(a={"image": "a:1", "build": Build()}, b={"image": "b:1"})
    plan = plan_pull(shop, {}, PullOptions(ignore_failures=True))
    assert all(step.optional for step in plan.steps)
    assert must_build(shop, plan, ("1", "2")) == ("a",)
    assert must_build(shop, plan, ("2",)) == ()
