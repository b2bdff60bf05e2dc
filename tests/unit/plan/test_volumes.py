from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base.errors import ComposeError
from compose.state.observed import VolumeState

DATA = {"volumes": [{"type": "volume", "source": "data", "target": "/data"}]}


def lines(plan):
    return str(plan).splitlines()


def stored(up, **services):
    """A world whose services are up, with the volume `data` made otherwise than the file asks for."""
    world = up(**services)
    world.top("volumes", data={"name": "shop_data", "driver_opts": {"type": "nfs"}})
    world.volume("data", config_hash="old")
    world.containers = [replace(one, mounts=({"Type": "volume", "Name": "shop_data"},)) for one in world.containers]
    return world


def test_a_volume_that_is_not_there_is_created_first(new):
    world = new(web=DATA)
    world.top("volumes", data={"name": "shop_data"})
    assert lines(world.up()) == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[] -> #2 volume:data, CreateVolume, absent",
        "[1,2] -> #3 service:web:1, CreateContainer, absent",
        "[3] -> #4 service:web:1, StartContainer, absent",
    ]


def test_a_changed_volume_is_asked_about_and_kept_until_then(up):
    plan = stored(up, web=DATA).up()
    assert plan.steps == ()
    (question,) = plan.confirmations
    assert question.key == "volume:data"
    assert question.question == (
        'Volume "shop_data" exists but doesn\'t match configuration in compose file. Recreate (data will be lost)?'
    )
    assert question.loses == ("shop_data",)


@pytest.mark.parametrize("options", [{"confirmed": frozenset({"volume:data"})}, {"assume_yes": True}])
def test_a_confirmed_volume_is_made_anew_with_its_containers(up, options):
    plan = stored(up, web=DATA).up(**options)
    assert plan.confirmations == ()
    assert lines(plan) == [
        "[] -> #1 service:web:1, StopContainer, volume-recreated",
        "[1] -> #2 service:web:1, RemoveContainer, volume-recreated",
        "[2] -> #3 volume:data, RemoveVolume, config-changed",
        "[3] -> #4 volume:data, CreateVolume, config-changed",
        "[2,4] -> #5 service:web:1, CreateContainer, volume-recreated",
        "[5] -> #6 service:web:1, StartContainer, volume-recreated",
    ]
    assert not plan.steps[2].operation.tolerant


def test_who_takes_volumes_from_another_service_makes_way_too(up):
    world = stored(up, web=DATA, backup={"volumes_from": ["web"]})
    plan = world.up(assume_yes=True)
    removed = [step.address.key for step in plan.steps if type(step.operation).__name__ == "RemoveContainer"]
    assert sorted(removed) == ["backup", "web"]


def test_a_volume_that_did_not_change_is_left_alone(up):
    world = stored(up, web=DATA)
    world.volume_states.clear()
    world.volume("data")
    plan = world.up()
    assert (plan.steps, plan.confirmations) == ((), ())


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        ("", 'volume "shop_data" already exists but was not created by Docker Compose.'),
        ("other", 'volume "shop_data" already exists but was created for project "other" (expected "shop").'),
    ],
)
def test_someone_elses_volume_is_used_as_it_is_with_a_warning(up, owner, words):
    world = stored(up, web=DATA)
    world.volume_states = [replace(one, project=owner) for one in world.volume_states]
    plan = world.up(assume_yes=True)
    assert plan.steps == ()
    assert [one.summary for one in plan.warnings] == [words]


def test_a_renamed_volume_is_made_and_the_old_one_kept(up):
    world = stored(up, web=DATA)
    world.top("volumes", data={"name": "elsewhere"})
    plan = world.up()
    assert lines(plan)[0] == "[] -> #1 volume:data, CreateVolume, absent"
    assert plan.steps[1].reason.code == "volume-not-mounted"
    assert "RemoveVolume" not in str(plan)


def test_a_missing_external_volume_is_refused(new):
    world = new(web=DATA)
    world.top("volumes", data={"name": "company", "external": True})
    with pytest.raises(ComposeError, match='external volume "company" not found'):
        world.up()
    world.volume_states.append(VolumeState(name="company", config_hash="other"))
    assert "Volume" not in str(world.up())
