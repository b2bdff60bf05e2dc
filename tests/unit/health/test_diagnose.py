from __future__ import annotations

import pytest

from compose.base.failure import Failure, ProbeRun
from compose.base.place import Span
from compose.health.conditions import Failed, Pending
from compose.health.diagnose import diagnose, timed_out
from compose.health.failure import failure_of
from compose.health.fixes import likely_fix
from compose.health.observation import Observation, Probe

SPAN = Span(file="compose.yaml", line=7, column=9, end_line=7, end_column=11)
UNHEALTHY = Observation(
    id="a",
    name="shop-db-1",
    service="db",
    number=1,
    state="running",
    has_healthcheck=True,
    health="unhealthy",
    probe_command=("CMD-SHELL", "pg_isready -U shop"),
    probes=(
        Probe(start=80.0, end=81.0, exit_code=9, output="of an earlier run"),
        Probe(start=105.0, end=105.2, exit_code=0, output="fine"),
        Probe(start=108.0, end=108.5, exit_code=2, output="no response\nreally\n"),
    ),
    started_at=100.0,
    restarts=1,
)


def test_an_unhealthy_dependency_is_explained_whole():
    failed = Failed(code="unhealthy", reason="container shop-db-1 is unhealthy", container=UNHEALTHY)
    found = diagnose(
        failed,
        condition="service_healthy",
        service="db",
        dependant="web",
        span=SPAN,
        logs=["starting\n", "\n", "disk is full\n"],
        now=110.0,
        waited=9.0,
    )
    assert found.severity == "error"
    assert found.code == "dependency-unhealthy"
    assert found.summary == "dependency failed to start: container shop-db-1 is unhealthy"
    assert found.span == SPAN
    assert found.path == ("services", "web", "depends_on", "db")
    assert found.detail.splitlines() == [
        "`web` depends on `db` to be healthy (service_healthy) (waited 9.0 s)",
        "container shop-db-1: running for 10.0 s, restarted 1 time by the engine",
        "healthcheck: pg_isready -U shop",
        "  probe exited with 2 after 0.5 s, 1.5 s ago",
        "    no response",
        "    really",
        "last log lines of shop-db-1:",
        "  starting",
        "  disk is full",
        "time line:",
        "     +0.0 s  started, for the 2nd time",
        "     +5.2 s  probe succeeded",
        "     +8.5 s  probe exited with 2",
    ]
    (failure,) = found.failures
    assert (failure.service, failure.container, failure.dependant) == ("db", "shop-db-1", "web")
    assert failure.condition == "service_healthy"
    assert (failure.waited, failure.state, failure.health, failure.exit_code) == (9.0, "running", "unhealthy", None)
    assert [probe.exit_code for probe in failure.probes] == [0, 2]
    assert failure.logs == ("starting", "disk is full")
    assert found.hint == (
        "nothing listens yet where the probe asks: check address and port, or give the healthcheck a longer `start_period`\n"
        "`compose logs db` shows everything it wrote"
    )


def test_an_exit_tells_code_times_memory_and_the_engines_word():
    ended = Observation(
        id="a",
        name="shop-db-1",
        service="db",
        state="exited",
        exit_code=137,
        oom_killed=True,
        error="boom",
        started_at=100.0,
        finished_at=104.0,
    )
    failed = Failed(code="exited", reason="container shop-db-1 exited (137)", container=ended)
    found = diagnose(failed, condition="service_healthy", service="db", dependant="web", now=105.0)
    assert found.summary == "dependency failed to start: container shop-db-1 exited (137)"
    assert found.detail.splitlines()[1] == (
        "container shop-db-1: exited with code 137 1.0 s ago, ran for 4.0 s, killed for running out of memory, engine says: boom"
    )
    assert "more memory" in found.hint
    assert found.failures[0].oom_killed
    assert found.failures[0].exit_code == 137


def test_a_failed_job_keeps_the_peers_sentence():
    job = Observation(id="a", name="shop-job-1", service="job", state="exited", exit_code=3)
    failed = Failed(code="job-failed", reason='service "job" didn\'t complete successfully: exit 3', container=job)
    found = diagnose(failed, condition="service_completed_successfully", service="job", dependant="web", now=1.0)
    assert found.summary == 'service "job" didn\'t complete successfully: exit 3'
    assert found.code == "dependency-job-failed"


