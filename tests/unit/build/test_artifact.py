from __future__ import annotations

import json

import pytest

from compose.base.errors import ComposeError
from compose.build.artifact import EMPTY, Layer, Part, digest_of, index, manifest, parts, project_in, unpack

LAYERS = (
    Layer(name="compose.yaml", content=b"a: 1"),
    Layer(name="override.yaml", content=b"b: 2"),
    Layer(name="ab12.yaml", content=b"c: 3", kind="extends"),
    Layer(name="cd34.env", content=b"D=4", kind="env"),
)


def test_a_manifest_says_that_it_is_a_project():
    told = json.loads(manifest(LAYERS, "1.1", "2026-01-01T00:00:00Z"))
    assert told["artifactType"] == "application/vnd.docker.compose.project"
    assert told["config"] == {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(EMPTY), "size": 2}
    assert told["annotations"] == {"org.opencontainers.image.created": "2026-01-01T00:00:00Z"}
    layers = told["layers"]
    assert [layer["size"] for layer in layers] == [4, 4, 4, 3]
    assert layers[0]["annotations"]["com.docker.compose.file"] == "compose.yaml"
    assert layers[2]["annotations"]["com.docker.compose.extends"] == "true"
    assert layers[3]["mediaType"] == "application/vnd.docker.compose.envfile"
    assert layers[3]["annotations"]["com.docker.compose.envfile"] == "cd34.env"


def test_an_older_manifest_says_it_by_its_config():
    told = json.loads(manifest(LAYERS, "1.0", "x"))
    assert "artifactType" not in told
    assert told["config"]["mediaType"] == "application/vnd.docker.compose.config.empty.v1+json"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_was_packed_is_unpacked(version):
    found = parts(manifest(LAYERS, version, "x"), "r")
    assert [part.name for part in found] == ["compose.yaml", "compose.yaml", "ab12.yaml", "cd34.env"]
    contents = {layer.descriptor["digest"]: layer.content for layer in LAYERS}
    files = unpack((part, contents[part.digest]) for part in found)
    assert files == {"compose.yaml": b"a: 1\n---\nb: 2", "ab12.yaml": b"c: 3", "cd34.env": b"D=4"}


def broken(change):
    told = json.loads(manifest(LAYERS, "1.1", "x"))
    change(told)
    return json.dumps(told).encode()


def name_of(index, name):
    def change(told):
        notes = told["layers"][index]["annotations"]
        notes["com.docker.compose.file" if index == 2 else "com.docker.compose.envfile"] = name

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(artifactType="application/vnd.other"),
        lambda told: told.pop("artifactType"),
        name_of(2, "../compose.yaml"),
        name_of(3, "/etc/passwd"),
        name_of(3, "a\\b"),
        name_of(3, ".."),
        name_of(3, ""),
        lambda told: told["layers"][0].update(digest="sha256:../../x"),
        lambda told: told["layers"][0].update(size=1 << 40),
        lambda told: told["layers"][0].update(size="4"),
    ],
)
def test_what_cannot_be_trusted_is_refused(change):
    with pytest.raises(ComposeError) as caught:
        parts(broken(change), "host.test/a")
    assert caught.value.diagnostics[0].code == "artifact-invalid"
    assert "host.test/a" in caught.value.diagnostics[0].summary


def test_layers_of_other_kinds_are_passed_over():
    assert parts(broken(lambda told: told["layers"][1].update(mediaType="text/x")), "r")[1] == Part(
        digest=digest_of(b"c: 3"), size=4, name="ab12.yaml"
    )


def test_an_index_leads_to_its_project():
    content = manifest(LAYERS, "1.1", "x")
    told = index(content, [{"mediaType": "m", "digest": "d", "size": 1}])
    assert project_in(told, "r") == digest_of(content)
    assert json.loads(told)["manifests"] == [{"mediaType": "m", "digest": "d", "size": 1}]
    with pytest.raises(ComposeError, match="OCI index r doesn't refer to compose artifacts"):
        project_in(b'{"manifests": [{"artifactType": "x"}]}', "r")


def test_what_is_no_json_is_refused():
    with pytest.raises(ComposeError, match="no JSON"):
        parts(b"<html>", "r")
