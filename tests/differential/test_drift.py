"""What somebody did to a running container is seen; what the engine did to it by starting it is not."""

from __future__ import annotations

import pytest

from compose.base.errors import EngineError
from compose.engine.port import path
from compose.payload.compare import differences
from compose.state.parse import container_from_inspect

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: busybox:latest
    command: sleep 600
    stop_grace_period: 0s
    hostname: web
    mem_limit: 64m
    restart: unless-stopped
    environment: {MODE: plain}
    ports: ["127.0.0.1::80"]
    expose: ["81"]
    volumes: ["data:/data", /anonymous]
    tmpfs: /run
    healthcheck: {test: ["CMD", "true"], interval: 1h}
    networks: {default: {aliases: [www]}, back: null}
volumes: {data: {}}
networks: {back: {}}
"""


@pytest.fixture
def running(made_of, tmp_path):
    """A running container; `changes()` tells what it differs in now."""
    file = tmp_path / "compose.yaml"
    file.write_text(FILE)
    bench = made_of(file)
    with bench.swept():
        assert bench.make() == {}
        yield Running(bench)


class Running:
    def __init__(self, bench):
        self.bench = bench
        self.name = f"{bench.name}-web-1"
        self.call("start")

    def call(self, action, body=None):
        self.bench.call("POST", path("/containers/{}/", self.name) + action, body)

    def network(self, key, action, body):
        where = path("/networks/{}/", f"{self.bench.name}_{key}") + action
        self.bench.call("POST", where, {"Container": self.name, **body})

    def changes(self):
        container = container_from_inspect(self.bench.call("GET", path("/containers/{}/json", self.name)))
        payload, image = self.bench.render("web", 1), self.bench.surroundings.images["busybox:latest"]
        found = differences(payload, container, image, self.bench.facts, project=self.bench.project)
        return {change.path.removeprefix("services.web."): (change.old, change.new) for change in found}


def test_a_started_container_is_still_the_one_asked_for(running):
    assert running.changes() == {}


def test_a_stopped_container_is_too(running):
    running.call("stop")
    assert running.changes() == {}


def test_limits_that_were_updated(running):
    limits = {"Memory": 128 << 20, "MemorySwap": 300 << 20, "RestartPolicy": {"Name": "no"}}
    if running.bench.facts.name == "podman" and running.bench.facts.version.startswith("4."):
        # Podman 4 has no such call, so nobody can have done it.
        with pytest.raises(EngineError):
            running.call("update", limits)
        return
    running.call("update", limits)
    changes = running.changes()
    assert changes["mem_limit"] == (128 << 20, 64 << 20)
    assert changes["memswap_limit"] == (300 << 20, None)
    assert changes["restart"] == (None, "unless-stopped")


def test_a_network_that_was_left(running):
    running.network("back", "disconnect", {"Force": True})
    assert running.changes() == {"networks.back": (None, "connected")}


def test_a_network_that_was_joined_again_without_its_names(running):
    running.network("default", "disconnect", {"Force": True})
    running.network("default", "connect", {})
    assert "networks.default.aliases" in running.changes()
