"""A probe of our own that passes before the engine's."""

from compose.health.conditions import Failed, Met, Pending
from compose.health.observation import Observation, Probe
from compose.health.tracker import HealthTracker


def starting(**changes):
    fields = {"id": "1", "name": "db-1", "service": "db", "number": 1, "state": "running", "health": "starting"}
    return Observation(**{**fields, "has_healthcheck": True, "started_at": 100.0, **changes})


def tracker(*seen):
    found = HealthTracker()
    for one in seen:
        found.apply(one, 100.0)
    return found


def test_it_is_as_good_as_healthy_and_called_ready():
    found = tracker(starting())
    assert isinstance(found.verdict("db", "service_healthy"), Pending)
    assert found.mark_ready("1", 100.0, 101.0).state == "ready"
    assert found.verdict("db", "service_healthy") == Met(since=101.0, early=True)
    assert found.verdict("db", "running_or_healthy") == Met(since=101.0, early=True)


def test_looking_again_does_not_take_it_back_and_the_engine_has_the_last_word():
    found = tracker(starting())
    found.mark_ready("1", 100.0, 101.0)
    assert found.apply(starting(), 102.0) is None
    assert found.apply(starting(health="healthy", probes=(Probe(start=103, end=103.0),)), 103.0).state == "healthy"
    assert found.verdict("db", "service_healthy") == Met(since=103.0)
    found.apply(starting(health="unhealthy", probes=(Probe(start=104, end=104.0, exit_code=1),)), 104.0)
    assert isinstance(found.verdict("db", "service_healthy"), Failed)


def test_it_counts_for_one_run_of_a_container_only():
    found = tracker(starting())
    assert found.mark_ready("1", 99.0, 101.0) is None
    found.mark_ready("1", 100.0, 101.0)
    found.apply(starting(started_at=110.0), 110.0)
    assert isinstance(found.verdict("db", "service_healthy"), Pending)


def test_an_end_is_an_end():
    found = tracker(starting())
    found.mark_ready("1", 100.0, 101.0)
    found.apply(starting(state="exited", exit_code=1, finished_at=102.0), 102.0)
    assert isinstance(found.verdict("db", "service_healthy"), Failed)


def test_what_never_runs_or_has_been_judged_is_not_marked():
    assert HealthTracker().mark_ready("1", 100.0, 101.0) is None
    healthy = starting(health="healthy", probes=(Probe(start=101, end=101.0),))
    assert tracker(healthy).mark_ready("1", 100.0, 102.0) is None
