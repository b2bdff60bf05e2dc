"""Build steps performed: how many builds there are, who gets which tags, what is said."""

from __future__ import annotations

import json
import os
import sys

import pytest

from compose.base.address import Address
from compose.base.clock import SystemClock
from compose.base.errors import ComposeError, EngineError, fail
from compose.base.events import Notice, StepOutput, StepProgress
from compose.build.handlers import build_handlers
from compose.engine.work import Run, Work
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.operation import BuildImage
from compose.plan.plan import Plan, Reason, Step
from compose.state.observed import EngineFacts

BUILDX = """\
#!{python}
import json, os, sys
if sys.argv[1] == "docker-cli-plugin-metadata":
    print(json.dumps({{"Version": "0.29.1"}}))
    sys.exit(0)
given = json.load(sys.stdin)
with open(os.path.dirname(sys.argv[0]) + "/bakes", "a") as file:
    file.write(json.dumps(given) + "\\n")
if "bad" in given["target"]:
    name = "[done] exporting to image"
    told = {{"vertexes": [{{"digest": "9", "name": name, "started": "t", "completed": "t"}}]}}
    print(json.dumps(told), file=sys.stderr)
    sys.exit("ERROR: target bad: failed to solve: no")
vertex = {{"vertexes": [{{"digest": "1", "name": "[1/1] RUN x", "started": "t"}}]}}
print(json.dumps(vertex), file=sys.stderr)
print(json.dumps({{"logs": [{{"vertex": "1", "stream": 1, "data": "aGkK"}}]}}), file=sys.stderr)
file = [a.partition("=")[2] for a in sys.argv if a.startswith("--metadata-file")][0]
json.dump({{t: {{"containerimage.digest": "sha256:" + t}} for t in given["target"]}}, open(file, "w"))
"""


class BuildEngine:
    """An engine that builds, tags and pushes; `images` are those that are there."""

    def __init__(self, *images):
        self.images = {image: {"Id": f"sha256:{image}"} for image in images}
        self.calls = []
        self.facts = EngineFacts(api_version=(1, 48))
        self.name = self.facts.name
        self.address = "unix:///none"

    def count(self, path):
        return sum(call.path == path for call in self.calls)

    def registry_config(self):
        return ""

    def registry_auth(self, _reference):
        return ""

    def call(self, call):
        self.calls.append(call)
        if call.method == "GET":
            name = call.path.removeprefix("/images/").removesuffix("/json")
            if name not in self.images:
                raise EngineError(fail("refused", "no").diagnostics[0], status=404)
            return self.images[name]
        return None

    def stream(self, call):
        self.calls.append(call)
        if call.path == "/build":
            b"".join(call.data)
        return self

    def chunks(self):
        yield json.dumps({"stream": "Step 1/1 : FROM x\nhello\n"}).encode() + b"\n"
        yield json.dumps({"aux": {"ID": "sha256:1", "Digest": "sha256:2"}}).encode() + b"\n"

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


