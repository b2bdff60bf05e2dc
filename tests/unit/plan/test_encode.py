from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from compose.base.errors import ComposeError
from compose.plan.encode import complete, fingerprint, load, save, shown, verify

SECRET = "s3cr3t-content"


def stack(new):
    world = new(
        web={
            "environment": {"DB_PASSWORD": "hunter2", "DEBUG": "1", "INHERITED": None},
            "secrets": [{"source": "key"}],
            "post_start": [{"command": ["x"]}],
            "depends_on": {"db": {"condition": "service_healthy"}},
        },
        db={},
    )
    world.top("secrets", key={"environment": "KEY", "content": SECRET})
    return world


def test_a_kept_plan_comes_back_as_it_was(new):
    world = stack(new)
    plan = world.up()
    saved = load(save(plan, world.observed))
    verify(saved, world.observed)
    assert complete(saved, world.project) == plan


def test_no_file_content_is_ever_written(new):
    world = stack(new)
    plan = world.up()
    assert SECRET in repr(plan)
    for data in (save(plan, world.observed), shown(plan)):
        assert SECRET.encode() not in data
        assert msgspec.json.encode(SECRET.encode())[1:-1] not in data


def test_a_plan_to_show_masks_what_sounds_secret(new):
    plain = msgspec.json.decode(shown(stack(new).up()))
    (env,) = [
        step["operation"]["body"]["Env"]
        for step in plain["steps"]
        if step["operation"]["kind"] == "create-container" and step["address"]["key"] == "web"
    ]
    assert env == ["DB_PASSWORD=***", "DEBUG=1", "INHERITED"]
    assert plain["version"] == 1


def test_a_plan_to_apply_keeps_variables(new):
    world = stack(new)
    assert b"hunter2" in save(world.up(), world.observed)


def test_an_update_survives_with_its_undo_steps(up):
    world = up(web={"scale": 2, "deploy": {"update_config": {"failure_action": "rollback", "delay": "3s"}}})
    world.containers = [replace(one, config_hash="old") for one in world.containers]
    plan = world.up()
    assert any(step.undo for step in plan.steps)
    assert load(save(plan, world.observed)).plan == plan


@pytest.mark.parametrize(
    "change",
    [{"state": "exited"}, {"id": "other"}, {"image_id": "other"}, {"networks": {}}, {"config_hash": "other"}],
)
def test_a_plan_is_refused_when_the_engine_has_moved(up, change):
    world = up(web={})
    saved = load(save(world.up(), world.observed))
    world.containers = [replace(one, **change) for one in world.containers]
    with pytest.raises(ComposeError) as caught:
        verify(saved, world.observed)
    assert caught.value.diagnostics[0].code == "plan-outdated"


@pytest.mark.parametrize("change", [{"status": "Up 2 hours"}, {"health": "healthy"}])
def test_what_changes_by_itself_outdates_nothing(up, change):
    world = up(web={})
    before = fingerprint(world.observed)
    world.containers = [replace(one, **change) for one in world.containers]
    assert fingerprint(world.observed) == before


def test_another_network_volume_or_image_outdates(up):
    world = up(web={})
    prints = {fingerprint(world.observed)}
    world.top("volumes", data={"name": "shop_data"})
    world.volume("data")
    prints.add(fingerprint(world.observed))
    world.network_states.clear()
    prints.add(fingerprint(world.observed))
    world.images.clear()
    prints.add(fingerprint(world.observed))
    assert len(prints) == 4


def test_a_changed_secret_is_noticed(new):
    world = stack(new)
    saved = load(save(world.up(), world.observed))
    world.top("secrets", key={"environment": "KEY", "content": "another"})
    with pytest.raises(ComposeError) as caught:
        complete(saved, world.project)
    assert caught.value.diagnostics[0].code == "plan-file-changed"
    with pytest.raises(ComposeError):
        complete(saved, None)


def test_a_plan_without_files_needs_no_project(up):
    world = up(web={})
    plan = world.up(force_recreate=True)
    assert complete(load(save(plan, world.observed)), None) == plan


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"nonsense", "not-a-plan"),
        (b"[]", "not-a-plan"),
        (b'{"version": 99}', "plan-version"),
        (b"{}", "plan-version"),
        (b'{"version": 1}', "not-a-plan"),
    ],
)
def test_other_data_is_refused(data, code):
    with pytest.raises(ComposeError) as caught:
        load(data)
    assert caught.value.diagnostics[0].code == code
