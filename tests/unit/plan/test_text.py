from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base.place import Span
from compose.plan.options import DownOptions
from compose.plan.plan import Change, Plan, Reason
from compose.plan.teardown import plan_down
from compose.plan.text import render


def test_nothing_to_do(up):
    assert render(up(web={}).up()) == "Nothing to do.\n"


def test_a_first_up(new):
    world = new(web={"depends_on": {"db": {"condition": "service_healthy", "required": False}}}, db={})
    assert render(world.up(wait=True, wait_timeout=9.0)) == (
        "Network shop_default\n"
        "  + create: the network does not exist yet\n"
        "Container shop-db-1\n"
        "  + create, start: there is none yet\n"
        "Container shop-web-1\n"
        "  + create, start: there is none yet\n"
        "Service web\n"
        "  = wait for db to be healthy (optional) for at most 9 s: `web` needs `db` to be healthy (compose.yaml:4)\n"
        "At the end\n"
        "  = wait for db to be running or healthy for at most 9 s, wait for web to be running or healthy for at most 9 s: "
        "`--wait` asks for it\n"
        "\n"
        "Plan: 1 network to create, 2 containers to create.\n"
    )


def test_a_replacement_is_one_line_with_what_changed(up):
    world = up(web={})
    world.containers = [replace(one, config_hash="old") for one in world.containers]
    plan = world.up()
    span = Span(file="compose.yaml", line=7, column=3, end_line=7, end_column=9)
    changes = (
        Change(path="services.web.environment.DEBUG", old="0", new="1", span=span),
        Change(path="services.web.init", old=None, new=True),
        Change(path="services.web.command", old=["x" * 80], new=None),
    )
    reason = Reason(code="config-changed", text="its configuration changed", changes=changes)
    steps = tuple(replace(step, reason=reason) for step in plan.steps)
    assert render(Plan(project="shop", command="up", steps=steps)) == (
        "Container shop-web-1\n"
        "  ~ replace: its configuration changed\n"
        '      services.web.environment.DEBUG: "0" → "1" (compose.yaml:7)\n'
        "      services.web.init: (none) → true\n"
        f'      services.web.command: ["{"x" * 57}… → (none)\n'
        "\n"
        "Plan: 1 container to replace.\n"
    )


def test_what_stops_and_starts_again_is_counted_as_restarted(up):
    world = up(web={"depends_on": {"db": {"restart": True}}}, db={})
    world.containers = [replace(one, config_hash="old") if one.service == "db" else one for one in world.containers]
    assert render(world.up()).endswith("Plan: 1 container to replace, 1 container to restart.\n")


def test_down_counts_removals_once(up):
    world = up(web={"pre_stop": [{"command": ["x"]}]}, db={})
    plan = plan_down(world.observed, DownOptions(timeout=3, volumes=True), world.project)
    text = render(plan)
    assert "  - stop within 3 s, remove with its anonymous volumes: the project is taken down" in text
    assert "  * run pre_stop hook 1: `pre_stop` asks for it (compose.yaml:4)" in text
    assert text.endswith("Plan: 1 network to remove, 2 containers to remove.\n")


def test_questions_say_what_would_be_lost(up):
    world = up(web={"volumes": [{"type": "volume", "source": "data", "target": "/data"}]})
    world.top("volumes", data={"name": "shop_data"})
    world.volume("data", config_hash="old")
    world.containers = [replace(one, mounts=({"Name": "shop_data"},)) for one in world.containers]
    assert render(world.up()) == (
        "\n"
        '? Volume "shop_data" exists but doesn\'t match configuration in compose file. Recreate (data will be lost)?\n'
        "  loses shop_data\n"
        "\n"
        "Nothing to do.\n"
    )


def test_images_and_providers(new):
    world = new(
        web={"image": "redis", "build": {"context": "/x"}, "depends_on": {"cloud": {}}}, cloud={"provider": {"type": "model"}}
    )
    text = render(world.up())
    assert "Image redis\n  + pull, build unless the pull brings it: the image is not on the engine\n" in text
    assert "Provider cloud\n  * run provider: a provider is run every time (compose.yaml:3)\n" in text
    assert "Plan: 1 network to create, 1 image to pull, 1 image to build, 1 container to create." in text


@pytest.mark.parametrize("text", ["", "explained"])
def test_a_reason_without_text_is_the_command(up, text):
    world = up(web={})
    world.containers = [replace(one, state="exited") for one in world.containers]
    (step,) = world.up().steps
    plan = Plan(project="shop", command="start", steps=(replace(step, reason=Reason(code="start", text=text)),))
    assert f"  * start: {text or '`start` asks for it'}\n" in render(plan)
