"""What `build`, `pull` and `push` ask of their use cases."""

from __future__ import annotations

import json

import pytest

from compose.build.planning import BuildOptions, PushOptions
from compose.build.publishing import PublishOptions
from compose.build.pulling import PullOptions
from compose.plan.plan import Plan

EMPTY = Plan(project="p", command="x")


@pytest.fixture
def asked(monkeypatch):
    """Replace the function of a use case and note its options, and its further arguments by name."""
    calls = []

    def replace(path, result=EMPTY):
        def stand_in(_session, options, **named):
            calls.append((options, named))
            return result

        monkeypatch.setattr(path, stand_in)
        return calls

    return replace


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), BuildOptions()),
        (("web", "--no-cache", "--pull", "--push"), BuildOptions(services=("web",), no_cache=True, pull=True, push=True)),
        (("-m", "2m", "--builder=b", "--check"), BuildOptions(memory=2 << 20, builder="b", check=True)),
        (
            ("--ssh", "a=/key", "--sbom=true", "--provenance=mode=max"),
            BuildOptions(ssh=("a=/key",), sbom="true", provenance="mode=max"),
        ),
        (("-q", "--with-dependencies", "db"), BuildOptions(services=("db",), quiet=True, with_dependencies=True)),
        (("--compress", "--force-rm=false", "--no-rm", "--parallel=false"), BuildOptions()),
    ],
)
def test_build(compose, asked, arguments, options):
    calls = asked("compose.commands.build.build")
    assert compose("build", *arguments).code == 0
    assert calls == [(options, {"arguments": ()})]


def test_build_passes_arguments_on_as_they_are_given(compose, asked):
    calls = asked("compose.commands.build.build")
    compose("build", "--build-arg", "A=1", "--build-arg", "B")
    assert calls[0][1] == {"arguments": ("A=1", "B")}


def test_build_print_builds_nothing(compose, asked):
    calls = asked("compose.commands.build.build")
    asked("compose.commands.build.definition", {"target": {"web": {}}})
    result = compose("build", "--print", "web")
    assert json.loads(result.out) == {"target": {"web": {}}}
    assert [options.services for options, _ in calls] == [("web",)]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), PullOptions()),
        (("web", "--include-deps", "--policy", "missing"), PullOptions(services=("web",), include_deps=True, policy="missing")),
        (("--ignore-buildable", "--ignore-pull-failures", "-q"), PullOptions(ignore_buildable=True, ignore_failures=True)),
    ],
)
def test_pull(compose, asked, arguments, options):
    calls = asked("compose.commands.pull.pull")
    result = compose("pull", *arguments)
    assert (result.code, result.err) == (0, "")
    assert calls == [(options, {})]


@pytest.mark.parametrize("flag", ["--parallel", "--no-parallel", "--parallel=false"])
def test_pull_tells_of_flags_without_effect(compose, asked, flag):
    asked("compose.commands.pull.pull")
    assert f"option '{flag.partition('=')[0]}' is DEPRECATED and will be ignored." in compose("pull", flag).err


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), PushOptions()),
        (("web", "--include-deps", "-q"), PushOptions(services=("web",), include_deps=True, quiet=True)),
        (("--ignore-push-failures",), PushOptions(ignore_failures=True)),
    ],
)
def test_push(compose, asked, arguments, options):
    calls = asked("compose.commands.push.push")
    assert compose("push", *arguments).code == 0
    assert calls == [(options, {})]


@pytest.mark.parametrize(
    ("arguments", "options", "yes"),
    [
        ((), PublishOptions(reference="a/b:1"), False),
        (("--app", "-y"), PublishOptions(reference="a/b:1", application=True), True),
        (
            ("--with-env", "--resolve-image-digests", "--oci-version=1.0"),
            PublishOptions(reference="a/b:1", with_env=True, resolve_digests=True, version="1.0"),
            False,
        ),
        (("--insecure-registry",), PublishOptions(reference="a/b:1", insecure=True), False),
    ],
)
def test_publish(compose, asked, arguments, options, yes):
    calls = asked("compose.commands.publish.publish")
    assert compose("publish", *arguments, "a/b:1").code == 0
    assert calls == [(options, {"assume_yes": yes})]


def test_publish_knows_two_forms(compose):
    assert 'unsupported OCI version "2"' in compose("publish", "--oci-version", "2", "a/b").err
