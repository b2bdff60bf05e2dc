from __future__ import annotations

import pytest

from compose.health.observation import Observation, Probe, from_inspect, gone, instant

INSPECT = {
    "Id": "abc",
    "Name": "/shop-db-1",
    "RestartCount": 2,
    "State": {
        "Status": "running",
        "ExitCode": 0,
        "OOMKilled": False,
        "Error": "",
        "StartedAt": "2026-01-02T03:04:05.500000001Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
        "Health": {
            "Status": "unhealthy",
            "FailingStreak": 1,
            "Log": [
                {
                    "Start": "2026-01-02T03:04:06.5+01:00",
                    "End": "2026-01-02T03:04:07Z",
                    "ExitCode": 1,
                    "Output": "no answer",
                }
            ],
        },
    },
    "Config": {
        "Labels": {"com.docker.compose.service": "db", "com.docker.compose.container-number": "1"},
        "Healthcheck": {"Test": ["CMD", "pg_isready"]},
    },
    "HostConfig": {"RestartPolicy": {"Name": "always"}},
}


def test_an_inspect_answer_is_read_whole():
    assert from_inspect(INSPECT) == Observation(
        id="abc",
        name="shop-db-1",
        service="db",
        number=1,
        state="running",
        health="unhealthy",
        probes=(Probe(start=1767319446.5, end=1767323047.0, exit_code=1, output="no answer"),),
        probe_command=("CMD", "pg_isready"),
        has_healthcheck=True,
        started_at=1767323045.5,
        restarts=2,
        restart_policy="always",
    )


@pytest.mark.parametrize(
    ("name", "label", "shown"),
    [
        ("0123456789ab_shop-db-1", {"com.docker.compose.replace": "db-1"}, "shop-db-1"),
        ("0123456789ab_shop-db-1", {}, "0123456789ab_shop-db-1"),
        ("shop-db-1", {"com.docker.compose.replace": "db-1"}, "shop-db-1"),
    ],
)
def test_a_replacement_goes_by_its_final_name(name, label, shown):
    seen = from_inspect({"Id": "abc", "Name": f"/{name}", "State": {"Status": "running"}, "Config": {"Labels": label}})
    assert seen.name == shown


def test_a_bare_answer_is_read_too():
    seen = from_inspect({"Id": "abc", "State": {"Status": "created", "Health": None}, "Config": {"Labels": None}})
    assert seen == Observation(id="abc", name="", state="created")


def test_podmans_word_for_health_is_understood():
    seen = from_inspect({"Id": "a", "State": {"Status": "running", "Healthcheck": {"Status": "healthy"}}})
    assert (seen.health, seen.has_healthcheck) == ("healthy", True)


def test_podman_has_stopped_what_it_has_yet_to_clean_up():
    assert from_inspect({"Id": "a", "State": {"Status": "stopped", "ExitCode": 4}}).state == "exited"


@pytest.mark.parametrize("test", [["NONE"], [""], []])
def test_a_disabled_healthcheck_is_none(test):
    seen = from_inspect(
        {"Id": "a", "State": {"Status": "running", "Health": {"Status": "none"}}, "Config": {"Healthcheck": {"Test": test}}}
    )
    assert not seen.has_healthcheck
    assert seen.readiness == ""


def test_health_of_an_earlier_run_does_not_count():
    old = Probe(start=90.0, end=91.0, exit_code=1)
    stale = Observation(
        id="a", name="a", state="running", has_healthcheck=True, health="unhealthy", probes=(old,), started_at=100.0
    )
    assert stale.readiness == "starting"
    fresh = Observation(
        id="a", name="a", state="running", has_healthcheck=True, health="unhealthy", probes=(old,), started_at=80.0
    )
    assert fresh.readiness == "unhealthy"


def test_health_without_probe_times_counts():
    seen = Observation(id="a", name="a", state="running", has_healthcheck=True, health="healthy", started_at=100.0)
    assert seen.readiness == "healthy"


def test_a_healthcheck_that_said_nothing_yet_is_starting():
    assert Observation(id="a", name="a", state="running", has_healthcheck=True).readiness == "starting"


def test_gone_has_no_times():
    assert gone("a", name="shop-a-1", service="a", number=1).newest == 0.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:01.25Z", 1.25),
        ("1970-01-01T01:00:01+01:00", 1.0),
        ("0001-01-01T00:00:00Z", 0.0),
        ("", 0.0),
        (None, 0.0),
        ("yesterday", 0.0),
    ],
)
def test_instants(text, seconds):
    assert instant(text) == seconds
