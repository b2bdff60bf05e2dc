"""Pulling and pushing through a real engine, with a registry that asks for logins, refuses, and breaks."""

from __future__ import annotations

import base64
import io
import json
import os
import tarfile
import uuid

import pytest

from compose.base.address import Address
from compose.base.clock import SystemClock
from compose.base.errors import ComposeError
from compose.build.artifact import digest_of
from compose.build.oci import pin
from compose.engine.connect import connect
from compose.engine.endpoint import resolve
from compose.engine.execute import execute
from compose.engine.handlers import HANDLERS
from compose.plan.operation import PullImage, PushImage
from compose.plan.plan import Plan, Reason, Step
from tests.e2e.builders import need_reachable, remove_images
from tests.registry_server import PASSWORD, USER, RegistryServer

pytestmark = pytest.mark.engine

AUTH = pytest.mark.parametrize("auth", ["", "basic", "token"])


class NoStop:
    level = 0

    def subscribe(self, callback):
        pass


class Dock:
    """An engine and a registry; images of the test have names of their own there."""

    def __init__(self, folder, client, host, server):
        self.folder = folder
        self.client = client
        self.host = host
        self.server = server
        self.name = f"{server.host}/bld/{uuid.uuid4().hex[:10]}:1"
        self.engines = []

    def engine(self, password=None):
        environ = {**os.environ, "DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.folder)}
        login = {"auth": base64.b64encode(f"{USER}:{password}".encode()).decode()} if password else {}
        (self.folder / "config.json").write_text(json.dumps({"auths": {self.server.host: login} if login else {}}))
        self.engines.append(connect(resolve(environ)))
        return self.engines[-1]

    def perform(self, operation, password=None):
        step = Step(
            id="1", address=Address(kind="image", key="x"), resource="Image x", operation=operation, reason=Reason(code="asked")
        )
        self.events = []
        plan = Plan(project="x", command="x", steps=(step,))
        return execute(plan, self.engine(password), HANDLERS, self.events.append, SystemClock(), NoStop())

    def push(self, password=None):
        self.client.images.get("busybox").tag(self.name)
        return self.perform(PushImage(reference=self.name), password)

    def offer(self):
        """Put an image into the registry that no engine has seen."""
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as tar:
            tar.addfile(tarfile.TarInfo(uuid.uuid4().hex))
        content = layer.getvalue()
        rootfs = {"type": "layers", "diff_ids": [digest_of(content)]}
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": rootfs}).encode()
        repository = self.name.partition("/")[2].rpartition(":")[0]
        for blob in (content, config):
            self.server.blobs[repository, digest_of(blob)] = blob
        kind = "application/vnd.docker."
        described = {"mediaType": f"{kind}container.image.v1+json", "digest": digest_of(config), "size": len(config)}
        part = {"mediaType": f"{kind}image.rootfs.diff.tar", "digest": digest_of(content), "size": len(content)}
        media_type = f"{kind}distribution.manifest.v2+json"
        told = {"schemaVersion": 2, "mediaType": media_type, "config": described, "layers": [part]}
        self.server.put(repository, "1", json.dumps(told).encode(), media_type)

    def pull(self, password=None, reference=None):
        return self.perform(PullImage(reference=reference or self.name), password)

    def forget(self):
        self.client.images.remove(self.name, force=True)

    def clean(self):
        for engine in self.engines:
            engine.close()
        remove_images(self.client, f"{self.server.host}/")


@pytest.fixture
def dock(tmp_path, client, engine_host):
    made = []

    def make(auth=""):
        server = RegistryServer(auth=auth).__enter__()
        made.append((server, Dock(tmp_path, client, engine_host, server)))
        need_reachable(client, server)
        return made[-1][1]

    yield make
    for server, dock in made:
        dock.clean()
        server.__exit__()


def reason(outcome):
    (diagnostic,) = outcome.diagnostics
    return f"{diagnostic.summary}\n{diagnostic.hint}"


@AUTH
def test_an_image_goes_to_the_registry_and_comes_back(dock, auth):
    port = dock(auth)
    password = PASSWORD if auth else None
    assert port.push(password).failed == ()
    port.forget()
    assert port.pull(password).failed == ()
    assert port.client.images.get(port.name).id == port.client.images.get("busybox").id
    digest = next(iter(port.server.manifests.values()))[0]
    assert pin(port.engine(password), port.name) == f"{port.name}@{digest}"


@pytest.mark.parametrize("auth", ["basic", "token"])
@pytest.mark.parametrize("password", [None, "wrong"])
def test_who_is_not_let_in_is_told_where_to_log_in(dock, auth, password):
    port = dock(auth)
    told = reason(port.push(password))
    assert f"docker login {port.server.host}" in told
    told = reason(port.pull(password))
    assert f"docker login {port.server.host}" in told
    assert "wrong" not in told


def test_what_the_registry_does_not_have(dock):
    port = dock()
    told = reason(port.pull())
    assert "not found" in told or "manifest unknown" in told
    with pytest.raises(ComposeError, match="failed to resolve digest"):
        pin(port.engine(), port.name)


def test_a_registry_that_is_not_there(dock):
    port = dock()
    assert "connection refused" in reason(port.pull(reference="127.0.0.1:1/bld/x:1"))


def test_one_cut_in_the_middle_is_overcome(dock):
    port = dock()
    port.offer()
    port.server.fault("GET .*/blobs/", "cut", times=1)
    assert port.pull().failed == ()


def test_a_connection_that_is_always_cut(dock):
    port = dock()
    port.offer()
    port.server.fault("GET .*/manifests/", "cut", times=1000)
    assert "EOF" in reason(port.pull())


def test_a_registry_that_asks_for_patience_is_given_it(dock, client):
    if client.version()["ApiVersion"].startswith("1.41"):
        pytest.skip("Docker 20 tells a registry's 429 as an unknown error of its own")
    port = dock()
    port.offer()
    port.server.fault("GET .*/manifests/", 429, times=2)
    outcome = port.pull()
    assert outcome.failed == (), outcome.diagnostics
