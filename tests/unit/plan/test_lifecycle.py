from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import ComposeError
from compose.plan.fleet import project_from_labels
from compose.plan.lifecycle import REMOVE, plan_kill, plan_pause, plan_rm, plan_start, plan_stop, plan_unpause
from compose.plan.options import LifecycleOptions


def planned(plan, world, *, named=False, **options):
    return plan(world.observed, LifecycleOptions(**options), None if named else world.project)


def lines(plan):
    return str(plan).splitlines()


def in_state(world, state, *services):
    world.containers = [replace(one, state=state) if not services or one.service in services else one for one in world.containers]
    return world


def chain(up):
    return up(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={}, other={})


def test_labels_tell_services_replicas_and_dependencies(up):
    world = up(web={"depends_on": {"db": {"condition": "service_healthy", "restart": True}}}, db={"scale": 2})
    project = project_from_labels(world.observed)
    assert {name: service.replicas for name, service in project.services.items()} == {"web": 1, "db": 2}
    edge = project.services["web"].depends_on["db"]
    assert (edge.condition, edge.restart) == ("service_healthy", True)


@pytest.mark.parametrize(
    ("label", "edges"),
    [
        ("db", [("db", "running_or_healthy", True)]),
        ("db:service_started", [("db", "service_started", True)]),
        ("db:service_healthy:false", [("db", "service_healthy", False)]),
        ("missing:service_started:false", []),
        ("", []),
    ],
)
def test_the_depends_on_label_is_read_as_the_peer_does(up, label, edges):
    world = up(web={}, db={})
    own = {**world.containers[0].labels, labels.DEPENDS_ON: label}
    world.containers[0] = replace(world.containers[0], labels=own)
    found = project_from_labels(world.observed).services["web"].depends_on
    assert [(name, edge.condition, edge.restart) for name, edge in found.items()] == edges


@pytest.mark.parametrize("named", [False, True])
def test_start_goes_in_order_with_conditions(up, named):
    world = in_state(chain(up), "exited")
    assert lines(planned(plan_start, world, named=named, services=("web",))) == [
        "[] -> #1 service:db:1, StartContainer, not-running",
        "[1] -> #2 service:db, WaitCondition, dependency",
        "[2] -> #3 service:web:1, StartContainer, not-running",
    ]


def test_start_can_wait(up):
    plan = planned(plan_start, in_state(chain(up), "exited", "other"), services=("other",), wait=True, wait_timeout=3.0)
    assert lines(plan) == [
        "[] -> #1 service:other:1, StartContainer, not-running",
        "[1] -> #2 service:other, WaitCondition, wait",
    ]
    assert plan.steps[1].operation.timeout == 3.0


def test_start_makes_nothing(up, new):
    world = chain(up)
    world.containers = [one for one in world.containers if one.service != "db"]
    with pytest.raises(ComposeError, match='service "db" has no container to start'):
        planned(plan_start, world)
    with pytest.raises(ComposeError, match='no container found for project "shop": not found'):
        planned(plan_start, new(web={}))


def test_stop_goes_against_the_order(up):
    assert lines(planned(plan_stop, chain(up))) == [
        "[] -> #1 service:web:1, StopContainer, stop",
        "[] -> #2 service:other:1, StopContainer, stop",
        "[1] -> #3 service:db:1, StopContainer, stop",
    ]


def test_stop_touches_the_named_only(up):
    plan = planned(plan_stop, chain(up), services=("db",), timeout=1)
    assert lines(plan) == ["[] -> #1 service:db:1, StopContainer, stop"]
    assert plan.steps[0].operation.timeout == 1


def test_stop_says_what_is_stopped_already(up):
    plan = planned(plan_stop, in_state(up(web={}), "exited"))
    assert plan.steps == ()
    assert [(one.resource, one.action) for one in plan.unchanged] == [("Container shop-web-1", "Stopped")]


def test_stop_tells_providers(new):
    (step,) = planned(plan_stop, new(cloud={"provider": {"type": "model"}})).steps
    assert step.operation.action == "stop"


@pytest.mark.parametrize("plan", [plan_start, plan_stop, plan_kill, plan_pause, plan_unpause, plan_rm])
def test_unknown_services_are_refused_where_files_say_so(up, plan):
    with pytest.raises(ComposeError, match="no such service: nope"):
        planned(plan, up(web={}), services=("nope",))


def test_kill_signals_what_runs_one_offs_included(up):
    world = up(web={}, db={})
    in_state(world, "exited", "db")
    world.containers.append(replace(world.containers[0], id="x", name="shop-web-run-1", number=0, oneoff=True))
    plan = planned(plan_kill, world, signal="SIGHUP")
    assert [step.operation.signal for step in plan.steps] == ["SIGHUP", "SIGHUP"]
    assert "orphan:shop-web-run-1" in str(plan)


def test_kill_without_anything_to_kill(up):
    plan = planned(plan_kill, in_state(up(web={}), "exited"))
    assert [one.summary for one in plan.warnings] == ["No container to kill"]


def test_kill_reaches_orphans_on_request(up):
    world = up(web={}, gone={})
    world.data["services"].pop("gone")
    world.service("web")
    assert "gone" not in str(planned(plan_kill, world))
    assert "service:gone:1, KillContainer, kill" in str(planned(plan_kill, world, remove_orphans=True))


def test_pause_and_unpause(up):
    world = in_state(up(web={}, db={}, old={}), "paused", "db")
    in_state(world, "exited", "old")
    assert [step.address.key for step in planned(plan_pause, world).steps] == ["db", "web"]
    assert [step.address.key for step in planned(plan_unpause, world, services=("db",)).steps] == ["db"]
    assert planned(plan_pause, world, services=("old",)).steps == ()


def test_rm_asks_first(up):
    world = in_state(up(web={}, db={}), "exited", "web")
    plan = planned(plan_rm, world)
    assert plan.steps == ()
    assert [(one.key, one.question) for one in plan.confirmations] == [(REMOVE, "Going to remove shop-web-1")]
    confirmed = planned(plan_rm, world, confirmed=frozenset({REMOVE}))
    assert lines(confirmed) == ["[] -> #1 service:web:1, RemoveContainer, rm"]


def test_rm_by_force_with_stop_and_volumes(up):
    plan = planned(plan_rm, up(web={}), force=True, stop=True, volumes=True)
    assert lines(plan) == [
        "[] -> #1 service:web:1, StopContainer, stop",
        "[1] -> #2 service:web:1, RemoveContainer, rm",
    ]
    assert plan.steps[1].operation.volumes


def test_rm_without_stopped_containers(up):
    plan = planned(plan_rm, up(web={}), force=True)
    assert plan.steps == ()
    assert [one.summary for one in plan.warnings] == ["No stopped containers"]
