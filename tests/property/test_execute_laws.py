"""Laws of planning and carrying out together, on an engine in memory that speaks the Docker API."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from compose.base.clock import SystemClock
from compose.base.stop import Stop
from compose.engine.execute import Outcome, execute
from compose.engine.fake import FakeEngine
from compose.engine.fake_script import Exit, InstantClock, Script
from compose.engine.handlers import HANDLERS
from compose.engine.observe import inspected, observe
from compose.model.project import Project
from compose.plan.plan import Plan
from compose.plan.up import plan_up, undecided
from tests.property.test_plan_laws import HEALTHY, JOBS, KEEP_JOBS, project, services

LAW = settings(
    deadline=None,
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes: every try carries plans out
    suppress_health_check=[HealthCheck.too_slow],
)


class NeverStopped:
    """Nobody presses Ctrl-C."""

    level = 0

    def subscribe(self, listener: Any) -> None:
        """Never call it."""


def probed(drawn: dict[str, dict[str, Any]]) -> Project:
    """Return the project with these services, the healthy ones with a healthcheck, and quick updates.

    Containers of `pre_start` hooks have no name by which this engine could be told that they end; a job has ended
    when its `post_start` hook comes.
    """
    for name, service in drawn.items():
        service.pop("pre_start", None)
        if name in JOBS:
            service.pop("post_start", None)
        if name in HEALTHY:
            service["healthcheck"] = {"test": ["CMD", "true"]}
        if "deploy" in service:
            service["deploy"]["update_config"]["delay"] = "0s"
    return project(drawn)


projects = st.builds(probed, services())


def plan(engine: FakeEngine, wanted: Project) -> Plan:
    observed = observe(
        engine,
        wanted.name,
        networks=[network.name for network in wanted.networks.values()],
        volumes=[volume.name for volume in wanted.volumes.values()],
        images=["busybox"],
    )
    return plan_up(wanted, inspected(engine, observed, undecided(wanted, observed, KEEP_JOBS)), KEEP_JOBS)


def up(engine: FakeEngine, wanted: Project) -> Outcome:
    stop: Stop = NeverStopped()
    return execute(plan(engine, wanted), engine, HANDLERS, lambda _event: None, SystemClock(), stop)


@LAW
@given(before=projects, after=projects)
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(before, after):
    awaited = {
        other
        for wanted in (before, after)
        for service in wanted.services.values()
        for other, edge in service.depends_on.items()
        if edge.condition == "service_completed_successfully"
    }
    engine = FakeEngine(clock=InstantClock(), scripts=dict.fromkeys(JOBS & awaited, Script(exit=Exit(code=0))))
    for wanted in (before, after):
        outcome = up(engine, wanted)
        assert outcome.diagnostics == ()
        left = plan(engine, wanted)
        jobs = {step.address.key for step in left.steps} & JOBS
        assert not left.steps or {step.address.key for step in left.steps} == jobs - _awaited(wanted), str(left)
        running = Counter(one.body["Labels"]["com.docker.compose.service"] for one in engine.world.containers.values())
        assert running == {name: service.replicas for name, service in wanted.services.items()}


def _awaited(wanted: Project) -> set[str]:
    """Return the jobs that someone waits for; others that have ended are started again."""
    return {
        other
        for service in wanted.services.values()
        for other, edge in service.depends_on.items()
        if edge.condition == "service_completed_successfully"
    }
