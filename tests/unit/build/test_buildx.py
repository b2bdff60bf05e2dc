from __future__ import annotations

import json
import os
import sys

import pytest

from compose.base.errors import Cancelled, ComposeError
from compose.build import buildx
from compose.build.builder import wants_buildkit
from compose.build.buildx import bake, environment, find_plugin
from compose.build.cache import Cache
from compose.build.job import Job
from compose.build.report import Source
from compose.engine.contexts import TLS
from compose.engine.endpoint import Endpoint
from compose.engine.fake import FakeEngine
from compose.engine.halt import Halt
from compose.model.build import Build
from compose.model.storage import FileObject
from compose.state.observed import EngineFacts

PLUGIN = """\
#!{python}
import json, os, sys
if sys.argv[1] == "docker-cli-plugin-metadata":
    print(json.dumps({{"SchemaVersion": "0.1.0", "Version": "{version}"}}))
    sys.exit(0)
here = os.path.dirname(sys.argv[0])
given = json.load(sys.stdin)
json.dump({{"arguments": sys.argv[1:], "given": given, "environ": dict(os.environ)}}, open(here + "/seen", "w"))
{body}
"""

MADE = """\
file = [a.partition("=")[2] for a in sys.argv if a.startswith("--metadata-file")][0]
json.dump({t: {"containerimage.digest": "sha256:" + t} for t in given["target"]}, open(file, "w"))
"""


def plugin(directory, version="v0.29.1", body=MADE):
    folder = directory / "cli-plugins"
    folder.mkdir(exist_ok=True)
    file = folder / "docker-buildx"
    file.write_text(PLUGIN.format(python=sys.executable, version=version, body=body))
    file.chmod(0o755)
    return {"DOCKER_CONFIG": str(directory), "PATH": os.environ["PATH"]}


def seen(directory):
    return json.loads((directory / "cli-plugins/seen").read_text())


def jobs(*services, **job):
    return [Job(service=name, build=Build(context="/src", **job), tags=(name,)) for name in services]


def run(environ, made, reporter, **options):
    found = find_plugin(environ, ())
    return bake(found, made, {job.service: reporter for job in made}, environ=environ, **options)


def test_a_plugin_is_found_where_the_docker_command_line_looks(tmp_path):
    environ = plugin(tmp_path)
    found = find_plugin(environ, ())
    assert (found.path, found.version) == (str(tmp_path / "cli-plugins/docker-buildx"), (0, 29))
    assert find_plugin({"DOCKER_CONFIG": str(tmp_path / "none")}, [str(tmp_path / "cli-plugins")]).version == (0, 29)
    assert find_plugin({"DOCKER_CONFIG": str(tmp_path / "none")}, ()) is None


def test_a_plugin_is_asked_for_its_version_once(tmp_path, monkeypatch):
    environ, cache = plugin(tmp_path), Cache(tmp_path / "cache")
    asked = []
    version = buildx._version
    monkeypatch.setattr(buildx, "_version", lambda file, environ: asked.append(file) or version(file, environ))
    assert {find_plugin(environ, (), cache=cache).version for _ in range(2)} == {(0, 29)}
    assert len(asked) == 1
    plugin(tmp_path, version="v0.30.0")
    assert find_plugin(environ, (), cache=cache).version == (0, 30)


def test_the_configuration_names_further_directories(tmp_path):
    plugin(tmp_path)
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.json").write_text(json.dumps({"cliPluginsExtraDirs": [str(tmp_path / "cli-plugins")]}))
    assert find_plugin({"DOCKER_CONFIG": str(config)}, ()).version == (0, 29)


def test_a_broken_plugin_is_passed_over(tmp_path):
    environ = plugin(tmp_path)
    (tmp_path / "cli-plugins/docker-buildx").write_text("#!/bin/sh\nexit 1\n")
    assert find_plugin(environ, ()) is None


def test_an_old_plugin_is_an_error(tmp_path):
    environ = plugin(tmp_path, version="0.16.2+ds1")
    with pytest.raises(ComposeError, match=r"compose build requires buildx 0\.17 or later"):
        find_plugin(environ, ())


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        ("", EngineFacts(), True),
        ("", EngineFacts(name="podman"), False),
        ("", EngineFacts(os="windows"), False),
        ("0", EngineFacts(), False),
        ("false", EngineFacts(), False),
        ("1", EngineFacts(name="podman"), True),
    ],
)
def test_when_buildkit_is_wanted(asked, facts, expected):
    assert wants_buildkit({"DOCKER_BUILDKIT": asked}, FakeEngine(facts=facts)) is expected