def test_an_optional_dependency_is_a_warning():
    failed = Failed(code="unhealthy", reason="container shop-db-1 is unhealthy", container=UNHEALTHY)
    found = diagnose(failed, condition="service_healthy", service="db", dependant="web", required=False, now=110.0)
    assert found.severity == "warning"
    assert found.summary == 'optional dependency "db" failed to start: container shop-db-1 is unhealthy'


def test_what_the_user_waits_for_is_told_without_dependency():
    ended = Observation(id="a", name="shop-db-1", service="db", state="exited")
    failed = Failed(code="exited", reason="container shop-db-1 exited (0)", container=ended)
    found = diagnose(failed, condition="running_or_healthy", service="db", now=1.0)
    assert found.summary == "container shop-db-1 exited (0)"
    assert found.code == "service-exited"
    assert found.detail == "container shop-db-1: exited with code 0"


def test_no_container_at_all():
    failed = Failed(code="missing", reason="no container of service db")
    found = diagnose(failed, condition="service_healthy", service="db", dependant="web", now=1.0)
    assert found.summary == "web is missing dependency db"
    assert found.detail == "`web` depends on `db` to be healthy (service_healthy)"


def test_no_healthcheck_hints_at_both_ways_out():
    running = Observation(id="a", name="shop-db-1", service="db", state="running", started_at=1.0)
    failed = Failed(code="no-healthcheck", reason="container shop-db-1 has no healthcheck configured", container=running)
    found = diagnose(failed, condition="service_healthy", service="db", dependant="web", now=2.0)
    assert found.summary.endswith("container shop-db-1 has no healthcheck configured")
    assert "healthcheck" in found.hint
    assert "service_started" in found.hint


def test_timeouts_name_what_is_not_there_yet():
    pending = Pending(waiting=(("shop-db-1", "starting"),))
    own = timed_out(pending, condition="running_or_healthy", service="db", seconds=3.0)
    assert own.summary == "application not healthy after 3s"
    assert own.detail == "container shop-db-1 is starting"
    other = timed_out(pending, condition="service_healthy", service="db", seconds=3.0, dependant="web")
    assert other.summary == "timeout waiting for dependencies: `web` waited 3s for `db` to be healthy"


def test_a_timeout_tells_how_those_are_that_are_late():
    late = Observation(
        id="a", name="shop-db-1", service="db", state="running", has_healthcheck=True, health="starting", started_at=100.0
    )
    pending = Pending(waiting=(("shop-db-1", "starting"),))
    found = timed_out(pending, condition="running_or_healthy", service="db", seconds=3.0, now=103.0, seen=[(late, ["loading\n"])])
    assert found.detail.splitlines() == [
        "container shop-db-1 is starting",
        "container shop-db-1: running for 3.0 s",
        "last log lines of shop-db-1:",
        "  loading",
    ]
    assert found.failures[0].logs == ("loading",)


def test_a_long_time_line_leaves_out_its_middle():
    probes = tuple(Probe(start=float(second), end=float(second), exit_code=1) for second in range(1, 60))
    seen = Observation(id="a", name="shop-db-1", service="db", state="running", started_at=1.0, probes=probes)
    moments = failure_of(seen, condition="service_healthy").timeline
    assert len(moments) == 13
    assert moments[6].what == "… 48 more …"
    assert moments[-1].time == 59.0


@pytest.mark.parametrize(
    ("failure", "fix"),
    [
        (Failure(service="a", exit_code=127), "does not have the command"),
        (Failure(service="a", exit_code=1, logs=("exec /app: exec format error",)), "another processor"),
        (Failure(service="a", exit_code=1, logs=("bind: address already in use",)), "has that port"),
        (Failure(service="a", exit_code=1, logs=("dial tcp: connect: connection refused",)), "depends_on"),
        (Failure(service="a", probes=(ProbeRun(exit_code=1, output="/bin/sh: curl: not found"),)), "has no `curl`"),
        (Failure(service="a", probes=(ProbeRun(exit_code=-1, output="Health check exceeded timeout (1s)"),)), "`timeout`"),
        (Failure(service="a", probes=(ProbeRun(exit_code=1, start=100.0, end=100.1),)), "`start_period`"),
        (Failure(service="a", exit_code=1), ""),
    ],
)
def test_signs_point_at_a_fix(failure, fix):
    found = likely_fix(failure, now=110.0)
    assert fix in found
    assert bool(fix) == bool(found)
