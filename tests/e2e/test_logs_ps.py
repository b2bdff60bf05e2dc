"""J. Logs and listings."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"


def test_logs_select_services_and_replicas(stack):
    stack.write(
        "services:\n  ping: {image: busybox, command: echo pinged}\n  hello: {image: busybox, command: echo hello, scale: 2}\n"
    )
    stack.compose("up", "-d", "--wait", code=None)
    stack.until(lambda: set(stack.states().values()) == {"exited"}, "all exited")
    assert {"pinged", "hello"} <= set(stack.compose("logs", "--no-log-prefix").stdout.split())
    assert "hello" not in stack.compose("logs", "ping").stdout
    both = stack.compose("logs", "hello", "ping").stdout
    assert "hello-1" in both
    assert "ping-1" in both
    second = stack.compose("logs", "--index", "2", "hello").stdout
    assert "hello-2" in second
    assert "hello-1" not in second


def test_logs_tail_and_timestamps(stack):
    stack.write("services:\n  a: {image: busybox, command: sh -c 'for i in 1 2 3; do echo line$$i; done'}\n")
    stack.compose("up")
    assert stack.compose("logs", "--tail", "1", "--no-log-prefix").stdout.strip() == "line3"
    stamped = stack.compose("logs", "-t", "-n", "1").stdout
    assert stamped.split("|", 1)[1].split()[0].startswith("20")


def test_large_output_is_complete(stack):
    stack.write("services:\n  test: {image: busybox, command: seq 1 100000}\n")
    result = stack.compose("up", "--abort-on-container-exit", "--no-log-prefix", "--no-color")
    numbers = [int(line) for line in result.stdout.splitlines() if line.isdigit()]
    assert numbers == list(range(1, 100001))
    assert "test-1 exited with code 0" in result.stdout


def test_ps_table_and_json(stack):
    stack.write(f"services:\n  web:\n    {SLEEPER}    ports: ['127.0.0.1:0:80']\n")
    stack.compose("up", "-d")
    (row,) = stack.ps()
    assert row["Name"] == f"{stack.name}-web-1"
    assert row["Service"] == "web"
    assert row["State"] == "running"
    assert row["Publishers"][0]["TargetPort"] == 80
    table = stack.compose("ps").stdout.splitlines()
    assert table[0].split() == ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"]
    assert table[1].split()[0] == f"{stack.name}-web-1"
    assert stack.compose("ps", "-q").stdout.strip() == stack.container("web").id
    assert stack.compose("ps", "--services").stdout.split() == ["web"]


def test_ps_hides_stopped_containers_unless_asked(stack):
    stack.write("services:\n  a: {image: busybox, command: 'true'}\n")
    stack.compose("up", "-d")
    stack.until(lambda: stack.states() == {"a-1": "exited"}, "exit")
    assert stack.ps() == []
    assert [row["State"] for row in stack.ps("-a")] == ["exited"]


def test_unknown_service_argument(stack):
    stack.write(f"services:\n  web:\n    {SLEEPER}")
    assert "no such service: wbe" in (result := stack.compose("ps", "wbe", code=1)).stderr
    assert "did you mean `web`" in result.stderr


def test_config_prints_the_model(stack):
    stack.write(f"services:\n  web:\n    {SLEEPER}    ports: ['${{PORT:-8080}}:80']\n")
    model = json.loads(stack.compose("config", "--format", "json").stdout)
    assert model["services"]["web"]["ports"][0]["published"] == "8080"
    assert model["name"] == stack.name
    assert stack.compose("config", "--services").stdout.split() == ["web"]
    assert stack.compose("config", "-q").stdout == ""
