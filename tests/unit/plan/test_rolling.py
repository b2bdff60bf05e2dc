from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.plan.operation import CheckFailures, Delay, RemoveContainer, StartContainer, StopContainer, WaitCondition


def outdated(up, scale, **update):
    world = up(web={"scale": scale, "deploy": {"update_config": update}})
    world.containers = [replace(one, config_hash="old") for one in world.containers]
    return world


def own(plan, kind, number=None):
    return [step for step in plan.steps if isinstance(step.operation, kind) and number in {None, step.address.number}]


def below(plan):
    found: dict[str, set[str]] = {}
    for step in plan.steps:
        found[step.id] = {one for other in (*step.after, *step.settled) for one in (other, *found[other])}
    return found


def test_one_by_one_by_default(up):
    plan = outdated(up, 2).up()
    assert str(plan).splitlines() == [
        "[] -> #1 service:web:1, CreateContainer, config-changed [recreate:web:1]",
        "[] -> #2 service:web:2, CreateContainer, config-changed [recreate:web:2]",
        "[1] -> #3 service:web:1, StopContainer, config-changed [recreate:web:1]",
        "[1,3] -> #4 service:web:1, StartContainer, config-changed [recreate:web:1]",
        "[4] -> #5 service:web:1, WaitCondition, monitor [recreate:web:1]",
        "[3,5] -> #6 service:web:1, RemoveContainer, config-changed [recreate:web:1]",
        "[6] -> #7 service:web:1, RenameContainer, config-changed [recreate:web:1]",
        "[2,5,7] -> #8 service:web:2, StopContainer, config-changed [recreate:web:2]",
        "[2,5,7,8] -> #9 service:web:2, StartContainer, config-changed [recreate:web:2]",
        "[9] -> #10 service:web:2, WaitCondition, monitor [recreate:web:2]",
        "[8,10] -> #11 service:web:2, RemoveContainer, config-changed [recreate:web:2]",
        "[11] -> #12 service:web:2, RenameContainer, config-changed [recreate:web:2]",
    ]


def test_a_new_container_that_does_not_stay_up_is_taken_back(up):
    plan = outdated(up, 1, monitor="5s").up()
    start = own(plan, StartContainer)[0]
    wait = own(plan, WaitCondition)[0]
    assert start.undo == (StopContainer(container=start.operation.container),)
    assert (start.commit, wait.commit) == (False, True)
    assert wait.operation.hold == 5.0


@pytest.mark.parametrize(("parallelism", "batches"), [(1, [1, 1, 1]), (2, [2, 1]), (0, [3]), (7, [3])])
def test_parallelism(up, parallelism, batches):
    plan = outdated(up, 3, parallelism=parallelism).up()
    before = below(plan)
    waits = {step.id for step in own(plan, WaitCondition)}
    seen = [len(before[stop.id] & waits) for stop in own(plan, StopContainer)]
    assert [seen.count(count) for count in sorted(set(seen))] == batches


def test_start_first(up):
    plan = outdated(up, 1, order="start-first").up()
    assert [type(step.operation).__name__ for step in plan.steps] == [
        "CreateContainer",
        "StartContainer",
        "WaitCondition",
        "StopContainer",
        "RemoveContainer",
        "RenameContainer",
    ]
    assert str(plan.steps[3]).startswith("[1,3]")


def test_a_delay_lies_between_batches(up):
    plan = outdated(up, 2, delay="10s").up()
    (delay,) = own(plan, Delay)
    assert delay.operation.seconds == 10.0
    assert delay.after == ("5", "7")
    assert delay.id in own(plan, StopContainer, 2)[0].after


def test_continue_goes_on_after_a_failure(up):
    plan = outdated(up, 2, failure_action="continue").up()
    stop = own(plan, StopContainer, 2)[0]
    assert stop.after == ("2",)
    assert stop.settled == ("5", "7")


def test_rollback_takes_back_every_replica_and_removes_old_ones_last(up):
    plan = outdated(up, 2, failure_action="rollback").up()
    assert {step.group for step in plan.steps} == {"update:web"}
    commits = [step for step in plan.steps if step.commit]
    assert [type(step.operation).__name__ for step in commits] == ["WaitCondition"]
    assert len(commits[0].operation.containers) == 2
    assert all(commits[0].id in step.after for step in own(plan, RemoveContainer))
    assert all(step.undo for step in own(plan, StartContainer))


def test_replicas_that_stay_are_not_part_of_an_update(up):
    world = outdated(up, 2)
    world.containers = [replace(one, config_hash=world.containers[0].config_hash) for one in world.containers]
    world.containers = world.containers[:1]
    world.containers[0] = replace(world.containers[0], config_hash="old")
    plan = world.up()
    assert [step.group for step in plan.steps if step.address.number == 2] == ["", ""]


def test_some_may_fail(up):
    plan = outdated(up, 4, parallelism=2, max_failure_ratio=0.5, delay="1s").up()
    first, last = own(plan, CheckFailures)
    assert first.operation == CheckFailures(service="web", groups=("recreate:web:1", "recreate:web:2"), at_most=2)
    assert (len(last.operation.groups), last.operation.at_most, last.operation.forgives) == (4, 2, True)
    assert first.after == ()
    (delay,) = own(plan, Delay)
    assert delay.after == (first.id,)
    before = below(plan)
    assert all(delay.id in before[stop.id] for stop in own(plan, StopContainer)[2:])


def test_a_share_of_less_than_one_replica_is_none(up):
    assert {step.operation.at_most for step in own(outdated(up, 3, max_failure_ratio=0.33).up(), CheckFailures)} == {0}


def test_a_tolerated_failure_does_not_take_the_others_back(up):
    plan = outdated(up, 2, failure_action="rollback", max_failure_ratio=0.5).up()
    assert {step.group for step in plan.steps} == {"update:web", "update:web/1", "update:web/2"}
    commit = own(plan, CheckFailures)[-1]
    assert (commit.group, commit.commit) == ("update:web", True)
    before = below(plan)
    for number in (1, 2):
        (removal,) = own(plan, RemoveContainer, number)
        assert commit.id in removal.after
        assert own(plan, WaitCondition, number)[0].id in before[removal.id]
