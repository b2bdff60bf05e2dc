"""F. Dependencies, cascades and health."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"
HEALTHY = SLEEPER + "    healthcheck: {test: [CMD, 'true'], interval: 200ms}\n"


def test_start_interval_needs_start_period(stack):
    stack.write(f"services:\n  error:\n    {SLEEPER}    healthcheck: {{test: [CMD, 'true'], start_interval: 1s}}\n")
    result = stack.compose("up", "--wait", "-d", "error", code=1)
    assert "healthcheck.start_interval requires healthcheck.start_period to be set" in result.stderr


def test_recreate_without_dependencies(stack):
    stack.write(f"services:\n  dep:\n    {SLEEPER}  my-service:\n    {SLEEPER}    depends_on: [dep]\n")
    stack.compose("up", "-d", "--wait")
    dep, mine = stack.container("dep").id, stack.container("my-service").id
    stack.compose("up", "-d", "--force-recreate", "--no-deps", "my-service")
    assert stack.container("dep").id == dep
    assert stack.container("my-service").id != mine


def test_volumes_from_without_dependencies(stack):
    stack.write(
        f"services:\n  db:\n    {SLEEPER}    volumes: [/var/data]\n"
        f"  app:\n    {SLEEPER}    depends_on: [db]\n    volumes_from: [db]\n"
    )
    stack.compose("up", "-d")
    before = stack.ids()
    stack.compose("up", "--no-deps", "-d", "app")
    assert stack.ids() == before
    stack.container("db").remove(force=True)
    result = stack.compose("up", "--no-deps", "-d", "app", code=1)
    assert "cannot share volume with service db: container missing" in result.stderr


def test_shared_network_namespace_follows_recreation(stack):
    text = (
        f"services:\n  base:\n    {SLEEPER}    environment: {{V: '%s'}}\n  side:\n    {SLEEPER}    network_mode: service:base\n"
    )
    stack.write(text % 1)
    stack.compose("up", "-d")
    side = stack.container("side").id
    stack.write(text % 2)
    stack.compose("up", "-d")
    assert stack.container("side").id != side
    assert stack.container("side").attrs["HostConfig"]["NetworkMode"] == f"container:{stack.container('base').id}"


def test_restart_true_restarts_dependants(stack):
    text = (
        f"services:\n  nginx:\n    {HEALTHY}    labels: {{TEST: '%s'}}\n"
        f"  with-restart:\n    {SLEEPER}    depends_on: {{nginx: {{condition: service_healthy, restart: true}}}}\n"
        f"  no-restart:\n    {SLEEPER}    depends_on: {{nginx: {{condition: service_healthy}}}}\n"
    )
    stack.write(text % 1)
    stack.compose("up", "-d")
    started = stack.container("no-restart").attrs["State"]["StartedAt"]
    restarted = stack.compose("restart", "nginx")
    assert f"Container {stack.name}-nginx-1 Restarting" in restarted.stderr
    assert f"Container {stack.name}-with-restart-1 Started" in restarted.stderr
    assert "no-restart" not in restarted.stderr
    stack.write(text % 2)
    recreated = stack.compose("up", "-d")
    name = stack.name
    for line in (
        f"Container {name}-with-restart-1 Stopped",
        f"Container {name}-nginx-1 Recreated",
        f"Container {name}-nginx-1 Healthy",
        f"Container {name}-with-restart-1 Started",
        f"Container {name}-no-restart-1 Running",
    ):
        assert line in recreated.stderr
    assert stack.container("no-restart").attrs["State"]["StartedAt"] == started


def test_optional_dependency_may_fail(stack):
    stack.write(
        "services:\n"
        "  job:\n    image: busybox\n    command: 'false'\n"
        f"  web:\n    {SLEEPER}    depends_on: {{job: {{condition: service_completed_successfully, required: false}}}}\n"
    )
    result = stack.compose("up", "-d")
    assert 'optional dependency "job" failed to start' in result.stderr
    assert stack.states()["web-1"] == "running"


def test_all_replicas_of_a_job_must_succeed(stack):
    stack.write(
        "services:\n"
        "  job:\n    image: busybox\n    scale: 2\n"
        "    command: sh -c 'test \"$$(hostname | cut -c1)\" = x || exit 4'\n"
        f"  web:\n    {SLEEPER}    depends_on: {{job: {{condition: service_completed_successfully}}}}\n"
    )
    result = stack.compose("up", "-d", code=1)
    assert """service "job" didn't complete successfully: exit 4""" in result.stderr


def test_chain_of_health_starts_in_order(stack):
    names = [f"s{i}" for i in range(4)]
    text = "services:\n"
    for i, name in enumerate(names):
        text += f"  {name}:\n    {HEALTHY}"
        if i:
            text += f"    depends_on: {{{names[i - 1]}: {{condition: service_healthy}}}}\n"
    stack.write(text)
    stack.compose("up", "-d")
    started = [stack.container(name).attrs["State"]["StartedAt"] for name in names]
    assert started == sorted(started)
    before = stack.ids()
    stack.compose("up", "-d")
    assert stack.ids() == before
