from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from compose.base.errors import ComposeError, EngineError, fail
from compose.base.reference import parse_reference
from compose.build.artifact import Layer, digest_of
from compose.build.oci import artifact_fetcher, fetch, open_repository, pin, pinned, publish, publish_application
from compose.build.registry import Registry
from compose.model.project import Project
from compose.model.service import Service
from compose.state.observed import EngineFacts
from tests.registry_server import PASSWORD, USER, RegistryServer

LAYERS = (Layer(name="compose.yaml", content=b"services: {}\n"), Layer(name="ab.env", content=b"A=1", kind="env"))
DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture
def server():
    with RegistryServer() as server:
        yield server


def at(server, name="me/app:1"):
    reference = parse_reference(f"{server.host}/{name}")
    return Registry(reference), reference


class Engine:
    """An engine that knows a login, a default registry and digests."""

    def __init__(self, name="docker", **answers):
        self.facts = EngineFacts(name=name)
        self.answers = answers
        self.calls = []

    def registry_auth(self, _reference):
        return self.answers.get("auth", "")

    def call(self, call):
        self.calls.append(call)
        if call.path == "/info":
            return {"IndexServerAddress": self.answers.get("index", "")}
        found = self.answers.get("digest")
        if found is None:
            raise EngineError(fail("x", "manifest unknown").diagnostics[0], status=404)
        return {"Descriptor": {"digest": found}}


def test_what_is_published_can_be_fetched(server, tmp_path):
    registry, reference = at(server)
    publish(registry, "1", LAYERS, "2026-01-01T00:00:00Z")
    file = Path(fetch(registry, reference, tmp_path))
    assert file.read_bytes() == b"services: {}\n"
    assert (file.parent / "ab.env").read_bytes() == b"A=1"


def test_loading_is_given_the_path_of_an_artifact(server, tmp_path):
    registry, reference = at(server)
    publish(registry, "1", LAYERS, "x")
    local = artifact_fetcher(Engine, {"XDG_CACHE_HOME": str(tmp_path)})
    assert Path(local(f"oci://{reference}")).is_relative_to(tmp_path / "compose-reconciler")


def test_an_artifact_is_unpacked_once(server, tmp_path):
    registry, reference = at(server)
    publish(registry, "1", LAYERS, "x")
    first = fetch(registry, reference, tmp_path)
    server.blobs.clear()
    assert fetch(registry, reference, tmp_path) == first


def test_nothing_is_left_of_an_artifact_that_did_not_arrive_whole(server, tmp_path):
    registry, reference = at(server)
    publish(registry, "1", LAYERS, "x")
    server.blobs.popitem()
    with pytest.raises(ComposeError):
        fetch(registry, reference, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_artifact_without_a_compose_file_is_refused(server, tmp_path):
    registry, reference = at(server)
    publish(registry, "1", LAYERS[1:], "x")
    with pytest.raises(ComposeError, match="has no compose file"):
        fetch(registry, reference, tmp_path)


def test_a_registry_that_knows_no_artifact_types_gets_the_older_form(tmp_path):
    with RegistryServer(old=True) as server:
        registry, reference = at(server)
        assert b"artifactType" not in publish(registry, "1", LAYERS, "x")
        assert fetch(registry, reference, tmp_path)


def test_a_version_that_is_asked_for_is_not_changed():
    with RegistryServer(old=True) as server, pytest.raises(ComposeError, match="manifest invalid"):
        publish(at(server)[0], "1", LAYERS, "x", version="1.1")


def test_images_of_an_application_are_copied_and_tied_together(server, tmp_path):
    with RegistryServer() as other:
        layer, config = b"layer" * 100_000, b"{}"
        source, image = at(other, "lib/redis:7")
        blobs = [{"digest": source.put_blob(content), "size": len(content)} for content in (config, layer)]
        single = other.put("lib/redis", "x", json.dumps({"config": blobs[0], "layers": [blobs[1]]}).encode())
        other.put(
            "lib/redis", "7", json.dumps({"manifests": [{"digest": single}]}).encode(), "application/vnd.oci.image.index.v1+json"
        )
        registry, _ = at(server)
        content = publish(registry, "1", LAYERS, "x")
        digest = publish_application(registry, content, [image], Registry)
    assert server.blobs["me/app", digest_of(layer)] == layer
    assert ("me/app", single) in server.manifests
    index = json.loads(server.manifests["me/app", digest][2])
    assert index["subject"]["digest"] == digest_of(content)
    assert [one["mediaType"] for one in index["manifests"]] == ["application/vnd.oci.image.index.v1+json"]
    pinned_reference = parse_reference(f"{server.host}/me/app@{digest}")
    assert Path(fetch(registry, pinned_reference, tmp_path)).read_bytes() == b"services: {}\n"


def test_layers_of_the_same_registry_are_not_moved(server):
    source, image = at(server, "lib/redis:7")
    blob = {"digest": source.put_blob(b"layer"), "size": 5}
    server.put("lib/redis", "7", json.dumps({"layers": [blob]}).encode())
    registry, _ = at(server)
    publish_application(registry, b"{}", [image], Registry)
    assert ("me/app", blob["digest"]) in server.blobs
    assert not any(method == "GET" and "/blobs/" in path for method, path, _ in server.requests)


def test_the_users_login_is_used():
    auth = base64.urlsafe_b64encode(json.dumps({"username": USER, "password": PASSWORD}).encode()).decode()
    with RegistryServer(auth="basic") as server:
        reference = parse_reference(f"{server.host}/me/app:1")
        publish(open_repository(Engine(auth=auth), reference), "1", LAYERS, "x")


def test_without_a_registry_the_engines_default_is_meant():
    found = open_repository(Engine(index="https://index.host.test/v1/"), parse_reference("redis:7"))
    assert (found.host, found.repository) == ("index.host.test", "library/redis")
    with pytest.raises(ComposeError, match="names no registry"):
        open_repository(Engine(), parse_reference("redis"))


def test_images_are_pinned_by_the_engine():
    engine = Engine(digest=DIGEST)
    services = {
        "a": Service(name="a", image="redis"),
        "b": Service(name="b", image="redis"),
        "c": Service(name="c", image=f"host.test/x@{DIGEST}"),
        "d": Service(name="d"),
    }
    assert pinned(engine, Project(name="x", directory="/", services=services)) == {
        "a": f"redis:latest@{DIGEST}",
        "b": f"redis:latest@{DIGEST}",
        "c": f"host.test/x@{DIGEST}",
    }
    assert [call.path for call in engine.calls] == ["/distribution/redis:latest/json"]


def test_an_image_that_is_not_there_is_named():
    with pytest.raises(ComposeError) as caught:
        pin(Engine(), "redis:9")
    (found,) = caught.value.diagnostics
    assert (found.code, found.summary) == ("digest-unresolved", "failed to resolve digest for `redis:9`: manifest unknown")


def test_where_the_engine_cannot_the_registry_is_asked(server):
    digest = server.put("me/app", "1", b"{}")
    text = f"{server.host}/me/app:1"
    assert pin(Engine(name="podman"), text) == f"{text}@{digest}"
