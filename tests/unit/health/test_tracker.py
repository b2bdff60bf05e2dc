from __future__ import annotations

import pytest

from compose.base.events import HealthChanged
from compose.health.conditions import Failed, Met, Pending
from compose.health.observation import Observation, Probe, gone
from compose.health.tracker import HealthTracker


def seen(number=1, service="db", **fields):
    fields = {"state": "running", **fields}
    return Observation(id=f"{service}{number}", name=f"shop-{service}-{number}", service=service, number=number, **fields)


def checked(number=1, health="starting", **fields):
    return seen(number, has_healthcheck=True, health=health, **fields)


def tracked(*observations):
    tracker = HealthTracker()
    for moment, observation in enumerate(observations):
        tracker.apply(observation, float(moment))
    return tracker


@pytest.mark.parametrize(
    ("observation", "state"),
    [
        (seen(state="created"), "created"),
        (checked(), "starting"),
        (checked(health="healthy"), "healthy"),
        (checked(health="unhealthy"), "unhealthy"),
        (seen(), "running"),
        (seen(state="paused"), "running"),
        (seen(state="restarting"), "restarting"),
        (seen(state="exited"), "exited"),
        (seen(state="dead"), "exited"),
        (seen(state="removing"), "gone"),
        (gone("db1", name="shop-db-1", service="db"), "gone"),
    ],
)
def test_each_container_has_one_state(observation, state):
    replica = tracked(observation).replica("db1")
    assert replica is not None
    assert replica.state == state


def test_a_change_is_told_once():
    tracker = HealthTracker()
    first = tracker.apply(checked(), 1.0)
    assert first == HealthChanged(time=1.0, service="db", container="shop-db-1", state="starting")
    assert tracker.apply(checked(), 2.0) is None
    assert tracker.apply(checked(health="healthy"), 3.0) == HealthChanged(
        time=3.0, service="db", container="shop-db-1", state="healthy"
    )


def test_exit_code_and_memory_are_told_with_the_exit():
    event = HealthTracker().apply(seen(state="exited", exit_code=137, oom_killed=True), 1.0)
    assert event is not None
    assert event.detail == "exit code 137, out of memory"


def test_since_is_when_the_state_began_and_begins_anew_with_a_restart():
    tracker = tracked(checked(health="healthy", started_at=5.0), checked(health="healthy", started_at=5.0))
    assert tracker.replica("db1").since == 0.0
    tracker.apply(checked(health="healthy", started_at=6.0), 9.0)
    assert tracker.replica("db1").since == 9.0


def test_a_late_answer_does_not_bring_back_the_past():
    healthy = checked(health="healthy", started_at=5.0, probes=(Probe(start=6.0, end=6.1),))
    tracker = tracked(healthy, checked(started_at=5.0))
    assert tracker.replica("db1").state == "healthy"


def test_what_is_gone_stays_gone():
    tracker = tracked(gone("db1", name="shop-db-1", service="db"), seen(started_at=99.0))
    assert tracker.replica("db1").state == "gone"


def test_gone_always_counts():
    tracker = tracked(seen(started_at=99.0), gone("db1", name="shop-db-1", service="db"))
    assert tracker.replica("db1").state == "gone"


def test_forgotten_containers_are_unknown():
    tracker = tracked(seen())
    tracker.forget("db1")
    assert tracker.replica("db1") is None
    assert tracker.replicas("db") == ()


def test_replicas_come_by_number():
    tracker = tracked(seen(2), seen(1), seen(1, service="web"))
    assert [replica.seen.number for replica in tracker.replicas("db")] == [1, 2]


JOB_OK = seen(service="job", state="exited")
JOB_BAD = seen(service="job", state="exited", exit_code=3)


