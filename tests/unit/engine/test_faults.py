"""One plan, and a failure at each of its calls: it ends, and what is left is whole."""

from __future__ import annotations

import pytest

from compose.base.clock import SystemClock
from compose.engine import lookout, retry
from compose.engine.execute import Outcome, execute
from compose.engine.fake import FakeEngine, anything, calls_to
from compose.engine.fake_script import Fault
from compose.engine.handlers import HANDLERS
from compose.plan import operation as ops
from compose.plan.plan import Plan
from tests.unit.engine.builders import HEALTHCHECK, Heard, StopButton, body, create, plan, start, step, target, wait

CALLS = 24
"""More than the plan makes, so that every call has its turn."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(lookout, "_FIRST_PAUSE", 0.0)


def before() -> tuple[FakeEngine, str]:
    """An engine on which `web` runs already."""
    engine = FakeEngine()
    with engine.world.lock:
        old = engine.world.add_container("shop-web-1", body("web"))
        engine.world.start(old)
    return engine, old.id


def up(old: str) -> Plan:
    """A network and a volume, a database to wait for, and `web` replaced when it is healthy."""
    previous = target("web", 1, old)
    made = ops.CreateContainer(target=target("web"), body=body("web"), image="busybox", temporary_name="0123456789ab_shop-web-1")
    return plan(
        step("net", ops.CreateNetwork(key="default", name="shop_default", body={"Name": "shop_default"})),
        step("vol", ops.CreateVolume(key="data", name="shop_data", body={"Name": "shop_data"})),
        create("db", "db", "net", "vol", made=body("db", **HEALTHCHECK, HostConfig={"Binds": ["shop_data:/data"]})),
        start("db-up", "db", "db"),
        wait("db-ok", "db", "service_healthy", "db-up", dependant="web"),
        step("new", made, "db-ok", group="g", undo=(ops.RemoveContainer(container=target("web")),)),
        step("stop", ops.StopContainer(container=previous), "new", group="g", undo=(ops.StartContainer(container=previous),)),
        step("start", ops.StartContainer(container=target("web")), "stop", group="g", commit=True),
        step("remove", ops.RemoveContainer(container=previous), "start", group="g"),
        step("name", ops.RenameContainer(container=target("web"), name="shop-web-1"), "remove", group="g"),
    )


def carry_out(engine: FakeEngine, old: str) -> Outcome:
    return execute(up(old), engine, HANDLERS, Heard(), SystemClock(), StopButton())


def states(engine: FakeEngine) -> dict[str, str]:
    return {one.name: one.state for one in engine.world.containers.values()}


@pytest.mark.parametrize("performed", [False, True], ids=["never arrived", "answer lost"])
@pytest.mark.parametrize("call", range(1, CALLS))
def test_one_lost_connection_changes_nothing(call, performed):
    engine, old = before()
    engine.fail(Fault(matches=anything, status=0, first=call, performed=performed))
    outcome = carry_out(engine, old)
    assert (outcome.failed, outcome.skipped) == ((), ())
    assert states(engine) == {"shop-web-1": "running", "shop-db-1": "running"}
    assert old not in engine.world.containers
    assert len(engine.calls) < CALLS


@pytest.mark.parametrize("performed", [False, True], ids=["refused", "failed after the deed"])
@pytest.mark.parametrize("call", range(1, CALLS))
def test_one_refusal_leaves_web_running(call, performed):
    engine, old = before()
    engine.fail(Fault(matches=anything, status=500, message="disk on fire", first=call, performed=performed))
    outcome = carry_out(engine, old)
    assert bool(outcome.failed) == bool(outcome.diagnostics)
    assert all("disk on fire" in one.summary for one in outcome.diagnostics)
    running = [one for one in engine.world.containers.values() if one.state == "running" and "web" in one.name]
    assert len(running) == 1
    assert not outcome.skipped or outcome.failed


def test_an_engine_that_stays_away_is_an_error_and_not_a_hang():
    engine, old = before()
    engine.fail(Fault(matches=anything, status=0, message="gone", times=10_000))
    outcome = carry_out(engine, old)
    assert outcome.failed == ("net", "vol")
    assert {one.code for one in outcome.diagnostics} == {"engine-connection-lost"}


def test_an_engine_that_goes_away_during_a_wait_is_an_error_and_not_a_hang(monkeypatch):
    monkeypatch.setattr(lookout, "_GIVE_UP_SECONDS", 0.02)
    engine, old = before()
    engine.fail(Fault(matches=calls_to("GET", "/containers/"), status=0, message="gone", times=10_000))
    outcome = carry_out(engine, old)
    assert "db-ok" in outcome.failed
    assert states(engine)["shop-web-1"] == "running"
