from __future__ import annotations

from compose.plan.images import plan_images
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
