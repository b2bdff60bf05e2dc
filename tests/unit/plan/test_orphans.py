from __future__ import annotations

from msgspec.structs import replace

from compose.base import labels


def with_orphans(up, **fields):
    """A world with a container of a service `gone` that the file no longer has."""
    world = up(web={}, gone={})
    world.data["services"].pop("gone")
    world.service("web")
    world.containers = [replace(one, **fields) if one.service == "gone" else one for one in world.containers]
    return world


def test_orphans_are_told_with_their_origin_and_left_alone(up):
    plan = with_orphans(up).up()
    assert plan.steps == ()
    (warning,) = plan.warnings
    assert warning.code == "orphans"
    assert warning.summary == (
        "Found orphan containers (shop-gone-1) for this project. If you removed or renamed this service in your compose file, "
        "you can run this command with the --remove-orphans flag to clean it up."
    )
    assert warning.notes[0].message == "shop-gone-1: service `gone`, made from /shop"


def test_orphans_can_be_ignored(up):
    assert with_orphans(up).up(ignore_orphans=True).warnings == ()


def test_orphans_are_removed_on_request(up):
    plan = with_orphans(up).up(remove_orphans=True)
    assert str(plan).splitlines() == [
        "[] -> #1 service:gone:1, StopContainer, orphan",
        "[1] -> #2 service:gone:1, RemoveContainer, orphan",
    ]
    assert plan.warnings == ()


def test_containers_of_another_directory_are_never_removed(up):
    world = with_orphans(up)
    foreign = {**world.containers[1].labels, labels.WORKING_DIR: "/elsewhere"}
    world.containers[1] = replace(world.containers[1], labels=foreign)
    plan = world.up(remove_orphans=True)
    assert plan.steps == ()
    (warning,) = plan.warnings
    assert warning.code == "foreign-orphans"
    assert "shop-gone-1" in warning.summary
    assert warning.detail == "made from /elsewhere; this project is in /shop"


def test_disabled_services_have_no_orphans(up):
    world = up(web={}, gone={})
    world.data["disabled"] = {"gone": world.data["services"].pop("gone")}
    world.service("web")
    assert (world.up().steps, world.up().warnings) == ((), ())


def test_one_offs_count_once_they_have_ended(up):
    world = up(web={})
    one_off = replace(world.containers[0], id="x", name="shop-web-run-1", number=0, oneoff=True)
    world.containers.append(one_off)
    assert world.up(remove_orphans=True).steps == ()
    world.containers[1] = replace(one_off, state="exited")
    assert str(world.up(remove_orphans=True)) == "[] -> #1 orphan:shop-web-run-1, RemoveContainer, orphan"


def test_an_orphan_that_holds_a_name_goes_first(up):
    world = with_orphans(up, name="mine")
    world.service("other", container_name="mine")
    plan = world.up(remove_orphans=True)
    assert str(plan).splitlines() == [
        "[] -> #1 service:gone:1, StopContainer, orphan",
        "[1] -> #2 service:gone:1, RemoveContainer, orphan",
        "[2] -> #3 service:other:1, CreateContainer, absent",
        "[3] -> #4 service:other:1, StartContainer, absent",
    ]


def test_hook_containers_are_no_orphans(up):
    world = with_orphans(up, labels={labels.HOOK: "pre_start"})
    assert (world.up(remove_orphans=True).steps, world.up().warnings) == ((), ())
