"""Laws of `plan_up` and `plan_down` for any project and any state an engine can be in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from compose.base.units import decode_unit
from compose.model.project import Project
from compose.plan.operation import StartContainer, StopContainer
from compose.plan.options import DownOptions, UpOptions
from compose.plan.plan import Plan, Step
from compose.plan.teardown import plan_down
from compose.plan.up import plan_up
from compose.state.observed import EngineFacts, ImageState, Observed

NAMES = ("cache", "db", "job", "proxy", "web")
HEALTHY = frozenset({"db", "cache"})
JOBS = frozenset({"job"})
EMPTY = Observed(
    project="shop",
    engine=EngineFacts(api_version=(1, 51)),
    images={"busybox": ImageState(reference="busybox", id="sha256:box", identity="sha256:box")},
)
LAW = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
KEEP_JOBS = UpOptions(jobs="keep", assume_yes=True, remove_orphans=True)


@st.composite
def services(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Draw services, each depending on earlier ones only."""
    found: dict[str, dict[str, Any]] = {}
    for name in draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]:
        found[name] = draw(_service(name, tuple(found)))
    return found


@st.composite
def _service(draw: st.DrawFn, name: str, others: tuple[str, ...]) -> dict[str, Any]:
    service: dict[str, Any] = {"name": name, "image": "busybox", "environment": {"V": draw(st.sampled_from("123"))}}
    service["depends_on"] = {other: draw(_edge(other)) for other in others if draw(st.booleans())}
    lasting = [other for other in others if other not in JOBS]
    if lasting and draw(st.integers(0, 3)) == 0:
        other = draw(st.sampled_from(lasting))
        service["network_mode"] = f"service:{other}"
        service["depends_on"].setdefault(other, {"condition": "service_started", "restart": True})
    else:
        service["networks"] = dict.fromkeys(draw(st.sets(st.sampled_from(("front", "back")), min_size=1)))
    service["volumes"] = [
        {"type": "volume", "source": key, "target": f"/{key}"} for key in sorted(draw(st.sets(st.sampled_from(("data", "logs")))))
    ]
    service["scale"] = draw(st.integers(1, 3))
    if draw(st.integers(0, 3)) == 0:
        service["deploy"] = {"update_config": draw(_update())}
    if draw(st.integers(0, 4)) == 0:
        service["post_start"] = [{"command": ["true"]}]
        service["pre_start"] = [{"command": ["true"]}]
    if draw(st.integers(0, 4)) == 0:
        service["configs"] = [{"source": "settings"}]
    return service


def _edge(other: str) -> st.SearchStrategy[dict[str, Any]]:
    conditions = ["service_started"]
    conditions += ["service_healthy"] if other in HEALTHY else []
    conditions += ["service_completed_successfully"] if other in JOBS else []
    return st.fixed_dictionaries({"condition": st.sampled_from(conditions), "restart": st.booleans(), "required": st.booleans()})


def _update() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "parallelism": st.integers(0, 2),
            "order": st.sampled_from(["start-first", "stop-first"]),
            "failure_action": st.sampled_from(["pause", "continue", "rollback"]),
            "delay": st.sampled_from(["0s", "1s"]),
            "max_failure_ratio": st.sampled_from([0.0, 0.5]),
        }
    )


def project(drawn: dict[str, dict[str, Any]], driver: str = "") -> Project:
    """Return the project with these services, and the networks and volumes they use."""
    networks = {key for service in drawn.values() for key in service.get("networks", ())}
    volumes = {mount["source"] for service in drawn.values() for mount in service["volumes"]}
    data = {
        "name": "shop",
        "directory": "/shop",
        "services": drawn,
        "networks": {key: {"name": f"shop_{key}", "driver": driver} for key in networks},
        "volumes": {key: {"name": f"shop_{key}", "driver": driver} for key in volumes},
        "configs": {"settings": {"content": "x"}},
    }
    return msgspec.convert(data, Project, dec_hook=decode_unit)


projects = st.builds(project, services(), st.sampled_from(["", "local"]))


def planned(wanted: Project, observed: Observed, **options: Any) -> Plan:
    return plan_up(wanted, observed, replace(KEEP_JOBS, **options))


def first(ready: list[Step]) -> Step:
    return ready[0]


def perform(
    engine: Any, wanted: Project, choose: Callable[[list[Step]], Step] = first, *, remove_orphans: bool = True, **how: Any
) -> Plan:
    """Plan and perform; a service whose end is waited for ends well, any other keeps running."""
    awaited = {
        name
        for service in wanted.services.values()
        for name, edge in service.depends_on.items()
        if edge.condition == "service_completed_successfully"
    }
    engine.jobs = JOBS & awaited
    plan = planned(wanted, engine.state(), remove_orphans=remove_orphans)
    engine.run(plan, choose, **how)
    return plan


