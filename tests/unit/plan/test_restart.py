from __future__ import annotations

import pytest

from compose.plan.options import LifecycleOptions
from compose.plan.restart import plan_restart


def restart(world, *, named=False, **options):
    return plan_restart(world.observed, LifecycleOptions(**options), None if named else world.project)


def lines(plan):
    return str(plan).splitlines()


def stack(up):
    healthy = {"condition": "service_healthy"}
    return up(db={}, follows={"depends_on": {"db": {**healthy, "restart": True}}}, stays={"depends_on": {"db": healthy}})


@pytest.mark.parametrize("named", [False, True])
def test_dependants_follow_where_they_ask_for_it(up, named):
    plan = restart(stack(up), named=named, services=("db",))
    assert lines(plan) == [
        "[] -> #1 service:db:1, RestartContainer, restart",
        "[1] -> #2 service:db, WaitCondition, dependency",
        "[2] -> #3 service:follows:1, RestartContainer, dependency-restarted",
    ]
    assert plan.steps[2].reason.text == "it depends on `db` with `restart: true`, which is restarted"


def test_no_deps_leaves_dependants_alone(up):
    assert lines(restart(stack(up), services=("db",), no_deps=True)) == ["[] -> #1 service:db:1, RestartContainer, restart"]


def test_everything_restarts_in_order(up):
    assert [step.address.key for step in restart(stack(up)).steps] == ["db", "db", "follows", "db", "stays"]


def test_hooks_run_around_a_restart(up):
    world = up(web={"pre_stop": [{"command": ["a"]}], "post_start": [{"command": ["b"]}]})
    plan = restart(world, timeout=4)
    assert lines(plan) == [
        "[] -> #1 service:web:1, RunHook, hook",
        "[1] -> #2 service:web:1, RestartContainer, restart",
        "[2] -> #3 service:web:1, RunHook, hook",
    ]
    assert [plan.steps[0].operation.hook, plan.steps[2].operation.hook] == ["pre_stop", "post_start"]
    assert plan.steps[1].operation.timeout == 4


def test_an_optional_dependency_only_warns(up):
    world = up(web={"depends_on": {"db": {"condition": "service_healthy", "required": False}}}, db={})
    wait = restart(world).steps[1]
    assert wait.optional
    assert not wait.operation.required