class Bench:
    """A project with builds, and its plan's steps performed one after the other."""

    def __init__(self, tmp_path, *images, **services):
        (tmp_path / "Dockerfile").write_text("FROM x\n")
        self.tmp_path = tmp_path
        self.environ = {
            "PATH": os.environ["PATH"],
            "DOCKER_CONFIG": str(tmp_path / "docker"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "DOCKER_BUILDKIT": "0",
        }
        made = {name: Service(name=name, build=build or Build(context=str(tmp_path))) for name, build in services.items()}
        self.project = Project(name="shop", directory=str(tmp_path), services=made)
        self.engine = BuildEngine(*images)
        self.events = []

    def with_buildx(self):
        folder = self.tmp_path / "docker/cli-plugins"
        folder.mkdir(parents=True)
        (folder / "docker-buildx").write_text(BUILDX.format(python=sys.executable))
        (folder / "docker-buildx").chmod(0o755)
        del self.environ["DOCKER_BUILDKIT"]
        return self

    def bakes(self):
        file = self.tmp_path / "docker/cli-plugins/bakes"
        return [json.loads(line) for line in file.read_text().splitlines()]

    def perform(self, *operations, after=None):
        steps = [
            Step(
                id=str(number),
                address=Address(kind="image", key="x"),
                resource=f"Image {number}",
                operation=operation,
                reason=Reason(code="x"),
                after=(after or {}).get(number, ()),
            )
            for number, operation in enumerate(operations)
        ]
        plan = Plan(project="shop", command="build", steps=tuple(steps))
        clock = SystemClock()
        handlers = build_handlers(plan, self.project, self.engine, environ=self.environ, clock=clock)
        run = Run(self.engine, "shop", clock, self.events.append)
        results = []
        for step in steps:
            try:
                results.append(handlers[type(step.operation)](step.operation, Work(run, step)))
            except ComposeError as error:
                results.append(error)
        return results

    def said(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


def build(service, **fields):
    return BuildImage(service=service, tags=(f"shop-{service}",), **fields)


def test_the_classic_builder_builds_each_and_tells_what_happens(tmp_path):
    bench = Bench(tmp_path, web=None, api=Build(context=str(tmp_path), target="t"))
    bench.perform(build("web"), build("api"))
    assert bench.engine.count("/build") == 2
    assert [(event.step, event.text) for event in bench.said(StepOutput)] == [("0", "hello"), ("1", "hello")]
    assert bench.said(StepProgress)[0].part == "[web 1/1] FROM x"


def test_equal_builds_of_one_run_are_made_once_and_tagged(tmp_path):
    bench = Bench(tmp_path, web=None, api=None)
    bench.perform(build("web", if_absent="shop-web"), build("api", if_absent="shop-web"))
    assert bench.engine.count("/build") == 1
    assert [call.query for call in bench.engine.calls if call.path.endswith("/tag")] == [{"repo": "shop-api", "tag": "latest"}]


def test_nothing_is_built_when_a_pull_brought_the_image(tmp_path):
    bench = Bench(tmp_path, "shop-web", web=None)
    (result,) = bench.perform(build("web", if_absent="shop-web"))
    assert result.action == "Skipped"
    assert bench.engine.count("/build") == 0


def test_quiet_builds_write_nothing(tmp_path):
    bench = Bench(tmp_path, web=None)
    bench.perform(build("web", quiet=True))
    assert bench.said(StepOutput) == []
    assert bench.said(StepProgress) == []


def test_buildkit_builds_all_with_one_bake(tmp_path):
    bench = Bench(tmp_path, web=None, api=Build(context=str(tmp_path), target="t")).with_buildx()
    bench.perform(build("web"), build("api"))
    (bake,) = bench.bakes()
    assert bake["group"]["default"]["targets"] == ["api", "web"]
    assert bench.engine.count("/build") == 0


def test_equal_builds_of_a_bake_are_one_target_with_all_tags(tmp_path):
    bench = Bench(tmp_path, web=None, api=None).with_buildx()
    bench.perform(build("web"), build("api"))
    (bake,) = bench.bakes()
    assert {name: target["tags"] for name, target in bake["target"].items()} == {"web": ["shop-web", "shop-api"]}


def test_equal_builds_fail_together(tmp_path):
    bench = Bench(tmp_path, bad=None, also=None).with_buildx()
    found = bench.perform(build("bad"), build("also"))
    assert [error.diagnostics[0].summary for error in found] == ["building `bad` failed: no"] * 2


def test_an_old_buildkit_makes_a_base_image_before_what_starts_from_it(tmp_path):
    bench = Bench(tmp_path, base=None, web=None).with_buildx()
    bench.engine.facts = EngineFacts(api_version=(1, 41))
    bench.perform(build("base"), build("web"), after={1: ("0",)})
    assert [bake["group"]["default"]["targets"] for bake in bench.bakes()] == [["base"]]  # equal: the second gets a tag
    web = Build(context=str(tmp_path), target="t")
    bench = Bench(tmp_path, base=None, web=web)
    bench.environ.pop("DOCKER_BUILDKIT")
    bench.engine.facts = EngineFacts(api_version=(1, 41))
    bench.perform(build("base"), build("web"), after={1: ("0",)})
    assert [bake["group"]["default"]["targets"] for bake in bench.bakes()[1:]] == [["base"], ["web"]]


def test_an_image_that_a_pull_may_bring_is_baked_apart(tmp_path):
    bench = Bench(tmp_path, web=None, api=None).with_buildx()
    bench.perform(build("web"), build("api", if_absent="shop-api"))
    assert [bake["group"]["default"]["targets"] for bake in bench.bakes()] == [["web"], ["api"]]


def test_a_failed_bake_fails_its_service_and_tells_the_others_why(tmp_path):
    bench = Bench(tmp_path, web=None, bad=Build(context=str(tmp_path), target="t")).with_buildx()
    web, bad = bench.perform(build("web"), build("bad"))
    assert web.diagnostics[0].summary == "`web` was not built, because building `bad` failed"
    assert bad.diagnostics[0].summary == "building `bad` failed: no"
    assert len(bench.bakes()) == 1


def test_what_was_made_before_another_failed_is_made(tmp_path):
    bad = Build(context=str(tmp_path), target="t")
    bench = Bench(tmp_path, done=None, web=Build(context=str(tmp_path), target="u"), bad=bad).with_buildx()
    done, web, _ = bench.perform(build("done"), build("web"), build("bad"))
    assert done.action == ""
    assert web.diagnostics[0].code == "build-not-finished"


def test_a_build_tells_of_the_failure_of_one_that_waits_for_it(tmp_path):
    bad = Build(context=str(tmp_path), target="t")
    middle = Build(context=str(tmp_path), target="u")
    bench = Bench(tmp_path, bad=bad, middle=middle, web=None).with_buildx()
    *_, web = bench.perform(build("bad"), build("middle"), build("web"), after={0: ("1",), 1: ("2",)})
    assert web.diagnostics[0].summary == "building `bad` failed: no"


def test_a_missing_context_is_the_fault_of_its_service(tmp_path):
    bench = Bench(tmp_path, web=None, api=Build(context=str(tmp_path / "gone"))).with_buildx()
    web, api = bench.perform(build("web"), build("api"))
    assert web.diagnostics[0].code == "build-not-finished"
    assert api.diagnostics[0].code == "build-context-not-found"


@pytest.fixture
def without_plugin(monkeypatch):
    monkeypatch.setattr("compose.build.buildx.find_plugin", lambda _environ, **_more: None)


@pytest.mark.usefixtures("without_plugin")
def test_without_the_plugin_the_classic_builder_is_used_and_nothing_said(tmp_path):
    bench = Bench(tmp_path, web=None, api=Build(context=str(tmp_path), target="t"))
    del bench.environ["DOCKER_BUILDKIT"]
    bench.perform(build("web"), build("api"))
    assert bench.said(Notice) == []
    assert bench.engine.count("/build") == 2


@pytest.mark.usefixtures("without_plugin")
def test_the_missing_plugin_is_said_once_where_builds_ask_for_what_buildkit_does(tmp_path):
    asking = [Build(context=str(tmp_path), target=target, sbom="true") for target in ("t", "u")]
    bench = Bench(tmp_path, web=asking[0], api=asking[1])
    del bench.environ["DOCKER_BUILDKIT"]
    bench.perform(build("web"), build("api"))
    told = [event.diagnostic for event in bench.said(Notice)]
    assert [one.code for one in told].count("buildx-missing") == 1
    assert [one.severity for one in told if one.code == "buildx-missing"] == ["note"]


@pytest.mark.usefixtures("without_plugin")
def test_who_chose_the_classic_builder_is_not_told_of_a_plugin(tmp_path):
    bench = Bench(tmp_path, web=Build(context=str(tmp_path), sbom="true"))
    bench.perform(build("web"))
    assert [event.diagnostic.code for event in bench.said(Notice)] == ["classic-builder-ignores"]


def test_what_the_classic_builder_would_do_wrongly_is_refused(tmp_path):
    bench = Bench(tmp_path, web=Build(context=str(tmp_path), privileged=True))
    (error,) = bench.perform(build("web"))
    assert error.diagnostics[0].code == "classic-builder-unsupported"
    expected = "the classic builder doesn't support privileged mode, set DOCKER_BUILDKIT=1 to use BuildKit"
    assert error.diagnostics[0].summary == expected


def test_what_the_classic_builder_passes_over_is_said(tmp_path):
    bench = Bench(tmp_path, web=Build(context=str(tmp_path), cache_to=("type=inline",)))
    bench.perform(build("web"))
    assert [event.diagnostic.code for event in bench.said(Notice)] == ["classic-builder-ignores"]


def test_the_classic_builder_pushes_what_has_a_name(tmp_path):
    bench = Bench(tmp_path, web=None)
    bench.perform(build("web", push=True))
    assert not any(call.path.endswith("/push") for call in bench.engine.calls)
    bench.project.services["web"] = Service(name="web", image="shop-web", build=Build(context=str(tmp_path)))
    bench.perform(build("web", push=True))
    assert [call.path for call in bench.engine.calls if call.path.endswith("/push")] == ["/images/shop-web/push"]


def test_the_image_is_labelled_with_its_inputs_and_they_are_remembered(tmp_path):
    bench = Bench(tmp_path, "x", web=None)
    bench.perform(build("web"))
    (call,) = [call for call in bench.engine.calls if call.path == "/build"]
    digest = call.query["labels"]["io.compose-reconciler.build-inputs"]
    (file,) = (tmp_path / "cache/compose-reconciler/builds").iterdir()
    assert digest == f"sha256:{file.stem}"
    assert json.loads(file.read_text())["bases"] == {"x": "sha256:x"}
