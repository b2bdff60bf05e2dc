"""A. Build: the command line of `build`, and of `up` where images are to be made."""

from __future__ import annotations

import io
import json
import tarfile
import uuid

import pytest

from tests.e2e.builders import BUILDERS, need_buildkit, variables

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("no_image_stays")]


@pytest.fixture
def sources(stack):
    """A folder `app` whose Dockerfile takes a file and an argument; `marker` is new in every test."""
    marker = uuid.uuid4().hex
    stack.write("FROM busybox\nARG FOO\nLABEL FOO=$FOO\nCOPY index.html /www/\n", "app/Dockerfile")
    stack.write(marker, "app/index.html")
    return marker


def labels(client, reference):
    return client.images.get(reference).labels


@BUILDERS
@pytest.mark.usefixtures("sources")
def test_images_have_the_name_of_the_service_or_that_of_the_file(stack, client, builder):
    env = variables(client, builder)
    stack.write(f"services:\n  nginx: {{build: app}}\n  nginx2: {{build: {{context: app}}, image: '{stack.name}-custom'}}\n")
    result = stack.compose("build", env=env)
    assert "COPY index.html" in result.stdout + result.stderr
    assert f" Image {stack.name}-nginx Built" in result.stderr
    assert client.images.get(f"{stack.name}-nginx").id == client.images.get(f"{stack.name}-custom").id


@BUILDERS
@pytest.mark.usefixtures("sources")
def test_arguments_are_given_or_taken_from_the_environment(stack, client, builder):
    env = variables(client, builder)
    stack.write("services: {web: {build: {context: app, labels: [RESULT=SUCCESS]}}}")
    stack.compose("build", "--build-arg", "FOO=BAR", env=env)
    assert labels(client, f"{stack.name}-web")["FOO"] == "BAR"
    stack.compose("build", "--build-arg", "FOO", env={**env, "FOO": "outside"})
    found = labels(client, f"{stack.name}-web")
    assert (found["FOO"], found["RESULT"]) == ("outside", "SUCCESS")


@BUILDERS
@pytest.mark.usefixtures("sources")
def test_quiet_prints_nothing(stack, client, builder):
    env = variables(client, builder)
    stack.write("services: {web: {build: app}}")
    result = stack.compose("build", "--quiet", env=env)
    assert (result.stdout, result.stderr) == ("", "")
    assert client.images.get(f"{stack.name}-web")


@BUILDERS
def test_a_failing_step_is_told_also_when_quiet(stack, client, builder):
    env = variables(client, builder)
    stack.write('services: {web: {build: {context: ., dockerfile_inline: "FROM busybox\\nRUN echo why && exit 7"}}}')
    result = stack.compose("build", "-q", env=env, code=7 if builder == "classic" else 1)
    assert "building `web` failed" in result.stderr
    assert "why" in result.stderr


@BUILDERS
@pytest.mark.usefixtures("sources")
def test_an_image_is_built_from_that_of_another_service(stack, client, builder):
    env = variables(client, builder)
    stack.write(f"FROM {stack.name}-base\n", "service/Dockerfile")
    stack.write("services: {base: {build: app}, service: {build: service, depends_on: [base]}}")
    stack.compose("build", "--with-dependencies", "service", env=env)
    assert client.images.get(f"{stack.name}-service").labels["FOO"] == ""
    stack.compose("down", "-t", "0", "--rmi", "all")
    assert not [image for image in client.api.images() if f"{stack.name}-service:latest" in (image["RepoTags"] or ())]


@pytest.mark.usefixtures("sources")
def test_only_the_named_services_are_built(stack, client):
    stack.write("services: {web: {build: app, depends_on: [db]}, db: {build: {context: app, args: {FOO: db}}}}")
    told = stack.compose("build", "web", env=variables(client, "classic")).stderr
    assert f"{stack.name}-web Built" in told
    assert f"{stack.name}-db" not in told


