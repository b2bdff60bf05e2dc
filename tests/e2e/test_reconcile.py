"""`up --reconcile`: what goes or changes behind our back is restored until Ctrl-C."""

from __future__ import annotations

import signal

import pytest

pytestmark = pytest.mark.engine

FILE = """
services:
  db:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
  web:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    depends_on: [db]
  polite:
    image: busybox
    command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 0.1; done"]
  job: {image: busybox, command: "true"}
"""
UP = {"db-1": "running", "web-1": "running", "polite-1": "running", "job-1": "exited"}


@pytest.fixture
def keeper(stack):
    """The project, kept by a process in the background that has brought it up."""
    stack.write(FILE)
    stack.process = stack.start("up", "--reconcile")
    stack.until(lambda: stack.states() == UP, "it is up")
    return stack


def ended(stack):
    """Interrupt the keeping process and return what it told."""
    stack.process.send_signal(signal.SIGINT)
    _, told = stack.process.communicate(timeout=60)
    assert stack.process.returncode == 130
    assert set(stack.states().values()) == {"exited"}
    return told


def test_what_is_removed_or_stopped_comes_back(keeper):
    job = keeper.container("job").id
    keeper.container("web").remove(force=True)
    keeper.until(lambda: keeper.states().get("web-1") == "running", "the container is made again")
    keeper.container("db").stop()
    keeper.until(lambda: keeper.states()["db-1"] == "running", "the container is started again")
    keeper.container("polite").stop()
    keeper.until(lambda: keeper.states()["polite-1"] == "running", "what was stopped and ended well is started again")
    assert keeper.container("job").id == job
    assert keeper.container("job").attrs["RestartCount"] == 0
    told = ended(keeper)
    assert f"restoring Container {keeper.name}-web-1" in told
    assert f"restoring Container {keeper.name}-db-1" in told
    assert f"restoring Container {keeper.name}-job-1" not in told


def test_what_is_changed_is_as_before_again(keeper):
    keeper.container("db").update(mem_limit="64m", memswap_limit="64m")
    keeper.until(lambda: keeper.containers("db") and keeper.container("db").attrs["HostConfig"]["Memory"] == 0, "no limit")
    keeper.until(lambda: keeper.states().get("db-1") == keeper.states().get("web-1") == "running", "all runs")
    ended(keeper)


def test_a_repair_that_fails_is_told_and_tried_again(keeper):
    other = keeper.container("web")
    other.rename(f"{keeper.name}-elsewhere")
    taken = keeper.client.containers.create("busybox", name=f"{keeper.name}-web-1")
    other.remove(force=True)
    try:
        line = ""
        while "is already in use" not in line:
            line = keeper.process.stderr.readline()
            assert line
    finally:
        taken.remove(force=True)
    keeper.until(lambda: keeper.states().get("web-1") == "running", "the container is made again")
    ended(keeper)


@pytest.mark.parametrize("other", ["-d", "--wait", "--no-start", "--abort-on-container-exit"])
def test_it_is_for_the_foreground(stack, other):
    assert "--reconcile cannot be combined with" in stack.compose("up", "--reconcile", other, code=1).stderr
