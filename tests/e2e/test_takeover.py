"""A stack made by Docker Compose is ours from then on, and the other way round."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.e2e.conftest import DEADLINE

pytestmark = [pytest.mark.engine, pytest.mark.peer]

FILE = """
services:
  db:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    environment: {MODE: one, EMPTY: "", PLAIN: "${PLAIN:-x}"}
    volumes: [data:/data, /scratch, ./site:/site:ro]
    healthcheck: {test: ["CMD", "true"], interval: 1s, timeout: 2s, retries: 3, start_period: 1s}
    networks: {back: {aliases: [store]}}
    mem_limit: 64m
    ulimits: {nofile: {soft: 1000, hard: 1500}}
    labels: {"org.example.a": "b"}
  web:
    image: nginx
    entrypoint: [sleep, "1000"]
    stop_grace_period: 0s
    scale: 2
    depends_on: {db: {condition: service_healthy, restart: true}}
    ports: ["80"]
    expose: [9000]
    networks: [back, front]
    cap_add: [NET_ADMIN]
    tmpfs: [/run]
    configs: [{source: motd, target: /etc/motd}]
    secrets: [key]
    logging: {driver: json-file, options: {max-size: 1m}}
    deploy: {resources: {limits: {pids: 50}}}
    extra_hosts: ["there:10.0.0.1"]
    dns: [10.0.0.2]
  beside:
    image: busybox
    command: ["sh", "-c", "echo here; exec sleep 1000"]
    stop_grace_period: 0s
    network_mode: service:db
    read_only: true
    user: "1000"
    working_dir: /tmp
  job:
    image: busybox
    command: "true"
    networks: [back]
    container_name: ${COMPOSE_PROJECT_NAME}-the-job
volumes: {data: {labels: {a: b}}}
networks: {back: {}, front: {internal: true, labels: [x=y]}}
configs: {motd: {content: hello}}
secrets: {key: {file: ./key.txt}}
"""


@pytest.fixture
def peer(stack) -> Callable[..., str]:
    """Run Docker Compose in the project's folder and return its output, both streams."""
    command = shlex.split(os.environ.get("COMPOSE_PEER", ""))
    if not command and shutil.which("docker") and subprocess.run(["docker", "compose", "version"], check=False).returncode == 0:
        command = ["docker", "compose"]
    if not command:
        pytest.skip("Docker Compose is not installed (COMPOSE_PEER may name its command)")

    def run(*arguments: str) -> str:
        environ = {**os.environ, "COMPOSE_PROJECT_NAME": stack.name}
        done = subprocess.run(
            [*command, *arguments], cwd=stack.folder, env=environ, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    stack.write(FILE)
    stack.write("secret", "key.txt")
    (stack.folder / "site").mkdir()
    return run


def test_a_stack_of_docker_compose_is_taken_over_as_it_is(stack, peer, recorder):
    peer("up", "-d")
    before = stack.ids()
    assert stack.compose("plan", "--drift", "up", "--no-deps", "db", "web", "beside", code=0).stdout == "Nothing to do.\n"
    stack.compose("up", "-d", "db", "web", "beside", env={"DOCKER_HOST": recorder.host})
    assert recorder.writes == []
    stack.compose("up", "-d")
    assert stack.ids() == before


def test_a_change_in_a_stack_that_was_taken_over_replaces_only_what_it_is_about(stack, peer):
    peer("up", "-d")
    before = stack.ids()
    stack.write(FILE.replace("expose: [9000]", "expose: [9001]"))
    stack.compose("up", "-d")
    after = stack.ids()
    assert {name for name in before if after[name] != before[name]} == {f"{stack.name}-web-1", f"{stack.name}-web-2"}


def test_docker_compose_takes_our_stack_over_as_it_is(stack, peer):
    stack.compose("up", "-d")
    before = stack.ids()
    peer("up", "-d")
    assert stack.ids() == before


def test_docker_compose_sees_and_removes_our_stack(stack, peer):
    stack.compose("up", "-d")
    assert {f"{stack.name}-db-1", f"{stack.name}-web-1", f"{stack.name}-web-2"} <= set(peer("ps").split())
    assert stack.name in peer("ls")
    assert "here" in peer("logs", "beside")
    peer("down", "-v")
    assert (stack.containers(), stack.networks(), stack.volumes()) == ([], [], [])


def test_we_see_and_remove_a_stack_of_docker_compose(stack, peer):
    peer("up", "-d")
    assert {one["Name"] for one in stack.ps()} == {f"{stack.name}-{name}" for name in ("db-1", "web-1", "web-2", "beside-1")}
    assert stack.name in stack.compose("ls").stdout
    stack.compose("-p", stack.name, "down", "-v")
    assert (stack.containers(), stack.networks(), stack.volumes()) == ([], [], [])
