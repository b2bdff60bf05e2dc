"""E. wait."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

FASTER = "until test -f /go; do sleep 0.1; done; exit 3"
TWO = f"""
services:
  faster:
    image: busybox
    command: [sh, -c, '{FASTER}']
    stop_grace_period: 0s
  infinity:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
"""


@pytest.fixture
def two(stack):
    """A service that ends when it is told to, and one that does not."""
    stack.write(TWO)
    stack.compose("up", "-d")
    return stack


def _threads(pid):
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def go(stack, process, waits):
    """Let the container end, once the tool waits for that: beside the main thread and that of signals one for each."""
    stack.until(lambda: process.poll() is not None or _threads(process.pid) >= 2 + waits, "it waits")
    stack.container("faster").exec_run(["touch", "/go"])


def test_wait_returns_when_the_container_has_ended(two):
    process = two.start("wait", "faster")
    identifier = two.container("faster").id
    go(two, process, 1)
    out, _ = process.communicate(timeout=60)
    assert out == f'container "{identifier}" exited with status code 3\n'
    assert process.returncode == 3
    assert two.states() == {"faster-1": "exited", "infinity-1": "running"}


def test_wait_goes_on_while_one_of_them_runs(two):
    process = two.start("wait", "faster", "infinity")
    go(two, process, 2)
    assert process.stdout.readline().endswith("exited with status code 3\n")
    assert process.poll() is None
    two.container("infinity").kill("SIGTERM")
    two.container("infinity").kill("SIGKILL")
    out, _ = process.communicate(timeout=60)
    assert out.endswith("exited with status code 137\n")
    assert process.returncode == 137


def test_wait_can_take_the_project_down(two):
    process = two.start("wait", "--down-project", "faster", "infinity")
    go(two, process, 2)
    process.communicate(timeout=90)
    assert process.returncode == 3
    assert (two.containers(), two.networks()) == ([], [])


def test_wait_needs_something_that_runs(stack):
    stack.write(TWO)
    stack.compose("create")
    assert f'no containers for project "{stack.name}"' in stack.compose("wait", "faster", code=1).stderr
    assert "no such service: other" in stack.compose("wait", "other", code=1).stderr
    assert "requires at least 1 argument" in stack.compose("wait", code=1).stderr
