"""The one-off container of `run` looks the same to `inspect` as Docker Compose's."""

from __future__ import annotations

import contextlib
import os
import subprocess
import uuid

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import EngineError
from compose.engine.port import path
from compose.load.pipeline import LoadRequest, load
from compose.model.service import Port
from compose.model.storage import Mount
from compose.payload.network import render_network
from compose.payload.run import RunOptions, render_run
from compose.payload.surroundings import Surroundings

pytestmark = [pytest.mark.engine, pytest.mark.peer]

FILE = """
services:
  job:
    image: busybox:latest
    container_name: ${COMPOSE_PROJECT_NAME}-alone
    command: [echo, hello]
    environment: {A: "1", B: "2"}
    labels: {kept: "yes"}
    cap_add: [CHOWN, NET_ADMIN]
    cap_drop: [KILL]
    ports: ["18280:80"]
    restart: always
    networks: {default: {aliases: [www]}}
    deploy: {restart_policy: {condition: any}, resources: {limits: {pids: 90}}}
"""
SLEEP = ("sleep", "60")
SLUG = "0123456789abcdef" * 4
VOLATILE = {labels.SLUG, labels.VERSION, labels.IMAGE, labels.CONFIG_HASH}
"""Labels that nobody compares on a one-off; the hash covers the generated name."""


class OneOff:
    """A project with one service, run by both tools in turn on one engine."""

    def __init__(self, engine, facts, folder, peer):
        self.engine, self.facts, self.peer = engine, facts, peer
        self.name = f"ct-{uuid.uuid4().hex[:10]}"
        self.file = folder / "compose.yaml"
        self.file.write_text(FILE)
        self.environment = {"COMPOSE_PROJECT_NAME": self.name, "PATH": os.environ["PATH"]}
        request = LoadRequest(files=(str(self.file),), environment=self.environment, cwd=str(folder))
        self.project = load(request).project

    def call(self, method, where, body=None, **query):
        from compose.engine.port import Call  # noqa: PLC0415 - beside its only use

        return self.engine.call(Call(method=method, path=where, body=body, query=query))

    def by_peer(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("COMPOSE_")} | self.environment
        command = [*self.peer, "-f", str(self.file), "run", "-d", *arguments]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 0, result.stderr
        return self._taken(result.stdout.strip())

    def by_us(self, options):
        with contextlib.suppress(EngineError):
            self.call("POST", "/networks/create", render_network(self.project, "default", self.facts).body)
        payload = render_run(self.project, self.project.services["job"], options, self.facts, surroundings=Surroundings())
        made = self.call("POST", "/containers/create", payload.body, name=payload.name)
        self.call("POST", path("/containers/{}/start", made["Id"]))
        return self._taken(made["Id"])

    def _taken(self, identifier):
        where = path("/containers/{}", identifier)
        found = self.call("GET", where + "/json")
        # Podman 5 waits for the container to end by itself unless it has ended already.
        self.call("POST", where + "/kill")
        self.call("DELETE", where, force=True, v=True)
        return found

    def sweep(self):
        for kind in ("containers", "networks"):
            where = "/containers/json" if kind == "containers" else "/networks"
            for item in self.call("GET", where, all=True, filters={"label": [f"{labels.PROJECT}={self.name}"]}):
                self.call("DELETE", path(f"/{kind}/{{}}", item["Id"]), force=True)


@pytest.fixture
def one_off(engine, facts, tmp_path, peer):
    found = OneOff(engine, facts, tmp_path, peer)
    yield found
    found.sweep()


BASE = RunOptions(slug=SLUG, name="one-off", command=SLEEP, tty=False, interactive=False)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["-T", "--interactive=false", "job", *SLEEP], BASE),
        (["-T", "--interactive=false", "--use-aliases", "job", *SLEEP], replace(BASE, use_aliases=True)),
        (["-T", "--interactive=false", "-P", "job", *SLEEP], replace(BASE, service_ports=True)),
        (
            ["-T", "--interactive=false", "-p", "18281:81", "job", *SLEEP],
            replace(BASE, ports=(Port(target=81, published="18281", protocol="tcp"),)),
        ),
        (
            ["-T", "--interactive=false", "--entrypoint", "sleep 60", "job"],
            replace(BASE, command=(), entrypoint=SLEEP),
        ),
        (
            ["-T", "--interactive=false", "-u", "1", "-w", "/tmp", "-e", "B=3", "-e", "C=4", "-l", "x=y", "job", *SLEEP],
            replace(BASE, user="1", working_dir="/tmp", environment={"B": "3", "C": "4"}, labels={"x": "y"}),
        ),
        (
            ["-T", "--interactive=false", "--cap-add", "KILL", "--cap-drop", "CHOWN", "job", *SLEEP],
            replace(BASE, cap_add=("KILL",), cap_drop=("CHOWN",)),
        ),
        (
            ["-T", "--interactive=false", "-v", "/tmp:/here:ro", "job", *SLEEP],
            replace(BASE, volumes=(Mount(type="bind", source="/tmp", target="/here", read_only=True),)),
        ),
        (["job", *SLEEP], replace(BASE, interactive=True)),
    ],
)
def test_one_offs_look_the_same(one_off, arguments, options):
    arguments = ["--name", f"{one_off.name}-x", *arguments]
    theirs = one_off.by_peer(*arguments)
    ours = one_off.by_us(replace(options, name=f"{one_off.name}-x"))
    assert list(differing(shown(theirs, one_off), shown(ours, one_off))) == []


def differing(theirs, ours, where=""):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from differing(theirs.get(key), ours.get(key), f"{where}.{key}")
    elif theirs != ours:
        yield f"{where}: {theirs} -> {ours}"


def shown(container, one_off):
    """What was asked for, without names that change from run to run."""
    config, host = container["Config"], container["HostConfig"]
    tags = {key: value for key, value in config["Labels"].items() if key not in VOLATILE}
    endpoint = container["NetworkSettings"]["Networks"][f"{one_off.name}_default"]
    aliases = set(endpoint["Aliases"] or ()) - {container["Id"][:12]}
    env = sorted(entry for entry in config["Env"] if not entry.startswith("HOSTNAME="))
    config = {**config, "Env": env, "Labels": tags, "Hostname": ""}
    ports = {key: [entry["HostPort"] for entry in entries] for key, entries in (host["PortBindings"] or {}).items()}
    return {"Config": config, "HostConfig": {**host, "PortBindings": ports}, "Aliases": aliases, "Mounts": container["Mounts"]}
