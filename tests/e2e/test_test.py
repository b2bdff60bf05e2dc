"""test: a service with all it needs, and nothing left afterwards."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.engine

FILE = """
services:
  tests:
    image: busybox
    command: [sh, -c, "cat /data/made; [ -z \\"$$LONG\\" ] || sleep 600; exit 7"]
    environment: [LONG]
    stop_grace_period: 0s
    volumes: ["data:/data"]
    depends_on:
      job: {condition: service_completed_successfully}
      failing: {condition: service_started}
      db: {condition: service_healthy}
  job: {image: busybox, command: [sh, -c, echo made by job > /data/made], volumes: ["data:/data"]}
  failing: {image: busybox, command: [sh, -c, exit 3]}
  db:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    healthcheck: {test: "true", interval: 0.5s}
    ports: ["9080"]
volumes: {data: {}}
"""


@pytest.fixture
def copy(stack, tmp_path):
    """The copy of the project that tests run in, as a stack of its own."""
    stack.write(FILE)
    copy = Stack(tmp_path, f"{stack.name}-test", stack.client)
    yield copy
    copy.clean()


def is_gone(copy):
    return (copy.containers(), copy.networks(), copy.volumes()) == ([], [], [])


def test_the_exit_code_is_that_of_the_service_and_what_runs_already_stays(stack, copy):
    stack.compose("up", "-d", "db")
    before = stack.ids()
    result = stack.compose("test", "tests", code=7)
    assert result.stdout == "made by job\n"
    assert "failing-1 exited with code 3 while `tests` runs" in result.stderr
    assert is_gone(copy)
    assert stack.ids() == before
    assert stack.states() == {"db-1": "running"}


def test_what_is_kept_is_removed_by_the_next_run(stack, copy):
    assert "4 containers to create" in stack.compose("--dry-run", "test", "tests").stdout
    assert is_gone(copy)
    stack.compose("test", "--keep", "tests", code=7)
    kept = copy.ids()
    assert copy.container("tests").attrs["State"]["ExitCode"] == 7
    running = stack.start("test", "--keep", "tests", env={"LONG": "1"})
    stack.until(lambda: copy.states().get("tests-1") == "running" and copy.ids().items().isdisjoint(kept.items()), "it runs")
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert set(copy.states().values()) == {"exited"}
