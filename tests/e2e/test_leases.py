"""What is removed when its owner has ended or its time is over: reaper, gc, `--ttl`, `--owner`, `down --verify`."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import uuid

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.engine

FILE = """
services:
  db:
    image: busybox
    command: sleep 1000
    stop_signal: KILL
    volumes: ["data:/data", /anonymous]
    healthcheck: {test: "true", interval: 100ms}
  web:
    image: busybox
    command: sleep 1000
    stop_signal: KILL
    depends_on: {db: {condition: service_healthy}}
volumes: {data: }
"""
OWNER = """
import os, sys, time
from msgspec.structs import replace
from compose.commands.stopping import Cancellation
from compose.commands import lease, reaper
from compose.commands.converge import converge
from compose.commands.session import GlobalOptions, Session
from compose.plan.options import UpOptions
from compose.state.lease import Lease, lease_labels

session = Session(GlobalOptions(), environ=dict(os.environ), cwd=os.getcwd(), stop=Cancellation(), emit=lambda _event: None)
mine = Lease(owner=lease.owner_of(), expires=float(round(time.time())) + 600)
project = session.load()
project = replace(project, labels=lease_labels(mine))
if "reaper" in sys.argv:
    reaper.start(session.endpoint, session.environ, project.name, mine)
print("armed", flush=True)
with lease.hold(lease.place_of(session.environ, session.endpoint.url, project.name), mine):
    converge(session, project, UpOptions())
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Keep holds apart from those of other runs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def own(stack, *arguments):
    """Start a process that owns the stack."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, *arguments],
        cwd=stack.folder,
        env={**os.environ, "COMPOSE_PROJECT_NAME": stack.name},
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.running.append(process)
    assert process.stdout.readline() == "armed\n"
    return process


def kill(process):
    process.kill()
    process.wait()


def left(stack):
    return len(stack.containers()) + len(stack.networks()) + len(stack.volumes())


def test_a_killed_owner_takes_all_with_it_whenever_it_is_killed(stack, client, tmp_path):
    chance = random.Random(7)
    others = [Stack(tmp_path, f"e2e{uuid.uuid4().hex[:10]}", client) for _ in range(2)]
    stack.write(FILE)
    keeper = own(stack, "reaper")
    try:
        for one in others:
            owner = own(one, "reaper")
            time.sleep(chance.random())  # a random moment is the point
            kill(owner)
            one.until(lambda one=one: left(one) == 0, "everything is gone")
        assert keeper.stdout.readline() == "up\n"
        assert left(stack) == 4
    finally:
        kill(keeper)
        for one in others:
            one.clean()
    stack.until(lambda: left(stack) == 0, "everything is gone")


def test_gc_removes_what_dead_owners_left_and_nothing_of_live_ones(stack, client, tmp_path):
    stack.write(FILE)
    other = Stack(tmp_path, f"e2e{uuid.uuid4().hex[:10]}", client)
    try:
        live, dead = own(stack), own(other)
        assert (live.stdout.readline(), dead.stdout.readline()) == ("up\n", "up\n")
        assert stack.compose("gc", stack.name, other.name).stdout == ""
        kill(dead)
        planned = stack.compose("--dry-run", "gc", stack.name, other.name).stdout
        assert f"{other.name}-db-1" in planned
        assert stack.name not in planned
        assert left(other) == 4
        told = stack.compose("gc", stack.name, other.name).stdout.splitlines()
        assert f"Container {other.name}-db-1: its owner, process {dead.pid}, has ended" in told
        assert len(told) == 4
        assert (left(other), left(stack)) == (0, 4)
    finally:
        other.clean()


def test_a_project_goes_with_its_owner(stack):
    stack.write(FILE)
    owner = subprocess.Popen(["sleep", "600"])
    try:
        stack.compose("up", "-d", "--owner", str(owner.pid))
        assert left(stack) == 4
    finally:
        kill(owner)
    stack.until(lambda: left(stack) == 0, "everything is gone")
    assert "there is no process" in stack.compose("up", "-d", "--owner", str(owner.pid), code=1).stderr


def test_a_project_goes_when_its_time_is_over_and_the_time_can_be_prolonged(stack):
    stack.write(FILE)
    stack.compose("up", "-d", "--ttl", "4s", "db")
    stack.until(lambda: left(stack) == 0, "everything is gone")
    stack.compose("up", "-d", "--ttl", "1m", "db")
    ids = stack.ids()
    stack.compose("up", "-d", "--ttl", "0", "db")
    assert stack.ids() == ids
    assert stack.compose("gc", stack.name).stdout == ""


def test_down_verifies_that_nothing_is_left(stack):
    stack.write(FILE)
    stack.compose("up", "-d")
    stack.write("services: {web: {image: busybox}}")
    told = stack.compose("down", "--verify", code=1).stderr
    assert f"still there after down: container {stack.name}-db-1, network {stack.name}_default" in told
    stack.compose("down", "--verify", "--remove-orphans")
    stack.write(FILE)
    stack.compose("down", "-v", "--verify")
    assert left(stack) == 0
