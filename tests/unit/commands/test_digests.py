from __future__ import annotations

import pytest

from compose.base.errors import ComposeError, EngineError, fail
from compose.commands.config import ConfigOptions, config
from compose.commands.session import GlobalOptions, Session
from compose.state.observed import EngineFacts

DIGEST = f"sha256:{'a' * 64}"
FILE = """
name: p
services:
  web:
    image: nginx:1
    volumes: [{type: image, source: data:2, target: /d}]
    pre_start: [{command: [x], image: tool:3}]
  twin: {image: "nginx:1"}
  fixed: {image: "redis@sha256:%s"}
  built: {build: .}
""" % ("b" * 64)


class Engine:
    """Knows the digest of every image but one."""

    facts = EngineFacts(name="docker")

    def __init__(self):
        self.asked = []

    def registry_auth(self, _reference):
        return ""

    def call(self, call):
        self.asked.append(call.path)
        if "gone" in call.path:
            raise EngineError(fail("x", "manifest unknown").diagnostics[0], status=404)
        return {"Descriptor": {"digest": DIGEST}}

    def close(self):
        pass


@pytest.fixture
def session(tmp_path):
    (tmp_path / "compose.yaml").write_text(FILE)
    events = []
    made = Session(GlobalOptions(), environ={}, cwd=str(tmp_path), stop=None, emit=events.append)
    made.use(Engine())
    made.events = events
    return made


def test_images_of_services_mounts_and_hooks_are_pinned(session):
    text = config(session, ConfigOptions(digests="resolve", services=("web",)))
    assert f"image: nginx:1@{DIGEST}" in text
    assert f"source: data:2@{DIGEST}" in text
    assert f"image: tool:3@{DIGEST}" in text


def test_a_registry_is_asked_once_for_an_image_and_never_for_a_pinned_one(session):
    config(session, ConfigOptions(digests="resolve"))
    assert sorted(session.engine.asked) == [
        "/distribution/data:2/json",
        "/distribution/nginx:1/json",
        "/distribution/tool:3/json",
    ]


def test_a_lock_is_an_override_file_and_says_what_it_leaves_out(session):
    assert config(session, ConfigOptions(digests="lock")) == (
        "services:\n"
        "  built: {}\n"
        "  fixed:\n"
        f"    image: redis@sha256:{'b' * 64}\n"
        "  twin:\n"
        f"    image: nginx:1@{DIGEST}\n"
        "  web:\n"
        f"    image: nginx:1@{DIGEST}\n"
        "    volumes:\n"
        "      - type: image\n"
        f"        source: data:2@{DIGEST}\n"
        "        target: /d\n"
    )
    assert [event.diagnostic.code for event in session.events] == ["hook-not-locked"]


def test_without_interpolation_images_with_variables_stay(session, tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {a: {image: 'nginx:1'}, b: {image: 'nginx:$TAG'}, c: {build: .}}")
    text = config(session, ConfigOptions(digests="resolve", no_interpolate=True))
    assert f"image: nginx:1@{DIGEST}" in text
    assert "image: nginx:$TAG" in text


def test_an_image_without_a_digest_is_told(session, tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {a: {image: gone}}")
    with pytest.raises(ComposeError, match="failed to resolve digest for `gone`: manifest unknown"):
        config(session, ConfigOptions(digests="resolve"))
