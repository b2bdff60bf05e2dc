from __future__ import annotations

import os

import pytest

from compose.base.clock import SystemClock
from compose.build.builder import Builder
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.operation import BuildImage
from compose.state.observed import EngineFacts, ImageState, Observed


class Engine:
    """An engine with no images, which remembers the labels of what it builds."""

    facts = EngineFacts()
    address = "unix:///none"

    def __init__(self):
        self.labels = {}
        self.bases = {}

    def registry_config(self):
        return ""

    def call(self, call):
        return {"Id": self.bases.get(call.path, "")}

    def stream(self, call):
        b"".join(call.data)
        self.labels = call.query["labels"]
        return self

    def chunks(self):
        return iter(())

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.fixture
def bench(tmp_path, reporter):
    (tmp_path / "Dockerfile").write_text("FROM base:1\nARG A\nCOPY app.py /\n")
    (tmp_path / "app.py").write_text("1")
    project = Project(
        name="shop",
        directory=str(tmp_path),
        services={
            "web": Service(name="web", build=Build(context=str(tmp_path), args={"A": "1"})),
            "db": Service(name="db", image="postgres"),
        },
    )
    environ = {"DOCKER_BUILDKIT": "0", "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": os.environ["PATH"]}
    engine = Engine()
    builder = Builder(project, engine, environ=environ, clock=SystemClock())
    builder.build([BuildImage(service="web", tags=("shop-web",), args={"A": "given", "B": "given"})], {"web": reporter})
    return builder, engine


def stale(bench):
    builder, engine = bench
    images = {"shop-web": ImageState(reference="shop-web", id="1", config={"Labels": engine.labels})}
    return builder.stale(Observed(project="shop", images=images), ["web", "db"])


def test_a_fresh_image_is_not_stale_whatever_the_command_line_gave(bench):
    assert stale(bench) == {}


def test_a_changed_file_makes_it_stale(bench, tmp_path):
    (tmp_path / "app.py").write_text("2")
    assert stale(bench) == {"web": ("app.py",)}


def test_a_newer_base_image_makes_it_stale(bench, reporter):
    builder, engine = bench
    engine.bases["/images/base:1/json"] = "sha256:old"
    builder.build([BuildImage(service="web", tags=("shop-web",))], {"web": reporter})
    engine.bases["/images/base:1/json"] = "sha256:new"
    assert stale(bench) == {"web": ("base:1",)}


def test_an_image_that_is_not_there_or_not_ours_is_not_stale(bench):
    builder, _ = bench
    other = ImageState(reference="shop-web", id="1", config={"Labels": None})
    assert builder.stale(Observed(project="shop"), ["web"]) == {}
    assert builder.stale(Observed(project="shop", images={"shop-web": other}), ["web"]) == {}