@pytest.mark.usefixtures("sources")
def test_contexts_of_other_services_are_built_as_well(stack, client):
    need_buildkit(client)
    if [int(part) for part in client.version()["ApiVersion"].split(".")] < [1, 42]:
        pytest.skip("this engine's BuildKit cannot take files from images of other services")
    build = "{context: ., additional_contexts: {base: 'service:base'}, dockerfile_inline: FROM base}"
    stack.write(f"services:\n  base: {{build: app}}\n  first: {{build: {build}}}\n  second: {{build: {build}}}\n")
    for name in ("first", "second"):
        assert f"{stack.name}-{name} Built" in stack.compose("build", name).stderr


@pytest.mark.usefixtures("sources")
def test_an_unknown_builder(stack, client):
    need_buildkit(client)
    stack.write("services: {web: {build: app}}")
    assert 'no builder "unknown-builder" found' in stack.compose("build", "--builder", "unknown-builder", code=1).stderr


@pytest.mark.usefixtures("sources")
def test_print_shows_what_buildkit_would_be_given_and_builds_nothing(stack, client):
    stack.write("services: {web.site: {build: {context: app, args: {FOO: a}}}, db: {image: busybox}}")
    told = json.loads(stack.compose("build", "--print", "--build-arg", "BAR=b", "--no-cache").stdout)
    assert told["group"] == {"default": {"targets": ["web_site"]}}
    target = told["target"]["web_site"]
    assert target["context"] == str(stack.folder / "app")
    assert target["args"] == {"FOO": "a", "BAR": "b"}
    assert target["tags"] == [f"{stack.name}-web.site"]
    assert target["no-cache"] is True
    assert not [image for image in client.api.images() if f"{stack.name}-web.site:latest" in (image["RepoTags"] or ())]


@BUILDERS
@pytest.mark.usefixtures("sources")
def test_a_context_may_be_an_archive_on_standard_input(stack, client, builder):
    env = variables(client, builder)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        archive.add(stack.folder / "app", ".")
    stack.write("services: {web: {build: '-'}}")
    stack.piped("build", stdin=data.getvalue(), env=env)
    assert "FOO" in labels(client, f"{stack.name}-web")


def test_where_nothing_is_to_be_built(stack):
    stack.write("services: {db: {image: busybox}}")
    assert "No services to build" in stack.compose("build").stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--ssh", "x"), 'invalid ssh key "x"'),
        (("-m", "3x"), 'invalid argument "3x" for "-m, --memory" flag'),
        (("--check",), "the classic builder doesn't support checks, set DOCKER_BUILDKIT=1 to use BuildKit"),
    ],
)
@pytest.mark.usefixtures("sources")
def test_flags_that_cannot_be_honoured(stack, flags, message):
    stack.write("services: {web: {build: app}}")
    assert message in stack.compose("build", *flags, env={"DOCKER_BUILDKIT": "0"}, code=1).stderr


@pytest.mark.usefixtures("sources")
def test_flags_of_former_times_are_taken(stack, client):
    stack.write("services: {web: {build: app}}")
    flags = ("--compress", "--force-rm", "--no-rm", "--parallel", "--progress=plain")
    told = stack.compose("build", *flags, env=variables(client, "classic")).stderr
    assert "--progress is a global compose flag" in told


@pytest.mark.usefixtures("sources")
def test_a_platform_that_the_build_does_not_list(stack):
    stack.write("services: {web: {build: {context: app, platforms: [linux/amd64]}}}")
    result = stack.compose("build", env={"DOCKER_DEFAULT_PLATFORM": "linux/riscv64"}, code=1)
    message = 'service "web" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: linux/riscv64'
    assert message in result.stderr


@BUILDERS
def test_up_builds_what_is_missing_and_what_is_asked_for(stack, client, sources, builder):
    env = variables(client, builder)
    stack.write("services: {web: {build: app, command: sleep 600, stop_grace_period: 0s}}")
    assert "Built" in stack.compose("up", "-d", env=env).stderr
    output = stack.container("web").exec_run(["cat", "/www/index.html"]).output.decode()
    assert output == sources
    first = stack.container("web")
    for flags in ((), ("--build",)):
        told = stack.compose("up", "-d", *flags, env=env).stderr
        assert ("Built" in told) == bool(flags)
        assert stack.container("web").id == first.id
    assert stack.container("web").labels["com.docker.compose.config-hash"] == first.labels["com.docker.compose.config-hash"]


