"""An engine that refuses, stalls, loses connections or goes away in the middle: success or a clear error, nothing by halves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Stack
from tests.support.proxy import Choose, Fault, Proxy, no_fault, storm

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

SEEDS = range(int(os.environ.get("STORMS", "4")))
COMMON = "image: busybox, command: sleep 1000, stop_grace_period: 0s"
BEFORE = f"""
services:
  db:
    {{{COMMON}, volumes: [data:/data], healthcheck: {{test: "true", interval: 100ms}}}}
  web:
    {{{COMMON}, volumes: [/cache], depends_on: {{db: {{condition: service_healthy}}}}, environment: {{RELEASE: one}}}}
  worker:
    {{{COMMON}, scale: 2}}
volumes: {{data: {{}}}}
"""
AFTER = BEFORE.replace("RELEASE: one", "RELEASE: two").replace("scale: 2", "scale: 1, environment: {RELEASE: two}")
MADE = {"db-1": "running", "web-1": "running", "worker-1": "running"}

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def up_through(stack: Stack, tmp_path_factory) -> Iterator[Run]:
    """Run `up -d` through a proxy; return its exit code and what it told. A hang ends at the stack's deadline."""
    made: list[Proxy] = []

    def run(choose: Choose = no_fault, on_answer: Callable[[int], None] = lambda _: None) -> tuple[int, str]:
        proxy = Proxy(os.environ["DOCKER_HOST"], tmp_path_factory.mktemp("proxy"), on_answer=on_answer, choose=choose)
        made.append(proxy)
        run.proxy = proxy
        done = stack.compose("up", "-d", env={"DOCKER_HOST": proxy.host}, code=None)
        assert done.returncode in {0, 1}, done.stderr
        assert (done.returncode == 1) == ("error[" in done.stderr), done.stderr
        return done.returncode, done.stderr

    yield run
    for proxy in made:
        proxy.close()


@pytest.fixture
def running(stack: Stack) -> Stack:
    """A project that runs, and whose file asks for something else now."""
    stack.write(BEFORE)
    stack.compose("up", "-d", "--wait")
    assert stack.container("db").exec_run("touch /data/mark").exit_code == 0
    stack.write(AFTER)
    return stack


def assert_whole(stack: Stack) -> None:
    """Every service that ran has a running container of its own name, and nothing stands between two states."""
    states = stack.states()
    for name in ("db-1", "web-1", "worker-1"):
        assert states.get(name) == "running", states
    assert set(states) <= {*MADE, "worker-2"}, states
    assert stack.container("db").exec_run("ls /data/mark").exit_code == 0


def assert_mended(stack: Stack) -> None:
    """A plain `up` finishes whatever was begun."""
    stack.compose("up", "-d")
    assert stack.states() == MADE
    assert release(stack) == "two"
    assert stack.compose("plan", code=None).returncode == 0


def release(stack: Stack) -> str:
    environment = stack.container("web").attrs["Config"]["Env"]
    return next(one.partition("=")[2] for one in environment if one.startswith("RELEASE="))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_of_faults_leaves_every_service_whole(running, up_through, seed):
    code, told = up_through(storm(seed, refusals=1, losses=3))
    faults = " ".join(f"{fault.kind}:{method}:{path}" for method, path, fault in up_through.proxy.faults)
    sys.stdout.write(f"storm {seed}: exit {code}, {faults}\n{told}")
    assert_whole(running)
    if code == 0:
        assert (running.states(), release(running)) == (MADE, "two")
    assert_mended(running)


def test_a_first_up_in_a_storm_can_be_finished(stack, up_through):
    stack.write(AFTER)
    up_through(storm(7, refusals=2, losses=3))
    assert_mended(stack)


def test_events_that_always_end_at_once_delay_nothing_for_ever(stack, up_through):
    stack.write(AFTER)
    code, told = up_through(lambda _method, path: Fault("cut") if path == "/events" else None)
    assert code == 0, told
    assert stack.states() == MADE


@pytest.mark.parametrize("answer", [1, 5])
def test_an_engine_that_restarts_in_the_middle_is_waited_for(running, up_through, answer):
    def go_away(number: int) -> None:
        if number == answer:
            up_through.proxy.go_away(1.5)

    code, told = up_through(on_answer=go_away)
    assert code == 0, told
    assert running.states() == MADE
    assert_mended(running)


FULL = "failed to create the directory: mkdir /var/lib/docker/overlay2/0a: no space left on device"


@pytest.mark.parametrize("call", ["create", "start"])
def test_a_full_disk_is_told_and_what_ran_goes_on(running, up_through, call):
    old = set(running.ids().values())

    def full(method: str, path: str) -> Fault | None:
        is_start_of_new = path.endswith("/start") and path.split("/")[2] not in old
        hit = path == "/containers/create" if call == "create" else is_start_of_new
        return Fault("refuse", message=FULL) if method == "POST" and hit else None

    code, told = up_through(full)
    assert code == 1
    assert "no space left on device" in told
    assert "hint: the engine's disk is full" in told
    assert running.container("web").id in old
    assert release(running) == "one"
    assert_whole(running)
    assert_mended(running)


def test_a_slow_engine_is_waited_for(stack: Stack, up_through: Any):
    stack.write(AFTER)
    code, told = up_through(lambda method, _path: Fault("delay", seconds=0.3) if method == "POST" else None)
    assert code == 0, told
    assert stack.states() == MADE
