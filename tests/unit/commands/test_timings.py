from __future__ import annotations

import json

import pytest

from compose.base.address import Address
from compose.commands.timings import Performed, bars, critical_path, render, trace
from compose.engine.outcome import Outcome, Timing
from compose.plan.operation import CreateContainer, CreateNetwork, PullImage, StartContainer, Target, WaitCondition
from compose.plan.plan import Plan, Reason, Step

DB, WEB = (Target(service=name, number=1, name=f"p-{name}-1") for name in ("db", "web"))


def step(identifier, operation, key, *after, kind="container"):
    return Step(
        id=identifier,
        address=Address(kind=kind, key=key),
        resource=f"{kind} {key}",
        operation=operation,
        reason=Reason(code="absent"),
        after=after,
    )


def create(target):
    return CreateContainer(target=target, body={}, image="busybox")


STEPS = (
    step("1", PullImage(reference="busybox", services=("db", "web")), "busybox", kind="image"),
    step("2", CreateNetwork(key="n", name="p_n", body={}), "n", "1", kind="network"),
    step("3", create(DB), "db", "2"),
    step("4", create(WEB), "web", "2"),
    step("5", StartContainer(container=DB), "db", "3"),
    step("6", WaitCondition(service="db", condition="service_healthy", dependant="web"), "db", "3", kind="service"),
    step("7", StartContainer(container=WEB), "web", "4", "6"),
    step("8", StartContainer(container=WEB), "web", "7"),
)
TIMES = {
    "1": (0.0, 0.0, 1.0),
    "2": (1.0, 1.0, 1.1),
    "3": (1.1, 1.1, 1.2),
    "4": (1.1, 1.1, 1.5),
    "5": (1.2, 1.2, 1.4),
    "6": (1.2, 1.2, 2.4),
    "7": (2.4, 2.5, 3.0),
}


def run(began=100.0, steps=STEPS, times=TIMES):
    timings = {key: Timing(ready=ready, start=start, end=end) for key, (ready, start, end) in times.items()}
    return Performed(plan=Plan(project="p", command="up", steps=steps), outcome=Outcome(timings=timings), began=began)


def spent(row, phase):
    return [(bar.start, bar.end) for bar in bars([run()]) if (bar.row, bar.phase) == (row, phase)]


def test_a_pull_counts_for_every_service_that_wants_the_image():
    assert spent("db", "pull") == spent("web", "pull") == [(0.0, 1.0)]


def test_a_service_is_getting_ready_from_its_start_on():
    assert spent("db", "ready") == [(1.4, 2.4)]


def test_what_never_began_has_no_bar():
    assert spent("web", "start") == [(2.5, 3.0)]


def test_the_critical_path_follows_what_ended_last():
    path = [(round(seconds, 6), bar.phase, bar.row) for seconds, bar in critical_path([run()])]
    assert path == [
        (1.0, "pull", "db"),
        (0.1, "create", "network:n"),
        (0.1, "create", "db"),
        (1.2, "ready", "db"),
        (0.6, "start", "web"),
    ]
    assert sum(seconds for seconds, _, _ in path) == pytest.approx(3.0)


def test_plans_that_follow_each_other_share_one_axis():
    later = bars([run(), run(began=110.0)])
    assert max(bar.end for bar in later) == pytest.approx(13.0)


def test_the_table_has_a_line_for_each_service_and_the_path():
    lines = render([run()]).splitlines()
    assert lines[0].split() == ["pull", "create", "start", "ready", "0s", "3.00s"]
    assert next(line for line in lines if line.startswith("db")).split()[1:5] == ["1.00s", "0.10s", "0.20s", "1.00s"]
    assert "Critical path (3.00s):" in lines
    assert "    1.20s  Waiting for db to be healthy" in lines


def test_nothing_to_tell():
    assert render([]) == "Nothing took any time.\n"


def test_a_trace_has_complete_events_on_named_lines():
    events = json.loads(trace([run()]))["traceEvents"]
    names = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    assert set(names.values()) == {"db", "web", "network:n"}
    (wait,) = [event for event in events if event.get("cat") == "ready"]
    assert (wait["name"], wait["ts"], wait["dur"], names[wait["tid"]]) == (
        "Waiting for db to be healthy",
        1_400_000,
        1_000_000,
        "db",
    )