def test_an_image_that_is_older_than_its_inputs_is_told_and_exactly_that_is_built_again(stack, client, sources):
    env = {**variables(client, "classic"), "XDG_CACHE_HOME": str(stack.folder / "cache")}
    stack.write(f"FROM busybox\nCOPY tool /{sources}\n", "tools/Dockerfile")
    stack.write("1", "tools/tool")
    idle = "command: sleep 600, stop_grace_period: 0s"
    stack.write(f"services:\n  web: {{build: app, {idle}}}\n  tools: {{build: tools, {idle}}}\n")
    assert "older than its inputs" not in stack.compose("up", "-d", env=env).stderr
    before = stack.ids()
    stack.write("changed", "app/index.html")
    told = stack.compose("up", "-d", env=env).stderr
    assert "image of `web` is older than its inputs: `index.html` changed" in told
    assert "`tools` is older" not in told
    assert stack.ids() == before
    told = stack.compose("up", "-d", "--build=auto", env=env).stderr
    assert f"Image {stack.name}-web Built" in told
    assert f"Image {stack.name}-tools" not in told
    assert stack.container("web").exec_run(["cat", "/www/index.html"]).output == b"changed"
    assert stack.ids()[f"{stack.name}-tools-1"] == before[f"{stack.name}-tools-1"]


def test_an_image_whose_sources_are_gone_is_used_as_it_is(stack, client, sources):
    env = {**variables(client, "classic"), "XDG_CACHE_HOME": str(stack.folder / "cache")}
    stack.write("services: {web: {build: app, command: sleep 600, stop_grace_period: 0s}}")
    stack.compose("build", env=env)
    (stack.folder / "app").rename(stack.folder / sources)
    stack.compose("up", "-d", env=env)
    assert stack.states() == {"web-1": "running"}
    assert "not found" in stack.compose("up", "-d", "--build=auto", env=env, code=1).stderr


def test_up_builds_a_dependency_whose_policy_says_so(stack, client):
    stack.write(
        "services:\n"
        "  test1: {pull_policy: build, build: {dockerfile_inline: FROM busybox}, command: sleep 600, stop_grace_period: 0s}\n"
        "  test2: {image: busybox, depends_on: [test1], command: sleep 600, stop_grace_period: 0s}\n"
    )
    told = stack.compose("--progress=plain", "up", "-d", "test2", env=variables(client, "classic")).stderr
    assert "test1 Built" in told


def test_an_image_built_for_one_service_is_there_for_another(stack, client):
    image = f"image: '{stack.name}-i', command: sleep 600, stop_grace_period: 0s"
    stack.write(
        f"services:\n  foo: {{build: {{dockerfile_inline: FROM busybox}}, {image}}}\n  bar: {{{image}, depends_on: [foo]}}\n"
    )
    stack.compose("up", "-d", env=variables(client, "classic"))
    assert stack.states() == {"foo-1": "running", "bar-1": "running"}


def test_an_image_by_its_bare_id(stack, client):
    identity = client.images.get("busybox").id.removeprefix("sha256:")
    stack.write("services: {web: {image: '${ID:?no id}', command: sleep 600, stop_grace_period: 0s}}")
    stack.compose("up", "-d", env={"ID": identity})
    assert stack.states() == {"web-1": "running"}


def test_containers_are_listed_after_their_image_is_gone(stack, client):
    tag = f"{stack.name}-gone"
    client.images.get("busybox").tag(tag)
    stack.write(f"services: {{app: {{image: {tag}, pull_policy: never, command: sleep 600, stop_grace_period: 0s}}}}")
    stack.compose("up", "-d")
    client.images.remove(tag, force=True)
    assert f"{stack.name}-app-1" in stack.compose("images").stdout
