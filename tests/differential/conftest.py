"""The same project made twice on one engine: by Docker Compose, and from our own bodies."""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import EngineError
from compose.engine.client import HttpEngine
from compose.engine.connect import connect
from compose.engine.endpoint import resolve
from compose.engine.observe import detailed_facts, look_up
from compose.engine.port import Call, path
from compose.load.pipeline import LoadRequest, load
from compose.model.project import Project
from compose.payload.bindings import bound
from compose.payload.container import render_container
from compose.payload.naming import image_name
from compose.payload.payloads import ContainerPayload
from compose.payload.render import render
from compose.payload.security import profile_paths
from compose.payload.support import needs
from compose.payload.surroundings import Surroundings
from compose.state.observed import EngineFacts

PROJECTS = Path(__file__).parent / "projects"
Snapshot = dict[str, dict[str, Any]]
"""What inspect says, by kind and name."""
FILES = sorted(file.name for file in PROJECTS.glob("*.yaml"))


NOT_WITH_PODMAN = {
    "device-cdi": "takes a CDI name for a device's path",
    "linked": "link is not supported",
    "linked-outside": "link is not supported",
    "port-from-range": "takes no range of host ports",
    "seccomp-profile": "takes the profile's text for a path",
    "with-options": "takes `size` for a quota",
}
"""Services that Podman's Docker API refuses, and its reason."""


def peer_command() -> list[str]:
    """The command of Docker Compose, from COMPOSE_PEER or as the docker CLI's plugin; empty when there is none."""
    if os.environ.get("COMPOSE_PEER"):
        return shlex.split(os.environ["COMPOSE_PEER"])
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [docker, "compose"]
    return []


class Bench:
    """A project of its own name on the engine, limited to the services that the engine can honour in full."""

    def __init__(self, engine: HttpEngine, facts: EngineFacts, file: str | Path) -> None:
        self.engine = engine
        self.facts = facts
        self.file = PROJECTS / file
        self.name = f"ct-{uuid.uuid4().hex[:10]}"
        net = random.randint(100, 250)
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {**inherited, "COMPOSE_PROJECT_NAME": self.name, "NET": str(net)}
        self.project = self._limited(self._load())
        used = {image_name(self.project, service) for service in self.project.services.values()}
        found = {reference: look_up(engine, reference) for reference in used | {"alpine:latest"}}
        texts = {name: (PROJECTS / name).read_text() for name in profile_paths(self.project)}
        images = {reference: image for reference, image in found.items() if image is not None}
        self.surroundings = Surroundings(images=images, seccomp=texts)
        self.refused: dict[str, str] = {}

    def _load(self) -> Project:
        request = LoadRequest(files=(str(self.file),), environment=self.environment, cwd=str(PROJECTS))
        return load(request).project

    def _limited(self, project: Project) -> Project:
        out = {need.path[1] for need in needs(project) if need.since > self.facts.api_version and need.path[0] == "services"}
        volumes = project.volumes
        if self.facts.name == "podman":
            out |= NOT_WITH_PODMAN.keys()
            volumes = {key: volume for key, volume in volumes.items() if not volume.driver_opts}
        services = {name: service for name, service in project.services.items() if name not in out}
        return replace(project, services=services, volumes=volumes)

    def render(self, service_name: str, number: int, *, as_service: str = "") -> ContainerPayload:
        """The payload of a service; `as_service` gives it the name of another, so that only attributes differ."""
        service = self.project.services[service_name]
        if as_service:
            other = self.project.services[as_service]
            service = replace(service, name=as_service, container_name=other.container_name)
        return render_container(self.project, service, number, self.facts, surroundings=self.surroundings)

    def call(self, method: str, where: str, body: Any = None, **query: Any) -> Any:
        return self.engine.call(Call(method=method, path=where, body=body, query=query))

    @contextlib.contextmanager
    def swept(self) -> Iterator[None]:
        """Have what the projects call external, and leave nothing behind."""
        try:
            body = {"Name": f"{self.name}-outside", "Labels": {labels.PROJECT: self.name}}
            self.call("POST", "/networks/create", body)
            yield
        finally:
            self.sweep()

    def make_by_peer(self, command: Sequence[str]) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")} | self.environment
        arguments = [*command, "-p", self.name, "-f", str(self.file), "create", *self.project.services]
        result = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode == 0, result.stderr

    def make(self) -> dict[str, str]:
        """Make everything from our own bodies; returns what the engine refused, by service."""
        payloads = render(self.project, self.facts)
        refused: dict[str, str] = {}
        for network in payloads.networks.values():
            if not network.external:
                self.call("POST", "/networks/create", network.body)
        for key, volume in payloads.volumes.items():
            try:
                self.call("POST", "/volumes/create", volume.body)
            except EngineError as error:
                refused[f"volume {key}"] = error.message
        ids: dict[str, str] = {}
        for name in self._in_order():
            try:
                for number in range(1, self.project.services[name].replicas + 1):
                    ids.setdefault(name, self._make_container(self.render(name, number), ids))
            except EngineError as error:
                refused[name] = error.message
        return refused

    def _in_order(self) -> list[str]:
        done: list[str] = []
        rest = dict(self.project.services)
        while rest:
            ready = [name for name, service in rest.items() if not rest.keys() & service.depends_on.keys()]
            done += ready
            rest = {name: service for name, service in rest.items() if name not in ready}
        return done

    def _make_container(self, payload: ContainerPayload, ids: dict[str, str]) -> str:
        body = bound(payload.body, payload.bindings, lambda binding: ids[binding.service])
        made = self.call("POST", "/containers/create", body, name=payload.name, platform=payload.platform or None)
        for joined in payload.connects:
            where = path("/networks/{}/connect", joined.name)
            self.call("POST", where, {"Container": made["Id"], "EndpointConfig": joined.endpoint})
        return str(made["Id"])

    def snapshot(self) -> Snapshot:
        """What inspect says of everything with the project's label, by kind and name."""
        label = {"label": [f"{labels.PROJECT}={self.name}"]}
        containers = self.call("GET", "/containers/json", all=True, filters=label) or []
        networks = self.call("GET", "/networks", filters=label) or []
        volumes = (self.call("GET", "/volumes", filters=label) or {}).get("Volumes") or []
        inspected = [self.call("GET", path("/containers/{}/json", item["Id"])) for item in containers]
        return {
            "containers": {item["Name"].removeprefix("/"): item for item in inspected},
            "networks": {item["Name"]: self.call("GET", path("/networks/{}", item["Id"])) for item in networks},
            "volumes": {item["Name"]: item for item in volumes},
        }

    def sweep(self) -> None:
        left = self.snapshot()
        for _ in range(len(left["containers"])):
            for item in list(left["containers"].values()):
                # Podman refuses to remove a container that another one depends on: the other one goes first.
                with contextlib.suppress(EngineError):
                    self.call("DELETE", path("/containers/{}", item["Id"]), force=True, v=True)
                    del left["containers"][item["Name"].removeprefix("/")]
        for item in left["networks"].values():
            self.call("DELETE", path("/networks/{}", item["Id"]))
        for name in left["volumes"]:
            self.call("DELETE", path("/volumes/{}", name), force=True)


