from __future__ import annotations

from msgspec.structs import replace

from compose.base.address import Address
from compose.build.identical import share
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.operation import BuildImage, PullImage
from compose.plan.plan import Plan, Reason, Step

REASON = Reason(code="image-absent")


def project(**builds):
    services = {name: Service(name=name, build=build) for name, build in builds.items()}
    return Project(name="shop", directory="/src", services=services)


def build(number, service, *, after=(), **operation):
    reference = f"shop-{service}"
    return Step(
        id=str(number),
        address=Address(kind="image", key=reference),
        resource=f"Image {reference}",
        operation=BuildImage(service=service, tags=(reference,), **operation),
        reason=REASON,
        after=after,
    )


def plan(*steps):
    return Plan(project="shop", command="up", steps=steps)


def built(found):
    return [(step.operation.services or (step.operation.service,), step.operation.tags) for step in found.steps]


SAME = Build(context="/src", args={"A": "1"})


def test_equal_builds_are_one_with_all_tags():
    found = share(plan(build(1, "a"), build(2, "b"), build(3, "c")), project(a=SAME, b=SAME, c=replace(SAME, target="t")))
    assert built(found) == [(("a", "b"), ("shop-a", "shop-b")), (("c",), ("shop-c",))]


def test_tags_of_the_file_do_not_make_builds_different():
    found = share(plan(build(1, "a"), build(2, "b")), project(a=replace(SAME, tags=("x",)), b=SAME))
    assert len(found.steps) == 1


def test_what_the_command_asks_for_does():
    found = share(plan(build(1, "a"), build(2, "b", no_cache=True)), project(a=SAME, b=SAME))
    assert len(found.steps) == 2


def test_steps_that_waited_for_a_merged_one_wait_for_the_one_that_stands_in():
    last = Step(
        id="4",
        address=Address(kind="image", key="x"),
        resource="Image x",
        operation=PullImage(reference="x"),
        reason=REASON,
        after=("1", "2"),
        settled=("3",),
    )
    found = share(plan(build(1, "a"), build(2, "b"), build(3, "c"), last), project(a=SAME, b=SAME, c=SAME))
    assert [step.id for step in found.steps] == ["1", "4"]
    assert (found.steps[1].after, found.steps[1].settled) == (("1",), ("1",))


def test_a_build_that_a_pull_may_make_needless_stays_on_its_own():
    steps = plan(build(1, "a", if_absent="shop-a"), build(2, "b", if_absent="shop-b"))
    assert share(steps, project(a=SAME, b=SAME)) is steps


def test_services_for_different_platforms_are_different():
    both = project(a=SAME, b=SAME)
    both.services["b"] = replace(both.services["b"], platform="linux/arm64")
    assert len(share(plan(build(1, "a"), build(2, "b")), both).steps) == 2


def test_a_plan_without_equal_builds_is_returned_as_it_is():
    steps = plan(build(1, "a"))
    assert share(steps, project(a=SAME)) is steps