def test_one_bake_builds_all_and_tells_the_images(tmp_path, reporter):
    environ = plugin(tmp_path)
    made = [*jobs("web"), *jobs("a.b", privileged=True)]
    found = run(environ, made, reporter, builder="mine")
    assert found.images == {"web": "sha256:web", "a.b": "sha256:a_b"}
    told = seen(tmp_path)
    assert sorted(told["given"]["target"]) == ["a_b", "web"]
    assert told["arguments"][:3] == ["bake", "--file=-", "--progress=rawjson"]
    assert told["arguments"][4:] == ["--allow=security.insecure", "--builder=mine"]


def test_a_failure_shows_the_dockerfile(tmp_path, reporter):
    body = 'sys.exit("   2 | >>> RUN x\\nERROR: target web: failed to solve: no")'
    environ = plugin(tmp_path, body=body)
    with pytest.raises(ComposeError) as caught:
        run(environ, jobs("web", "api"), reporter, dockerfiles={"web": Source(file="/src/Dockerfile", text="FROM y\nRUN x\n")})
    (found,) = caught.value.diagnostics
    assert found.summary == "building `web` failed: no"
    assert found.detail.splitlines() == ["/src/Dockerfile:2", "    1 | FROM y", "  > 2 | RUN x"]
    assert caught.value.exit_code == 1


def test_findings_of_checks_are_no_failure(tmp_path, reporter):
    environ = plugin(tmp_path, body='print("Check complete, 1 warning has been found!"); sys.exit(1)')
    found = run(environ, jobs("web"), reporter)
    assert (found.found, found.text, found.images) == (True, "Check complete, 1 warning has been found!\n", {})


class Asked:
    """A stop that the test raises."""

    def __init__(self, level=0):
        self.level = level
        self.callbacks = []

    def subscribe(self, callback):
        self.callbacks.append(callback)

    def raise_to(self, level):
        for callback in self.callbacks:
            callback(level)


SLEEP = """\
told = {"vertexes": [{"digest": "1", "name": "[1/1] RUN x", "started": "t"}]}
print(json.dumps(told), file=sys.stderr, flush=True)
import time; time.sleep(60)
"""


def test_a_build_ends_when_asked_to(tmp_path, reporter, monkeypatch):
    environ = plugin(tmp_path, body=SLEEP)
    stop = Asked()
    monkeypatch.setattr(reporter, "progress", lambda *_: stop.raise_to(1))
    with pytest.raises(Cancelled):
        run(environ, jobs("web"), reporter, halt=Halt(stop))


def test_a_build_that_is_not_wanted_any_more_does_not_begin(tmp_path, reporter):
    environ = plugin(tmp_path, body=SLEEP)
    with pytest.raises(Cancelled):
        run(environ, jobs("web"), reporter, halt=Halt(Asked(level=1)))


def test_secrets_are_not_part_of_the_definition(tmp_path, reporter):
    environ = plugin(tmp_path) | {"TOKEN": "hunter2"}
    made = [
        Job(
            service="web",
            build=Build(context="/src"),
            tags=("t",),
            secrets={"s": FileObject(environment="TOKEN", content="hunter2")},
        )
    ]
    run(environ, made, reporter)
    told = seen(tmp_path)
    assert "hunter2" not in json.dumps([told["given"], told["arguments"]])
    assert told["environ"]["TOKEN"] == "hunter2"


def test_buildx_talks_to_the_engine_we_talk_to():
    tls = TLS(ca="/certs/ca.pem", cert="/certs/cert.pem", key="/certs/key.pem")
    found = environment({"DOCKER_CONTEXT": "other", "X": "1"}, Endpoint(url="tcp://host:2376", source="x", tls=tls))
    assert found["X"] == "1"
    assert (found["DOCKER_HOST"], found["DOCKER_CONTEXT"]) == ("tcp://host:2376", "default")
    assert (found["DOCKER_CERT_PATH"], found["DOCKER_TLS_VERIFY"]) == ("/certs", "1")
    assert environment({"DOCKER_HOST": "unix:///x"}, None)["DOCKER_HOST"] == "unix:///x"
