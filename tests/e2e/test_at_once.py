"""Two of us on one project at once."""

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
    healthcheck: {test: "test -e /go", interval: 100ms, retries: 1000}
  web:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    scale: 2
    depends_on: {db: {condition: service_healthy}}
"""


def test_the_second_up_waits_for_the_first_and_finds_all_done(stack):
    stack.write(FILE)
    first = stack.start("up", "-d")
    stack.until(lambda: stack.containers("db") and stack.container("db").status == "running", "the first is at work")
    second = stack.start("up", "-d")
    assert f"(process {first.pid}) is bringing `{stack.name}` up" in second.stderr.readline()
    stack.container("db").exec_run("touch /go")
    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert "Created" not in second.stderr.read()
    assert stack.states() == {"db-1": "running", "web-1": "running", "web-2": "running"}


def test_waiting_for_another_can_be_interrupted(stack):
    stack.write(FILE)
    stack.start("up", "-d")
    stack.until(lambda: stack.containers("db") and stack.container("db").status == "running", "the first is at work")
    second = stack.start("up", "-d")
    assert "is bringing" in second.stderr.readline()
    second.send_signal(signal.SIGINT)
    assert second.wait(60) == 130


def test_the_lock_of_a_killed_process_is_free(stack):
    stack.write(FILE)
    first = stack.start("up", "-d")
    stack.until(lambda: stack.containers("db") and stack.container("db").status == "running", "the first is at work")
    first.kill()
    first.wait(60)
    stack.container("db").exec_run("touch /go")
    assert "is bringing" not in stack.compose("up", "-d").stderr


def test_down_does_not_wait_for_an_up_that_hangs(stack):
    stack.write(FILE)
    first = stack.start("up", "-d")
    stack.until(lambda: stack.containers("db") and stack.container("db").status == "running", "the first is at work")
    stack.compose("down")
    first.wait(60)
    assert stack.containers() == []


def test_duplicates_are_healed(stack):
    stack.write("services: {web: {image: busybox, command: sleep 1000, stop_grace_period: 0s}}")
    stack.compose("up", "-d")
    labels = stack.container("web").labels
    stack.client.containers.create("busybox", "sleep 1000", name=f"{stack.name}-twin", labels=labels).start()
    assert stack.numbers("web") == [1, 1]
    stack.compose("up", "-d")
    assert stack.states() == {"web-1": "running"}
