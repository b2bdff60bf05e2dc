"""G. Hooks."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"


def test_post_start_runs_in_the_container(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}    post_start: [{{command: touch /tmp/started}}]\n")
    stack.compose("up", "-d")
    assert stack.container("a").exec_run(["test", "-f", "/tmp/started"]).exit_code == 0


def test_failing_pre_stop_is_reported(stack):
    stack.write(f"services:\n  sample:\n    {SLEEPER}    pre_stop: [{{command: not-a-command-at-all}}]\n")
    stack.compose("up", "-d")
    result = stack.compose("down", "-t", "0", code=1)
    assert re.search(r"sample hook exited with status 12[67]", result.stderr)  # 126 is older engines' word for it


def test_failing_pre_start_keeps_the_service_from_starting(stack):
    stack.write(f"services:\n  sample:\n    {SLEEPER}    pre_start: [{{command: [sh, -c, 'echo no; exit 17']}}]\n")
    result = stack.compose("up", "-d", code=1)
    assert "pre_start" in result.stderr
    assert "17" in result.stderr
    assert stack.states() == {"sample-1": "created"}


def test_pre_start_runs_in_order_and_once(stack):
    stack.write(
        f"services:\n  a:\n    {SLEEPER}    scale: 2\n    volumes: ['dir:/d']\n"
        "    pre_start: [{command: [sh, -c, 'echo A >> /d/log']}, {command: [sh, -c, 'echo B >> /d/log']}]\n"
        "volumes: {dir: }\n"
    )
    stack.compose("up", "-d", "--wait")
    log = ["cat", "/d/log"]
    assert stack.container("a").exec_run(log).output.split() == [b"A", b"B"]
    stack.compose("up", "-d", "--wait")
    assert stack.container("a").exec_run(log).output.split() == [b"A", b"B"]
    stack.compose("up", "-d", "--wait", "--force-recreate")
    assert stack.container("a").exec_run(log).output.split() == [b"A", b"B", b"A", b"B"]


def test_down_removes_what_a_failed_hook_left_behind(stack):
    stack.write(f"services:\n  sample:\n    {SLEEPER}    pre_start: [{{command: [sh, -c, 'exit 17']}}]\n")
    stack.compose("up", "-d", code=1)
    label = {"label": [f"com.docker.compose.project={stack.name}", "com.docker.compose.hook"]}
    assert len(stack.client.containers.list(all=True, filters=label)) == 1
    stack.compose("down")
    assert stack.client.containers.list(all=True, filters=label) == []
