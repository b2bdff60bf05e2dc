"""Bookkeeping of steps: laws for any plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compose.base.errors import ComposeError
from compose.engine.progress import PlanProgress
from compose.plan import operation as ops
from compose.plan.plan import Plan, Step
from tests.unit.engine.builders import plan, step

VOLUME = ops.CreateVolume(key="v", name="v", body={})


@some.composite
def plans(draw) -> Plan:
    """Plans whose steps need, or wait for the end of, earlier ones."""
    steps: list[Step] = []
    for index in range(draw(some.integers(1, 12))):
        earlier = [one.id for one in steps]
        chosen = draw(some.lists(some.sampled_from(earlier), unique=True, max_size=3)) if earlier else []
        half = draw(some.integers(0, len(chosen)))
        group = draw(some.sampled_from(["", "g", "h"]))
        undo = (VOLUME,) if draw(some.booleans()) else ()
        optional = draw(some.booleans())
        steps.append(
            step(str(index), VOLUME, *chosen[:half], settled=tuple(chosen[half:]), group=group, undo=undo, optional=optional)
        )
    return plan(*draw(some.permutations(steps)))


def carry_out(what: Plan, failing: set[str]) -> tuple[PlanProgress, list[str]]:
    progress, order = PlanProgress(what), []
    while ready := progress.ready():
        for one in ready:
            order.append(one.id)
            if one.id in failing:
                progress.failed(one)
            else:
                progress.succeeded(one)
    return progress, order


@given(plans(), some.sets(some.integers(0, 11).map(str)))
def test_every_step_ends_and_runs_only_after_what_it_needs(what, failing):
    progress, order = carry_out(what, failing)
    assert set(progress.states.values()) <= {"done", "failed", "skipped"}
    optional = {one.id for one in what.steps if one.optional}
    for one in what.steps:
        lacking = [
            need
            for need in one.after
            if progress.states[need] == "skipped" or (progress.states[need] == "failed" and need not in optional)
        ]
        assert (progress.states[one.id] == "skipped") == bool(lacking)
        for need in (*one.after, *one.settled):
            if one.id in order and need in order:
                assert order.index(need) < order.index(one.id)


@given(plans(), some.sets(some.integers(0, 11).map(str)))
def test_what_was_done_or_failed_in_broken_groups_is_taken_back_in_reverse(what, failing):
    progress, order = carry_out(what, failing)
    broken = {
        one.group
        for one in what.steps
        if one.group and (progress.states[one.id] == "skipped" or (progress.states[one.id] == "failed" and not one.optional))
    }
    taken = []
    while found := progress.to_undo():
        taken.append([one.id for one, _ in found])
    ended = [name for name in reversed(order) if progress.states[name] == "done" or not _named(what, name).optional]
    expected = {group: [name for name in ended if (one := _named(what, name)).group == group and one.undo] for group in broken}
    assert sorted(map(sorted, taken)) == sorted(sorted(ids) for ids in expected.values() if ids)
    failed = set(progress.ids("failed"))
    for ids in taken:
        done = [name for name in ids if name not in failed]
        assert ids == [name for name in ids if name in failed] + done
        assert done == [name for name in reversed(order) if name in done]


def _named(what: Plan, name: str) -> Step:
    return next(one for one in what.steps if one.id == name)


@given(plans(), some.integers(0, 12))
def test_after_a_stop_nothing_more_is_ready(what, steps_before):
    progress = PlanProgress(what)
    begun: list[Step] = []
    for _ in range(steps_before):
        begun += progress.ready()
        if begun:
            progress.succeeded(begun.pop(0))
    skipped = progress.stop([one.id for one in begun])
    assert progress.ready() == []
    assert {one.step for one in skipped} == set(progress.ids("skipped"))
    assert set(progress.states.values()) <= {"done", "skipped"}


def test_steps_that_wait_for_each_other_are_refused():
    with pytest.raises(ComposeError) as caught:
        PlanProgress(plan(step("1", VOLUME, "2"), step("2", VOLUME, settled=("1",))))
    assert caught.value.diagnostics[0].code == "plan-cycle"


def test_a_step_that_is_not_in_the_plan_is_not_waited_for():
    progress = PlanProgress(plan(step("1", VOLUME, "elsewhere")))
    assert [one.id for one in progress.ready()] == ["1"]


def test_a_group_is_taken_back_only_when_nothing_of_it_runs():
    first, second, third = (
        step("1", VOLUME, group="g", undo=(VOLUME,)),
        step("2", VOLUME, group="g"),
        step("3", VOLUME, group="g"),
    )
    progress = PlanProgress(plan(first, second, third))
    progress.ready()
    progress.succeeded(first)
    progress.failed(second)
    assert progress.to_undo() == []
    progress.succeeded(third)
    assert [one.id for one, _ in progress.to_undo()] == ["1"]
    assert progress.to_undo() == []


def test_a_committed_group_is_not_taken_back():
    first, second = step("1", VOLUME, group="g", undo=(VOLUME,), commit=True), step("2", VOLUME, "1", group="g")
    progress, _ = carry_out(plan(first, second), {"2"})
    assert progress.to_undo() == []