@pytest.fixture(scope="session")
def engine(engine_host: str) -> Iterator[HttpEngine]:
    found = connect(resolve({"DOCKER_HOST": engine_host}))
    yield found
    found.close()


@pytest.fixture(scope="session")
def facts(engine: HttpEngine) -> EngineFacts:
    return detailed_facts(engine)


@pytest.fixture(scope="session")
def peer() -> list[str]:
    command = peer_command()
    if not command:
        pytest.skip("Docker Compose is not installed (COMPOSE_PEER may name its command)")
    return command


@pytest.fixture(scope="session", params=FILES)
def bench(request: pytest.FixtureRequest, engine: HttpEngine, facts: EngineFacts) -> Bench:
    """One of the projects."""
    return Bench(engine, facts, request.param)


@pytest.fixture
def made_of(engine: HttpEngine, facts: EngineFacts) -> Callable[[Path], Bench]:
    """Make a bench of any file."""
    return lambda file: Bench(engine, facts, file)


@pytest.fixture(scope="session")
def made_by_peer(bench: Bench, peer: list[str]) -> Snapshot:
    """What inspect says of the project as Docker Compose creates it; nothing of it is left on the engine."""
    with bench.swept():
        bench.make_by_peer(peer)
        return bench.snapshot()


@pytest.fixture(scope="session")
def made_by_us(bench: Bench) -> Snapshot:
    """What inspect says of the project as our bodies make it; nothing of it is left on the engine."""
    with bench.swept():
        bench.refused = bench.make()
        return bench.snapshot()


@pytest.fixture
def service_names() -> list[str]:
    """All services of all projects, as written."""
    found: list[str] = []
    for file in FILES:
        request = LoadRequest(files=(str(PROJECTS / file),), environment={"NET": "1"}, project_name="count", cwd=str(PROJECTS))
        found += load(request).project.services
    return found
