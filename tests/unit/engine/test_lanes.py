"""How many steps run at once."""

from __future__ import annotations

from compose.engine.lanes import Lane, Lanes, Limits
from compose.plan import operation as ops
from tests.unit.engine.builders import target

LIMITS = Limits(start=2, most=8, stall=1.0)
START = ops.StartContainer(container=target("web"))
STOP = ops.StopContainer(container=target("web"))


def lane_with(*ready: str) -> Lane:
    lane = Lane(LIMITS)
    lane.ready.extend(ready)
    return lane


def test_a_lane_gives_as_many_as_its_limit_in_order():
    lane = lane_with("a", "b", "c")
    assert [lane.take(0.0) for _ in range(3)] == ["a", "b", None]
    lane.finished(0.1, 0.1)
    assert lane.take(0.1) == "c"


def test_a_lane_grows_while_company_costs_nothing():
    lane = lane_with(*"abcdefgh")
    for _ in range(4):
        lane.take(0.0)
        lane.finished(0.1, 0.1)
    assert lane.limit == 6


def test_a_lane_does_not_grow_when_nothing_is_ready():
    lane = lane_with("a")
    lane.take(0.0)
    lane.finished(0.1, 0.1)
    assert lane.limit == 2


def test_a_lane_shrinks_when_steps_only_queue_inside_the_engine():
    lane = Lane(Limits(start=16, most=16, stall=1.0))
    lane.running = 2
    lane.finished(0.1, 0.1)
    lane.finished(10.0, 10.0)
    assert lane.limit == 15


def test_a_full_lane_that_finishes_nothing_is_widened():
    lane = lane_with("a", "b", "c")
    assert lane.stalls_at() is None
    lane.take(5.0)
    lane.take(5.0)
    assert lane.stalls_at() == 6.0
    lane.widen(6.0)
    assert (lane.limit, lane.stalls_at()) == (4, None)


def test_a_lane_is_never_wider_than_its_most():
    lane = lane_with(*"abcdefghij")
    for _ in range(5):
        lane.widen(0.0)
    assert lane.limit == 8


def test_kinds_of_steps_do_not_hold_each_other_up():
    lanes = Lanes(None)
    for index in range(20):
        lanes.add(f"start{index}", START)
    lanes.add("stop", STOP)
    taken = []
    while (one := lanes.take(0.0)) is not None:
        taken.append(one)
    assert "stop" in taken
    assert len(taken) < 21


def test_the_users_limit_is_over_all_kinds():
    lanes = Lanes(2)
    for index in range(3):
        lanes.add(f"start{index}", START)
        lanes.add(f"stop{index}", STOP)
    assert [lanes.take(0.0) is None for _ in range(3)] == [False, False, True]
    lanes.finished("start0", 1.0)
    assert lanes.take(1.0) is not None


def test_what_is_ready_can_be_taken_away():
    lanes = Lanes(None)
    lanes.add("a", START)
    assert lanes.clear() == ["a"]
    assert lanes.take(0.0) is None
