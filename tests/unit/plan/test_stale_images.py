from __future__ import annotations

import pytest

from compose.plan.images import kept, plan_images
from compose.plan.operation import BuildImage
from compose.plan.options import UpOptions
from compose.state.observed import ImageState


def test_exactly_the_stale_images_are_built_again_and_the_plan_says_why(new):
    world = new(web={"build": {"context": "/shop"}}, api={"build": {"context": "/shop/api"}})
    for reference in ("shop-web", "shop-api"):
        world.images[reference] = ImageState(reference=reference, id="sha256:1", identity="sha256:1")
    sentence = "image of `web` is older than its inputs: `src/app.py` changed"
    plan = plan_images(world.project, world.observed, UpOptions(stale={"web": sentence}))
    (step,) = plan.steps
    assert isinstance(step.operation, BuildImage)
    assert (step.operation.service, step.reason.code, step.reason.text) == ("web", "image-stale", sentence)
    assert plan_images(world.project, world.observed, UpOptions(stale={"web": sentence}, no_build=True)).steps == ()


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"outdated": "tell"}, ("api", "web")),
        ({"outdated": "build"}, ("api", "web")),
        ({"outdated": "leave"}, ()),
        ({"outdated": "tell", "build": True}, ()),
        ({"outdated": "tell", "no_build": True}, ()),
        ({"outdated": "tell", "services": ("web",)}, ("web",)),
    ],
)
def test_only_images_that_are_there_and_stay_can_be_older_than_their_inputs(new, options, names):
    build = {"context": "/shop"}
    world = new(
        web={"build": build},
        api={"build": build},
        absent={"build": build},
        db={"image": "postgres"},
        always={"build": build, "pull_policy": "build"},
    )
    for reference in ("shop-web", "shop-api", "postgres", "shop-always"):
        world.images[reference] = ImageState(reference=reference, id="sha256:1", identity="sha256:1")
    assert tuple(sorted(kept(world.project, world.observed, UpOptions(**options)))) == names