def counts(observed: Observed) -> dict[str, int]:
    return dict(Counter(one.service for one in observed.containers))


def assert_converged(engine: Any, wanted: Project) -> None:
    assert str(planned(wanted, engine.state())) == ""
    assert counts(engine.state()) == {name: service.replicas for name, service in wanted.services.items()}
    assert all("_" not in one.name for one in engine.state().containers)


@st.composite
def choices(draw: st.DrawFn) -> Callable[[list[Step]], Step]:
    """Draw an order in which steps that may run do run."""
    random = draw(st.randoms(use_true_random=False))
    return random.choice


@LAW
@given(before=projects, after=projects, choose=choices())
def test_a_performed_plan_leaves_nothing_to_do(simulator, before, after, choose):
    engine = simulator(EMPTY, health=HEALTHY)
    for wanted in (before, after):
        perform(engine, wanted, choose)
        assert_converged(engine, wanted)


@LAW
@given(before=projects, after=projects, choose=choices(), part=st.floats(0, 1))
def test_an_interrupted_plan_converges_the_next_time(simulator, before, after, choose, part):
    engine = simulator(EMPTY, health=HEALTHY)
    perform(engine, before)
    most = round(part * len(planned(after, engine.state()).steps))
    perform(engine, after, choose, most=most)
    perform(engine, after)
    assert_converged(engine, after)


@LAW
@given(before=projects, after=projects, part=st.floats(0, 1))
def test_a_failed_replacement_gives_way_to_the_container_it_was_to_replace(simulator, before, after, part):
    engine = simulator(EMPTY, health=HEALTHY)
    perform(engine, before)
    plan = planned(after, engine.state(), remove_orphans=False)  # an orphan may own the namespace of what is put back
    replacing = [step for step in plan.steps if step.group.startswith("recreate:")]
    starts = [step for step in replacing if isinstance(step.operation, StartContainer) and not step.operation.container.id]
    if not starts:
        return
    failing = starts[round(part * (len(starts) - 1))]
    old = [
        step.operation.container
        for step in replacing
        if step.group == failing.group and isinstance(step.operation, StopContainer) and step.operation.container.id
    ]
    perform(engine, after, remove_orphans=False, fail=failing.id)
    for container in old:
        if engine.owner(engine.containers[container.id]):
            continue  # it may share the namespace of one that was replaced for good
        assert engine.containers[container.id].state == "running" or container.service in engine.jobs
        assert engine.containers[container.id].name == container.name
    perform(engine, after)
    assert_converged(engine, after)


@LAW
@given(before=projects, after=projects)
def test_every_step_waits_for_earlier_ones_only_and_dependants_start_last(simulator, before, after):
    engine = simulator(EMPTY, health=HEALTHY)
    perform(engine, before)
    plan = planned(after, engine.state())
    place = {step.id: index for index, step in enumerate(plan.steps)}
    assert len(place) == len(plan.steps)
    below: dict[str, set[str]] = {}
    starts: dict[str, set[str]] = {}
    for step in plan.steps:
        waited = (*step.after, *step.settled)
        assert all(place[other] < place[step.id] for other in waited)
        below[step.id] = {one for other in waited for one in (other, *below[other])}
        if isinstance(step.operation, StartContainer):
            starts.setdefault(step.operation.container.service, set()).add(step.id)
    for name, service in after.services.items():
        for other in service.depends_on:
            for start in starts.get(name, ()):
                assert starts.get(other, set()) <= below[start]


@LAW
@given(before=projects, labelled=st.booleans(), choose=choices())
def test_down_leaves_nothing_and_stops_dependants_first(simulator, before, labelled, choose):
    engine = simulator(EMPTY, health=HEALTHY)
    perform(engine, before)
    options = DownOptions(volumes=True, remove_orphans=True)
    plan = plan_down(engine.state(), options, None if labelled else before)
    engine.run(plan, choose)
    state = engine.state()
    assert (state.containers, state.networks, state.volumes) == ((), (), ())
    below: dict[str, set[str]] = {}
    for step in plan.steps:
        below[step.id] = {one for other in step.after for one in (other, *below[other])}
    stops = [step for step in plan.steps if isinstance(step.operation, StopContainer)]
    for step in stops:
        needed = before.services[step.operation.container.service].depends_on
        for other in stops:
            if other.operation.container.service in needed:
                assert step.id in below[other.id]
