"""`deploy.update_config` carried out: who is replaced, who stays and who comes back when replicas fail."""

from __future__ import annotations

import pytest

from compose.base.clock import SystemClock
from compose.engine.execute import Outcome, execute
from compose.engine.fake import FakeEngine
from compose.engine.fake_script import InstantClock, Script
from compose.engine.handlers import HANDLERS
from compose.engine.observe import inspected, observe
from compose.model.deploy import Deploy, UpdateConfig
from compose.model.project import Project
from compose.model.service import Service, ServiceDependency
from compose.plan.options import UpOptions
from compose.plan.up import plan_up, undecided
from tests.unit.engine.builders import Heard, StopButton

OPTIONS = UpOptions()


def project(release: str, scale: int, update: UpdateConfig) -> Project:
    web = Service(name="web", image="busybox", scale=scale, environment={"RELEASE": release}, deploy=Deploy(update_config=update))
    after = Service(name="after", image="busybox", depends_on={"web": ServiceDependency(condition="service_started")})
    return Project(name="shop", directory="/shop", services={"web": web, "after": after}, networks={})


def up(engine: FakeEngine, wanted: Project) -> tuple[Outcome, Heard]:
    observed = observe(engine, "shop", images=["busybox"])
    plan = plan_up(wanted, inspected(engine, observed, undecided(wanted, observed, OPTIONS)), OPTIONS)
    heard = Heard()
    return execute(plan, engine, HANDLERS, heard, SystemClock(), StopButton()), heard


def releases(engine: FakeEngine) -> dict[str, str]:
    """Return each running replica's release by its name."""
    found = {}
    for one in engine.world.containers.values():
        if "web" in one.name:
            assert one.state == "running"
            (found[one.name],) = [text.partition("=")[2] for text in one.body["Env"] if text.startswith("RELEASE=")]
    return {name.removeprefix("shop-web-"): release for name, release in sorted(found.items())}


def updated(update: UpdateConfig, *failing: int, scale: int = 4) -> tuple[FakeEngine, Outcome, Heard]:
    """Bring release one up, then release two, of which some replicas cannot start."""
    engine = FakeEngine(clock=InstantClock())
    up(engine, project("one", scale, update))
    for identifier, one in list(engine.world.containers.items()):
        if one.name in {f"shop-web-{number}" for number in failing}:
            engine.script(f"{identifier[:12]}_{one.name}", Script(refuses="no room"))
    return (engine, *up(engine, project("two", scale, update)))


def test_a_tolerated_failure_is_a_warning_and_its_replica_stays_as_it_was():
    engine, outcome, heard = updated(UpdateConfig(max_failure_ratio=0.25), 2)
    assert releases(engine) == {"1": "two", "2": "one", "3": "two", "4": "two"}
    assert (outcome.failed, outcome.diagnostics) == ((), ())
    assert len(outcome.tolerated) == 1
    assert "no room" in outcome.warnings[0].summary
    notices = [event.diagnostic.summary for event in heard.events if hasattr(event, "diagnostic")]
    assert "1 of 4 replicas of `web` could not be replaced, which `max_failure_ratio` allows" in notices


def test_too_many_failures_pause_the_update():
    engine, outcome, _ = updated(UpdateConfig(max_failure_ratio=0.25), 1, 2)
    assert releases(engine) == {"1": "one", "2": "one", "3": "one", "4": "one"}
    assert [one.code for one in outcome.diagnostics] == ["engine-error", "engine-error", "update-failed"]
    assert outcome.diagnostics[-1].summary == "the update of `web` does not go on: 2 of 2 replicas of `web` could not be replaced"
    assert outcome.tolerated == ()


def test_without_a_ratio_the_first_failure_pauses():
    engine, outcome, _ = updated(UpdateConfig(), 2)
    assert releases(engine) == {"1": "two", "2": "one", "3": "one", "4": "one"}
    assert len(outcome.diagnostics) == 1


def test_continue_replaces_whom_it_can_and_is_an_error():
    engine, outcome, _ = updated(UpdateConfig(failure_action="continue"), 1, 3)
    assert releases(engine) == {"1": "one", "2": "two", "3": "one", "4": "two"}
    assert len(outcome.diagnostics) == 2


@pytest.mark.parametrize("ratio", [0.0, 0.25])
def test_a_rollback_takes_all_replicas_back(ratio):
    engine, outcome, _ = updated(UpdateConfig(failure_action="rollback", max_failure_ratio=ratio), 3, 4)
    assert releases(engine) == {"1": "one", "2": "one", "3": "one", "4": "one"}
    assert outcome.failed


def test_a_rollback_leaves_a_tolerated_failure_alone():
    engine, outcome, _ = updated(UpdateConfig(failure_action="rollback", max_failure_ratio=0.3), 3)
    assert releases(engine) == {"1": "two", "2": "two", "3": "one", "4": "two"}
    assert outcome.failed == ()


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
@pytest.mark.parametrize("parallelism", [0, 1, 3])
@pytest.mark.parametrize("ratio", [0.0, 0.5])
@pytest.mark.parametrize("action", ["pause", "continue", "rollback"])
def test_an_update_that_goes_well_replaces_all(order, parallelism, ratio, action):
    update = UpdateConfig(order=order, parallelism=parallelism, max_failure_ratio=ratio, failure_action=action)
    engine, outcome, _ = updated(update, scale=3)
    assert releases(engine) == {"1": "two", "2": "two", "3": "two"}
    assert outcome.diagnostics == ()
