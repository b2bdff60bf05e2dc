import json
from pathlib import Path

import pytest

from compose.state.observed import EngineFacts
from compose.state.parse import image_from_inspect, serves

ANSWERS = Path(__file__).parent / "answers"
ARM = EngineFacts(arch="arm64")
INTEL = EngineFacts(arch="amd64")


def manifest(digest, architecture, *, kind="image", available=True, variant="", data=True):
    platform = {"os": "linux", "architecture": architecture, "variant": variant}
    return {"ID": digest, "Kind": kind, "Available": available, **({"ImageData": {"Platform": platform}} if data else {})}


def image(*manifests, architecture="amd64", variant=""):
    return {"Id": "sha256:index", "Os": "linux", "Architecture": architecture, "Variant": variant, "Manifests": list(manifests)}


@pytest.mark.parametrize("engine", ["docker-20", "docker-26", "docker-28", "podman-4", "podman-5"])
def test_an_image_is_read(engine):
    answer = json.loads((ANSWERS / f"{engine}.json").read_text())["images"]["busybox"]
    found = image_from_inspect(answer, "busybox", facts=INTEL)
    assert (found.reference, found.id, found.os, found.architecture) == ("busybox", answer["Id"], "linux", "amd64")
    assert found.identity == answer["Id"]
    assert found.config["Cmd"] == ["sh"]
    assert found.size > 2_000_000
    assert len(found.repo_tags) == 1


def test_the_time_of_the_last_tag_is_read_and_gos_unset_time_is_none():
    assert image_from_inspect({"Metadata": {"LastTagTime": "0001-01-01T00:00:00Z"}}).last_tagged is None
    assert image_from_inspect({"Metadata": {"LastTagTime": "1970-01-01T01:00:10.123456789+01:00"}}).last_tagged == pytest.approx(
        10.123456789
    )


def test_the_manifest_of_the_engines_platform_is_the_identity():
    answer = image(
        manifest("sha256:att", "unknown", kind="attestation"), manifest("sha256:i", "amd64"), manifest("sha256:a", "arm64")
    )
    assert image_from_inspect(answer, facts=INTEL).identity == "sha256:i"
    assert image_from_inspect(answer, facts=ARM).identity == "sha256:a"
    assert image_from_inspect(answer, platform="linux/arm64", facts=INTEL).identity == "sha256:a"


def test_manifests_whose_content_is_not_here_do_not_count():
    answer = image(manifest("sha256:i", "amd64", available=False), manifest("sha256:a", "arm64"))
    assert image_from_inspect(answer, facts=INTEL).identity == "sha256:a"
    assert not serves(answer, "linux/amd64", INTEL)


def test_of_several_foreign_manifests_none_is_the_identity():
    answer = image(manifest("sha256:s", "s390x"), manifest("sha256:a", "arm64"))
    assert image_from_inspect(answer, facts=INTEL).identity == "sha256:index"


def test_a_lone_manifest_without_platform_goes_by_the_images_own():
    answer = image(manifest("sha256:i", "", data=False))
    assert image_from_inspect(answer, facts=INTEL).identity == "sha256:i"
    assert serves(answer, "linux/amd64", INTEL)
    assert not serves(answer, "linux/arm64", INTEL)


@pytest.mark.parametrize(
    ("asked", "architecture", "variant", "expected"),
    [
        ("", "s390x", "", True),
        ("linux/amd64", "amd64", "", True),
        ("linux/x86_64", "amd64", "", True),
        ("amd64", "amd64", "", True),
        ("linux", "amd64", "", True),
        ("linux/arm64", "arm64", "v8", True),
        ("linux/aarch64", "arm64", "", True),
        ("linux/arm", "arm", "v7", True),
        ("linux/arm/7", "arm", "v7", True),
        ("linux/arm/v6", "arm", "v7", False),
        ("linux/arm64", "amd64", "", False),
        ("windows/amd64", "amd64", "", False),
    ],
)
def test_platforms(asked, architecture, variant, expected):
    answer = {"Id": "sha256:x", "Os": "linux", "Architecture": architecture, "Variant": variant}
    assert serves(answer, asked, INTEL) is expected
