from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.base.reference import Reference, canonical, is_same_image, parse_reference

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "registry", "path", "tag", "digest"),
    [
        ("redis", "", "redis", "", ""),
        ("redis:7", "", "redis", "7", ""),
        ("me/app:1.0_x-y", "", "me/app", "1.0_x-y", ""),
        (f"redis@{DIGEST}", "", "redis", "", DIGEST),
        (f"redis:7@{DIGEST}", "", "redis", "7", DIGEST),
        ("localhost/app", "localhost", "app", "", ""),
        ("127.0.0.1:5000/a/b/c:t", "127.0.0.1:5000", "a/b/c", "t", ""),
        ("registry.test/app", "registry.test", "app", "", ""),
        ("[::1]:5000/app", "[::1]:5000", "app", "", ""),
        ("a-b__c/d.e---f", "", "a-b__c/d.e---f", "", ""),
    ],
)
def test_parts(text, registry, path, tag, digest):
    found = parse_reference(text)
    assert found == Reference(registry=registry, path=path, tag=tag, digest=digest)
    assert str(found) == text


@pytest.mark.parametrize(
    "text", ["", ":7", "a//b", "a/", "a:", "a:b:c", "a@b", "a b", "-a", "a:.x", f"{'a' * 64}", "a@sha256:12"]
)
def test_what_is_no_reference_is_an_error_that_quotes_it(text):
    with pytest.raises(ComposeError) as caught:
        parse_reference(text)
    assert caught.value.diagnostics[0].code == "invalid-reference"
    assert text in caught.value.diagnostics[0].summary


def test_upper_case_gets_the_engines_words():
    with pytest.raises(ComposeError, match="repository name must be lowercase"):
        parse_reference("My/App")


def test_names():
    assert parse_reference("redis").familiar == "redis:latest"
    assert parse_reference(f"redis@{DIGEST}").familiar == f"redis@{DIGEST}"
    assert parse_reference("redis:7").name == "redis"
    assert parse_reference("redis").repository == "library/redis"
    assert parse_reference("localhost/redis").repository == "redis"
    assert str(parse_reference("redis:7").pinned(DIGEST)) == f"redis:7@{DIGEST}"
    assert str(parse_reference(f"redis:7@{DIGEST}").tagged("8")) == "redis:8"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("redis", "redis:latest", True),
        ("redis", "library/redis", True),
        ("redis", "redis:7", False),
        ("localhost/redis", "redis", False),
        ("redis", "library/redis:latest", True),
        ("me/app", "me/app:latest", True),
        ("localhost/redis", "localhost/library/redis", False),
        ("registry.test/redis", "registry.test/library/redis", False),
        (f"redis:7@{DIGEST}", f"redis:8@{DIGEST}", True),
    ],
)
def test_the_same_image(one, other, expected):
    assert parse_reference(one).same_image(parse_reference(other)) is expected


def test_the_text_that_all_ways_to_write_an_image_share():
    assert canonical("redis") == "/library/redis:latest"
    assert canonical(f"redis:7@{DIGEST}") == f"/library/redis@{DIGEST}"
    assert canonical("127.0.0.1:5000/a/b") == "127.0.0.1:5000/a/b:latest"
    assert canonical("Not A Reference") == "Not A Reference"
    assert is_same_image("Not A Reference", "Not A Reference")
