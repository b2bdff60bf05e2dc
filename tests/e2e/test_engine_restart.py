"""An engine that is killed and started again in the middle of `up`: an end in time, nothing by halves, mended by the next one.

And in the middle of `watch`, which goes on.

The engine is a private one of this module, beside the one of all other tests.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from compose.engine import private
from compose.engine.private_home import PrivateEngine, StartOptions
from tests.e2e.conftest import DEADLINE, Stack
from tests.e2e.watching import Watcher, until_equal

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

COMMON = "image: busybox, command: sleep 1000, stop_grace_period: 0s"
GATED = "depends_on: {db: {condition: service_healthy}}"
BEFORE = f"""
services:
  db:
    {{{COMMON}, volumes: [data:/data], healthcheck: {{test: "test -e /data/ready || touch /data/ready", interval: 200ms}}}}
  web: {{{COMMON}, {GATED}, environment: {{RELEASE: one}}}}
  worker: {{{COMMON}, {GATED}}}
volumes: {{data: {{}}}}
"""
AFTER = BEFORE.replace("RELEASE: one", "RELEASE: two")
WATCHED = f"""
services:
  web: {{{COMMON}, restart: always, develop: {{watch: [{{action: sync, path: ./src, target: /work}}]}}}}
"""
SERVICE_LABEL = "com.docker.compose.service"
MADE = {"db-1": "running", "web-1": "running", "worker-1": "running"}


class Restartable:
    """A private engine that can be killed, as by the kernel, and started again with the data it had."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        self._engine = self._started()
        self.host = self._engine.host

    def _started(self) -> PrivateEngine:
        return private.start(StartOptions(environ=self._environ, name="r", kind="docker"), lambda _event: None)

    def restart(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        os.kill(self._engine.pid, signal.SIGKILL)
        os.waitpid(self._engine.pid, 0)
        meanwhile()
        self._engine = self._started()

    def stop(self) -> None:
        private.stop("r", environ=self._environ)


@pytest.fixture(scope="module")
def engine(programs: dict[str, str], client: docker.DockerClient) -> Iterator[Restartable]:
    """The engine to be killed, with the image that the tests use."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a second engine beside that of the suite")
    state = tempfile.mkdtemp(dir="/tmp", prefix="cr")  # the path of a socket must be short
    environ = {**os.environ, **programs, "XDG_STATE_HOME": state}
    environ.pop("DOCKER_HOST", None)
    made = Restartable(environ)
    try:
        own = docker.DockerClient(base_url=made.host, timeout=DEADLINE)
        own.images.load(b"".join(client.images.get("busybox").save(named="busybox:latest")))
        own.close()
        yield made
    finally:
        made.stop()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def project(engine: Restartable, tmp_path: Path) -> Iterator[Stack]:
    own = docker.DockerClient(base_url=engine.host, timeout=DEADLINE)
    stack = Stack(tmp_path, f"e2e{uuid.uuid4().hex[:10]}", own)
    yield stack
    stack.clean()
    own.close()


def up(stack: Stack, engine: Restartable) -> tuple[int, str]:
    done = stack.compose("up", "-d", env={"DOCKER_HOST": engine.host}, code=None)
    return done.returncode, done.stderr


def up_with_a_restart(stack: Stack, engine: Restartable, action: str, service: str) -> str:
    """Run `up`, restart the engine as soon as it tells of this action on a container of the service; return what was told."""
    label = {"label": f"com.docker.compose.project={stack.name}", "type": "container"}
    events = stack.client.events(decode=True, filters=label)
    restarted = threading.Event()

    def watch() -> None:
        for event in events:
            if event["Action"] == action and event["Actor"]["Attributes"].get(SERVICE_LABEL) == service:
                engine.restart()
                restarted.set()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        code, told = up(stack, engine)
        in_the_middle = restarted.is_set()
    finally:
        events.close()
        watcher.join()
    assert restarted.is_set(), told
    assert code in {0, 1}, told
    assert (code == 1) == ("error[" in told), told
    if code == 0 and in_the_middle:
        assert stack.states() == MADE
    return told


def test_watching_goes_on_when_the_engine_is_there_again(project, engine):
    (project.folder / "src").mkdir()
    (project.folder / "src" / "file").write_text("one\n")
    project.write(WATCHED)
    watcher = Watcher(project, env={"DOCKER_HOST": engine.host})
    engine.restart(lambda: (project.folder / "src" / "file").write_text("two\n"))
    watcher.until_said("the engine answers again")
    project.until(lambda: project.states() == {"web-1": "running"}, "the container runs again")
    until_equal(project, project.folder / "src", "/work")
    (project.folder / "src" / "more").write_text("more\n")
    until_equal(project, project.folder / "src", "/work")
    assert len([line for line in watcher.told if line.startswith(("warning", "error"))]) == 1, watcher.told
    assert watcher.stop() == 130


def assert_mended(stack: Stack, engine: Restartable, release: str) -> None:
    """A plain `up` finishes whatever was begun, and nothing is left over."""
    code, told = up(stack, engine)
    assert code == 0, told
    assert stack.states() == MADE
    assert f"RELEASE={release}" in stack.container("web").attrs["Config"]["Env"]
    assert stack.compose("plan", env={"DOCKER_HOST": engine.host}, code=None).returncode == 0


@pytest.mark.parametrize("moment", ["create", "start"])
def test_an_engine_killed_in_the_middle_of_a_first_up(project, engine, moment):
    project.write(BEFORE)
    told = up_with_a_restart(project, engine, moment, "db")
    assert set(project.states()) <= set(MADE), told
    assert_mended(project, engine, "one")


def test_an_engine_killed_in_the_middle_of_a_replacement(project, engine):
    project.write(BEFORE)
    assert up(project, engine)[0] == 0
    assert project.container("db").exec_run("touch /data/mark").exit_code == 0
    project.write(AFTER)
    told = up_with_a_restart(project, engine, "create", "web")
    assert set(MADE) <= set(project.states()), told  # whole, if not all of them running
    assert_mended(project, engine, "two")
    assert project.container("db").exec_run("ls /data/mark").exit_code == 0