@pytest.mark.parametrize(
    ("condition", "observation", "code"),
    [
        ("service_started", seen(), None),
        ("service_started", seen(state="exited", exit_code=1), None),
        ("service_healthy", checked(health="healthy"), None),
        ("service_healthy", checked(health="unhealthy"), "unhealthy"),
        ("service_healthy", seen(state="exited", exit_code=1), "exited"),
        ("service_healthy", seen(), "no-healthcheck"),
        ("service_healthy", gone("db1", name="shop-db-1", service="db"), "gone"),
        ("service_completed_successfully", JOB_OK, None),
        ("service_completed_successfully", JOB_BAD, "job-failed"),
        ("service_completed_successfully", seen(state="dead"), "job-failed"),
        ("running_or_healthy", seen(), None),
        ("running_or_healthy", checked(health="healthy"), None),
        ("running_or_healthy", checked(health="unhealthy"), "unhealthy"),
        ("running_or_healthy", seen(state="exited"), "exited"),
    ],
)
def test_verdicts_that_are_final(condition, observation, code):
    verdict = tracked(observation).verdict(observation.service, condition)
    if code is None:
        assert isinstance(verdict, Met)
    else:
        assert isinstance(verdict, Failed)
        assert verdict.code == code
        assert verdict.container == observation


@pytest.mark.parametrize(
    ("condition", "observation", "state"),
    [
        ("service_started", seen(state="created"), "created"),
        ("service_healthy", seen(state="created"), "created"),
        ("service_healthy", checked(), "starting"),
        ("service_healthy", checked(health="unhealthy", state="restarting"), "restarting"),
        ("service_completed_successfully", seen(), "running"),
        ("service_completed_successfully", seen(state="restarting", exit_code=1), "restarting"),
        ("running_or_healthy", seen(state="created"), "created"),
        ("running_or_healthy", checked(state="created"), "created"),
        ("running_or_healthy", seen(state="restarting"), "restarting"),
        ("running_or_healthy", checked(), "starting"),
    ],
)
def test_verdicts_that_wait(condition, observation, state):
    assert tracked(observation).verdict("db", condition) == Pending(waiting=(("shop-db-1", state),))


def test_reasons_are_the_peers_words():
    assert tracked(checked(health="unhealthy")).verdict("db", "service_healthy").reason == "container shop-db-1 is unhealthy"
    assert tracked(seen(state="exited")).verdict("db", "running_or_healthy").reason == "container shop-db-1 exited (0)"
    assert tracked(seen()).verdict("db", "service_healthy").reason == "container shop-db-1 has no healthcheck configured"
    reason = tracked(JOB_BAD).verdict("job", "service_completed_successfully").reason
    assert reason == 'service "job" didn\'t complete successfully: exit 3'


def test_a_job_may_end_when_it_is_asked_to_run():
    assert isinstance(tracked(JOB_OK).verdict("job", "running_or_healthy", exit_ok=True), Met)
    assert isinstance(tracked(JOB_BAD).verdict("job", "running_or_healthy", exit_ok=True), Failed)
    restarted = seen(service="job", state="exited", restart_policy="on-failure")
    assert isinstance(tracked(restarted).verdict("job", "running_or_healthy", exit_ok=True), Failed)


def test_every_replica_must_satisfy_the_condition():
    tracker = tracked(seen(1, state="exited"), seen(2))
    assert isinstance(tracker.verdict("db", "service_completed_successfully"), Pending)
    tracker.apply(seen(2, state="exited", exit_code=1), 9.0)
    assert isinstance(tracker.verdict("db", "service_completed_successfully"), Failed)


def test_met_since_the_last_replica():
    tracker = tracked(checked(1, "healthy"), checked(2), checked(2, "healthy"))
    assert tracker.verdict("db", "service_healthy") == Met(since=2.0)


def test_expected_containers_are_waited_for_and_others_ignored():
    tracker = tracked(checked(1, "healthy"), checked(2, "unhealthy"))
    assert isinstance(tracker.verdict("db", "service_healthy", ["db1"]), Met)
    assert tracker.verdict("db", "service_healthy", ["db1", "db7"]) == Pending(waiting=(("db7", "unknown"),))


def test_no_container_at_all_is_a_failure():
    verdict = HealthTracker().verdict("db", "service_healthy")
    assert isinstance(verdict, Failed)
    assert verdict.code == "missing"


def test_a_left_over_unhealthy_does_not_fail_a_restarted_container():
    probe = Probe(start=10.0, end=11.0, exit_code=1)
    restarted = checked(health="unhealthy", probes=(probe,), started_at=20.0)
    assert isinstance(tracked(restarted).verdict("db", "service_healthy"), Pending)
