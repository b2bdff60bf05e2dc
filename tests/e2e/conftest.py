"""A project in a temporary folder, driven through the command line as a user does, checked on the engine itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.e2e.builders import is_podman, remove_images
from tests.e2e.pseudo_terminal import PseudoTerminal
from tests.support.proxy import Proxy

DEADLINE = 90
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
"""Where it is set, every start of the tool compiles it anew, which takes longer than most commands."""


class Stack:
    """A project folder and the `compose` command run in it.

    `containers()` and friends read the engine, never our own tool, so that a test checks what is there.
    """

    def __init__(self, folder: Path, name: str, client: docker.DockerClient) -> None:
        self.folder = folder
        self.name = name
        self.client = client
        self.running: list[subprocess.Popen[str]] = []
        self.terminals: list[PseudoTerminal] = []

    def write(self, text: str, file: str = "compose.yaml") -> Path:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def _command(self, arguments: tuple[str, ...], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COMPOSE_") and k != _UNCOMPILED}
        environment |= {"COMPOSE_PROJECT_NAME": self.name, **env}
        return [sys.executable, "-m", "compose", *arguments], environment

    def compose(
        self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run the tool to its end; `code` is the exit status that must come (None = any)."""
        command, environment = self._command(arguments, env or {})
        result = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert "Traceback" not in result.stderr, result.stderr
        if code is not None:
            assert result.returncode == code, f"{arguments}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result

    def start(self, *arguments: str, env: Mapping[str, str] | None = None, through: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start the tool in the background, `through` a program that runs it; it is killed at the end of the test."""
        command, environment = self._command(arguments, env or {})
        process = subprocess.Popen(
            [*through, *command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def terminal(self, *arguments: str, rows: int = 30, columns: int = 100) -> PseudoTerminal:
        """Start the tool in a pseudo-terminal; it is killed at the end of the test."""
        command, environment = self._command(arguments, {})
        terminal = PseudoTerminal(command, folder=self.folder, environment=environment, rows=rows, columns=columns)
        self.terminals.append(terminal)
        return terminal

    def piped(self, *arguments: str, stdin: bytes, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run the tool to its end with bytes in and out."""
        command, environment = self._command(arguments, env or {})
        return subprocess.run(
            command, cwd=self.folder, env=environment, input=stdin, capture_output=True, timeout=DEADLINE, check=False
        )

    def containers(self, service: str | None = None, *, oneoff: bool = False) -> list[Any]:
        labels = [f"com.docker.compose.project={self.name}", f"com.docker.compose.oneoff={oneoff}"]
        if service:
            labels.append(f"com.docker.compose.service={service}")
        found = self.client.containers.list(all=True, filters={"label": labels}, ignore_removed=True)
        return sorted(found, key=lambda c: int(c.labels.get("com.docker.compose.container-number", 0)))

    def container(self, service: str, number: int = 1) -> Any:
        for container in self.containers(service):
            if container.labels["com.docker.compose.container-number"] == str(number):
                return container
        pytest.fail(f"no container {number} of {service}")

    def ids(self) -> dict[str, str]:
        return {c.name: c.id for c in self.containers()}

    def states(self) -> dict[str, str]:
        return {c.name.removeprefix(f"{self.name}-"): c.status for c in self.containers()}

    def numbers(self, service: str) -> list[int]:
        return [int(c.labels["com.docker.compose.container-number"]) for c in self.containers(service)]

    def networks(self) -> list[str]:
        return sorted(n.name for n in self.client.networks.list(filters={"label": f"com.docker.compose.project={self.name}"}))

    def volumes(self) -> list[str]:
        return sorted(v.name for v in self.client.volumes.list(filters={"label": f"com.docker.compose.project={self.name}"}))

    def ps(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.compose("ps", "--format", "json", *arguments).stdout.splitlines()]

    def until(self, true: Callable[[], Any], what: str) -> Any:
        """Wait for a state that nothing signals to a test; fails with `what` after the deadline."""
        end = time.monotonic() + DEADLINE
        while not (value := true()):
            if time.monotonic() > end:
                pytest.fail(f"never happened: {what}")
            time.sleep(0.05)
        return value

    def clean(self) -> None:
        """Remove whatever carries the project's label, without the tool under test."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for terminal in self.terminals:
            terminal.close()
        label = {"label": f"com.docker.compose.project={self.name}"}
        for container in self.client.containers.list(all=True, filters=label, ignore_removed=True):
            container.remove(force=True, v=True)
        for network in self.client.networks.list(filters=label):
            network.remove()
        for volume in self.client.volumes.list(filters=label):
            volume.remove(force=True)


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """A client of the engine under test, for checking what is really there."""
    client = docker.from_env(timeout=DEADLINE)
    client.ping()
    yield client
    client.close()


@pytest.fixture
def stack(tmp_path: Path, client: docker.DockerClient) -> Iterator[Stack]:
    """An empty project with a name of its own."""
    stack = Stack(tmp_path, f"e2e{uuid.uuid4().hex[:10]}", client)
    yield stack
    stack.clean()


@pytest.fixture
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy in front of the engine: give its `host` to the tool as DOCKER_HOST, then see which calls were made."""
    proxy = Proxy(os.environ["DOCKER_HOST"], tmp_path_factory.mktemp("proxy"))
    yield proxy
    proxy.close()


@pytest.fixture
def no_image_stays(stack: Stack, client: docker.DockerClient) -> Iterator[None]:
    """Remove afterwards what was built under the project's name."""
    yield
    for container in stack.containers():
        container.remove(force=True)
    remove_images(client, stack.name)


@pytest.fixture(scope="session")
def podmans_answers(client: docker.DockerClient) -> dict[str, dict[str, str]]:
    """What the engine under test cannot do because it is Podman, by file and test."""
    if not is_podman(client):
        return {}
    return tomllib.loads(Path(__file__).with_name("podman.toml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _except_on_podman(request: pytest.FixtureRequest, podmans_answers: dict[str, dict[str, str]]) -> None:
    """Skip what Podman cannot do, with its answer."""
    answer = podmans_answers.get(request.path.stem, {}).get(request.function.__name__)
    if answer:
        pytest.skip(f"Podman: {answer}")
