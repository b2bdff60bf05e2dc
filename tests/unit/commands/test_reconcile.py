"""When `up --reconcile` looks, repairs, waits and gives up: the engine is in memory, what is planned is made up."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from compose.base.address import Address
from compose.base.clock import SystemClock
from compose.base.errors import ComposeError, fail
from compose.commands import reconcile
from compose.engine.fake import FakeEngine
from compose.model.project import Project
from compose.plan.operation import StartContainer, Target
from compose.plan.options import UpOptions
from compose.plan.plan import Plan, Reason, Step
from tests.unit.engine.builders import StopButton

STEP = Step(
    id="1",
    address=Address(kind="container", key="web", number=1),
    resource="Container shop-web-1",
    operation=StartContainer(container=Target(service="web", number=1, name="shop-web-1", id="1" * 64)),
    reason=Reason(code="not-running", text="its state is exited"),
)


class World:
    """What is planned and what comes of repairs, one item for each time; afterwards the user stops."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stop = StopButton()
        self.plans: list[bool | ComposeError] = []
        self.repairs: list[ComposeError | None] = []
        self.told: list[str] = []
        self.begun: list[float] = []
        self.clock = SystemClock()
        monkeypatch.setattr(reconcile, "_SETTLE_SECONDS", 0.001)
        monkeypatch.setattr(reconcile, "_LOOK_SECONDS", 0.01)
        monkeypatch.setattr(reconcile, "_FIRST_PAUSE", 0.02)
        monkeypatch.setattr(reconcile, "planned", self.planned)
        monkeypatch.setattr(reconcile, "converge", self.converge)

    def planned(self, *_given: object) -> Plan:
        if not self.plans:
            self.stop.press()
            return Plan(project="shop", command="up")
        item = self.plans.pop(0)
        if isinstance(item, ComposeError):
            raise item
        return Plan(project="shop", command="up", steps=(STEP,) if item else ())

    def converge(self, *_given: object) -> Plan:
        self.begun.append(self.clock.monotonic())
        item = self.repairs.pop(0) if self.repairs else None
        if item is not None:
            raise item
        return Plan(project="shop", command="up")

    def run(self) -> None:
        session = SimpleNamespace(
            engine=FakeEngine(), clock=self.clock, warn=lambda *ones: self.told.extend(o.summary for o in ones)
        )
        keeper = reconcile.Keeper(session, Project(name="shop", directory="/shop"), UpOptions(), self.stop)
        thread = threading.Thread(target=keeper.run, daemon=True)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


def test_nothing_is_told_while_nothing_differs(world):
    world.plans = [False, False, False]
    world.run()
    assert (world.told, world.begun) == ([], [])


def test_a_difference_is_told_and_repaired(world):
    world.plans = [True, False]
    world.run()
    assert world.told == ["restoring Container shop-web-1: its state is exited"]
    assert len(world.begun) == 1


def test_repairs_that_follow_each_other_wait_ever_longer(world):
    world.plans = [True] * 7
    world.run()
    pauses = [after - before for before, after in zip(world.begun, world.begun[1:], strict=False)]
    assert len(pauses) == 3
    assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08), strict=True))


def test_a_repair_that_fails_the_same_way_is_told_once_and_tried_again(world):
    world.plans = [True, True, True, False]
    world.repairs = [fail("x", "no room"), fail("x", "no room")]
    world.run()
    assert len(world.begun) == 3
    assert world.told.count("no room") == 1


def test_an_engine_that_cannot_be_asked_is_told_once_and_asked_again(world):
    world.plans = [fail("x", "gone"), fail("x", "gone"), fail("x", "gone"), True]
    world.run()
    assert world.told == ["gone", "restoring Container shop-web-1: its state is exited"]
    assert len(world.begun) == 1


def test_events_without_end_do_not_hide_a_difference(world, monkeypatch):
    monkeypatch.setattr(reconcile, "_SETTLE_SECONDS", 5.0)
    monkeypatch.setattr(reconcile, "_UNREST_SECONDS", 0.05)
    ended = threading.Event()

    def noise(_self: object, _engine: object, _project: str, deliver, _clock: object) -> None:
        def go_on() -> None:
            while not ended.wait(0.001):
                deliver(None)

        threading.Thread(target=go_on, daemon=True).start()

    monkeypatch.setattr(reconcile.Subscription, "__init__", noise)
    monkeypatch.setattr(reconcile.Subscription, "close", lambda _self: ended.set())
    world.plans = [True]
    world.run()
    assert len(world.begun) == 1
