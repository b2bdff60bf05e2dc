"""Copies of one unmodified project side by side: `--instance`."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.engine

COUNTING = """
services:
  web:
    image: busybox
    command: [sh, -c, "echo $COMPOSE_PROJECT_NAME > /data/index.html && exec httpd -f -p 8000 -h /data"]
    stop_signal: KILL
    ports: ["8000:8000"]
    volumes: ["data:/data"]
    healthcheck: {test: "wget -qO- http://127.0.0.1:8000/", interval: 200ms, retries: 50}
volumes: {data: }
"""
FIXED = """
services:
  web:
    image: busybox
    container_name: {name}-fixed
    command: [httpd, -f, -p, "8000", -h, /data]
    stop_signal: KILL
    ports: ["8000:8000"]
    volumes: ["data:/data"]
    networks: {{back: {{ipv4_address: 10.47.11.20}}}}
  client:
    image: busybox
    command: sleep 1000
    stop_signal: KILL
    networks: [back]
    extra_hosts: ["by-address:10.47.11.20"]
networks:
  back:
    name: {name}-fixed-net
    ipam: {{config: [{{subnet: 10.47.11.0/24}}]}}
volumes:
  data: {{name: {name}-fixed-data}}
"""


@pytest.fixture
def copies(stack, client, tmp_path, monkeypatch):
    """Give copies of the stack, by instance; what they were given is kept apart from that of other tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = {}

    def copy(instance):
        return made.setdefault(instance, Stack(stack.folder, f"{stack.name}-{instance}", client))

    yield copy
    for one in made.values():
        one.clean()


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def url(stack, instance):
    return stack.compose("url", "web", "--instance", instance).stdout.strip()


def test_what_files_fix_is_another_for_each_copy_and_the_same_in_every_run(stack, copies):
    stack.write(FIXED.format(name=stack.name))
    a, b = copies("a"), copies("b")
    told = stack.compose("up", "-d", "--instance", "a").stderr
    assert f"services.web.container_name: {stack.name}-fixed -> {a.name}-web-1" in told
    stack.compose("up", "-d", env={"COMPOSE_INSTANCE": "b"})
    assert (a.networks(), b.networks()) == ([f"{a.name}_back"], [f"{b.name}_back"])
    assert (a.volumes(), b.volumes()) == ([f"{a.name}_data"], [f"{b.name}_data"])
    before = {one.name: (one.container("web").name, url(stack, one.name[-1])) for one in (a, b)}
    assert before[a.name][1] != before[b.name][1]

    for one in (a, b):
        one.container("web").exec_run(["sh", "-c", f"echo {one.name} > /data/index.html"])
    for one in (a, b):
        assert get(url(stack, one.name[-1])) == f"{one.name}\n"
        for host in ("web", f"{stack.name}-fixed", "by-address"):
            code, output = one.container("client").exec_run(["wget", "-qO-", f"http://{host}:8000/"])
            assert (code, output.decode()) == (0, f"{one.name}\n")

    stack.compose("--instance", "a", "down", "-v", "--verify")
    assert (a.containers(), a.networks(), a.volumes()) == ([], [], [])
    assert b.states() == {"web-1": "running", "client-1": "running"}
    assert stack.compose("--instance", "a", "up", "-d").stderr.count("-fixed ->") == 0
    assert url(stack, "a") == before[a.name][1]
    assert stack.compose("--instance", "a", "plan").stdout == "Nothing to do.\n"


def test_many_copies_start_in_parallel_and_one_goes_without_the_others(stack, copies):
    stack.write(COUNTING)
    names = ("one", "two", "three", "four", "five")
    for name in names:
        copies(name)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: stack.compose("up", "-d", "--wait", "--instance", name), names))
    for name in names:
        assert get(url(stack, name)) == f"{stack.name}-{name}\n"
    listed = {one["Name"]: one for one in json.loads(stack.compose("ls", "--format", "json").stdout)}
    assert {listed[copies(name).name]["Instance"] for name in names} == set(names)
    ids = [copies(name).ids() for name in names[1:]]
    stack.compose("down", "-v", "--verify", "--instance", "one")
    assert copies("one").containers() == []
    assert [copies(name).ids() for name in names[1:]] == ids
    assert get(url(stack, "two")) == f"{stack.name}-two\n"


def test_what_cannot_be_told_apart_is_named_once(stack, copies):
    copies("a")
    stack.write(
        "services: {a: {image: busybox, command: sleep 1000, stop_signal: KILL, network_mode: host, volumes: ['./x:/x']}}"
    )
    told = stack.compose("up", "-d", "--instance", "a").stderr
    assert "services.a.network_mode: the network of the host" in told
    assert f"services.a.volumes.0: the host path {stack.folder}/x, which it may write" in told
    assert "network of the host" not in stack.compose("up", "-d", "--instance", "a").stderr


def test_addresses_of_what_runs(stack):
    stack.write("services: {web: {image: busybox, command: sleep 1000, stop_signal: KILL, ports: ['80', '127.0.0.1::5432']}}")
    stack.compose("up", "-d")
    port = stack.compose("port", "web", "80").stdout.strip().rpartition(":")[2]
    assert stack.compose("url", "web").stdout == f"http://127.0.0.1:{port}\n"
    variables = json.loads(stack.compose("env", "--format", "json").stdout)
    assert variables["WEB_URL"] == f"http://127.0.0.1:{port}"
    assert variables["WEB_URL_5432"].startswith("postgresql://127.0.0.1:")
    assert f"export WEB_PORT_80={port}" in stack.compose("env", "web").stdout.splitlines()
    assert "does not publish port 81/tcp" in stack.compose("url", "web", "81", code=1).stderr


def test_the_page_of_a_project_is_told_where_there_is_no_browser(stack):
    stack.write("services: {web: {image: busybox, command: sleep 1000, stop_signal: KILL, ports: ['80']}}")
    none = {"BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    assert "note[page]: web is at http://127.0.0.1:" in stack.compose("up", "-d", "--open", env=none).stderr
