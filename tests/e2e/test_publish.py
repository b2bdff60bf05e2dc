"""L. Publish: a project goes to a registry and comes back, on the command line."""

from __future__ import annotations

import base64
import json
import uuid

import pytest

from tests.e2e.builders import need_reachable, remove_images
from tests.registry_server import PASSWORD, USER, RegistryServer

pytestmark = pytest.mark.engine


@pytest.fixture
def server(stack):
    with RegistryServer() as server:
        yield server
        remove_images(stack.client, f"{server.host}/")


def cache(stack):
    return {"XDG_CACHE_HOME": str(stack.folder / "cache")}


def test_a_published_project_is_the_same_elsewhere(stack, server):
    stack.write("services: {serviceA: {image: busybox, extends: {file: base.yaml, service: base}}}")
    stack.write("services: {base: {command: sleep 600, stop_grace_period: 0s}}", "base.yaml")
    stack.write("services: {serviceA: {env_file: test.env, labels: {greeting: '${GREETING:-hello}'}}}", "over.yaml")
    stack.write("HELLO=WORLD\n", "test.env")
    name = f"{server.host}/me/app:test"
    files = ("-f", "compose.yaml", "-f", "over.yaml")
    told = stack.compose(*files, "publish", "--with-env", "--yes", name).stderr
    assert f" {name} publishing" in told
    assert f" {name} published" in told
    for file in stack.folder.iterdir():
        file.unlink()
    remote = ("-f", f"oci://{name}")
    found = json.loads(stack.compose(*remote, "config", "--format", "json", env=cache(stack)).stdout)
    assert found["services"]["serviceA"]["environment"] == {"HELLO": "WORLD"}
    assert found["services"]["serviceA"]["command"] == ["sleep", "600"]
    assert found["networks"]["default"]["name"] == f"{stack.name}_default"
    refused = stack.compose(*remote, "up", "-d", env=cache(stack), stdin="n\n", code=1)
    assert "GREETING" in refused.stdout
    assert "operation cancelled by user" in refused.stderr
    assert stack.states() == {}
    told = stack.compose(*remote, "up", "-d", "-y", env={**cache(stack), "GREETING": "hey"}).stderr
    assert f'Your compose stack "oci://{name}" is stored in' in told
    assert stack.container("serviceA").labels["greeting"] == "hey"


def test_what_may_give_something_away_is_asked_about(stack, server):
    stack.write(
        "services:\n"
        "  serviceA: {image: busybox, environment: {DB_PASSWORD: hunter2}, volumes: ['.:/user-data']}\n"
        "  serviceB: {image: busybox, env_file: b.env, environment: {API_KEY: hunter2}}\n"
    )
    stack.write("A=b\n", "b.env")
    name = f"{server.host}/me/app:test"
    assert ":/user-data" in stack.compose("publish", name, stdin="n\n", code=130).stdout
    told = stack.compose("publish", name, stdin="y\nn\n", code=130).stdout
    for finding in (
        'service "serviceA": literal value for "DB_PASSWORD"',
        'service "serviceB": env_file declared',
        'service "serviceB": literal value for "API_KEY"',
        "Use --with-env to silence this prompt",
    ):
        assert finding in told
    assert "hunter2" not in told
    assert server.requests == []
    assert "1 project to publish" in stack.compose("--dry-run", "publish", "--with-env", name, stdin="y\n").stdout
    assert server.requests == []


def test_what_would_be_incomplete_elsewhere_cannot_be_published(stack):
    stack.write("include: [other.yaml]\nservices: {a: {image: busybox}}")
    stack.write("services: {b: {image: busybox}}", "other.yaml")
    told = stack.compose("publish", "test/test", code=1).stderr
    assert "cannot publish compose file with local includes" in told


def test_a_registry_that_wants_a_login(stack):
    stack.write("services: {a: {image: busybox}}")
    with RegistryServer(auth="token") as server:
        name = f"{server.host}/me/app:1"
        env = {"DOCKER_CONFIG": str(stack.folder / "docker"), **cache(stack)}
        told = stack.compose("publish", name, env=env, code=1).stderr
        assert f"access denied to `{name}`" in told
        assert f"docker login {server.host}" in told
        login = {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
        stack.write(json.dumps({"auths": {server.host: login}}), "docker/config.json")
        stack.compose("publish", name, env=env)
        assert "image: busybox" in stack.compose("-f", f"oci://{name}", "config", env=env).stdout


def test_an_application_has_its_images_beside_it(stack, server):
    need_reachable(stack.client, server)
    image = f"{server.host}/{uuid.uuid4().hex[:10]}/web"
    stack.write(f"services: {{web: {{build: {{dockerfile_inline: FROM busybox}}, image: '{image}:1'}}}}")
    stack.compose("build", env={"DOCKER_BUILDKIT": "0"})
    name = f"{server.host}/me/app:1"
    stack.compose("publish", "--app", "-y", name)
    digest, _, _ = server.manifests[image.partition("/")[2], "1"]
    assert ("me/app", digest) in server.manifests
    found = json.loads(stack.compose("-f", f"oci://{name}", "config", "--format", "json", env=cache(stack)).stdout)
    assert found["services"]["web"]["image"] == f"{image}:1@{digest}"
