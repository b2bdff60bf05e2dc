"""B. Images and pull, and `push`: the command line with a registry in this process."""

from __future__ import annotations

import os
import signal
import uuid

import pytest

from tests.e2e.builders import need_reachable, remove_images
from tests.registry_server import RegistryServer
from tests.support.proxy import Fault, Proxy

pytestmark = pytest.mark.engine

PRESENT = "Skipped Image is already present locally"


class Port:
    """A registry; `offer` puts an image into it that the engine does not have under that name."""

    def __init__(self, server, client):
        self.server = server
        self.client = client
        self.host = server.host
        self.folder = uuid.uuid4().hex[:10]

    def name(self, image):
        return f"{self.host}/{self.folder}/{image}"

    def offer(self, *images):
        for image in images:
            repository, _, tag = image.partition(":")
            assert self.client.images.get("busybox").tag(self.name(repository), tag=tag or "latest")
            told = self.client.images.push(self.name(repository), tag=tag or "latest")
            assert "errorDetail" not in told, told
            self.forget(image)
        self.server.requests.clear()

    def forget(self, image):
        self.client.images.remove(self.name(image), force=True)

    def has(self, image):
        return any(self.name(image) in (listed["RepoTags"] or ()) for listed in self.client.api.images())

    @property
    def offered(self):
        return {f"{repository.removeprefix(f'{self.folder}/')}:{tag}" for repository, tag in self.server.manifests}


@pytest.fixture
def port(client):
    with RegistryServer() as server:
        need_reachable(client, server)
        made = Port(server, client)
        yield made
        remove_images(client, f"{server.host}/")


def services(stack, **lines):
    stack.write("services:\n" + "".join(f"  {name}: {{{line}}}\n" for name, line in lines.items()))


BUILD = "build: {context: ., dockerfile_inline: FROM busybox}"
CLASSIC = {"DOCKER_BUILDKIT": "0"}


def test_what_was_built_is_pushed_with_all_its_names_and_can_be_pulled(stack, port):
    tags = f"build: {{context: ., dockerfile_inline: FROM busybox, tags: ['{port.name('web:also')}']}}"
    services(stack, web=f"{tags}, image: '{port.name('web:1')}'", db="image: busybox", own=BUILD)
    stack.compose("build", "web", env=CLASSIC)
    identity = port.client.images.get(port.name("web:1")).id
    told = stack.compose("push").stderr
    assert "Pushed" in told
    assert " db Skipped" in told
    assert " own Skipped" in told
    assert {"web:1", "web:also"} <= port.offered
    port.forget("web:1")
    port.forget("web:also")
    stack.compose("pull", "web")
    assert port.client.images.get(port.name("web:1")).id == identity


def test_a_build_that_pushes_does_so_where_the_image_has_a_name(stack, port):
    services(stack, web=f"{BUILD}, image: '{port.name('web:1')}'", own=f"{BUILD[:-1]}, args: {{A: b}}}}")
    stack.compose("build", "--push", env=CLASSIC)
    assert "web:1" in port.offered
    remove_images(port.client, stack.name)


def test_a_push_that_fails(stack, port):
    if stack.client.version()["ApiVersion"].startswith("1.41"):
        pytest.skip("Docker 20 repeats a failing push for longer than a test waits")
    services(stack, web=f"{BUILD}, image: '{port.name('web:1')}'")
    stack.compose("build", env=CLASSIC)
    port.server.fault("(POST|PUT) .*", 403, times=1000)
    assert "denied" in stack.compose("push", code=1).stderr
    stack.compose("push", "--ignore-push-failures")


def test_run_pulls_what_is_there_when_told_to(stack, port):
    port.offer("backend:1")
    services(stack, backend=f"image: '{port.name('backend:1')}'")
    stack.compose("pull")
    told = stack.compose("run", "--rm", "--pull", "always", "backend", "true").stderr
    assert f"Image {port.name('backend:1')} Pulling" in told
    assert f"Image {port.name('backend:1')} Pulled" in told


def test_an_image_that_was_never_built_cannot_be_pushed(stack, port):
    services(stack, web=f"{BUILD}, image: '{port.name('web:1')}'")
    assert "An image does not exist locally with the tag: " in stack.compose("push", code=1).stderr


def test_dependencies_are_pulled_and_pushed_when_asked(stack, port):
    port.offer("web:1", "db:1")
    services(stack, web=f"image: '{port.name('web:1')}', depends_on: [db]", db=f"image: '{port.name('db:1')}'")
    stack.compose("pull", "web")
    assert (port.has("web:1"), port.has("db:1")) == (True, False)
    stack.compose("pull", "--include-deps", "web")
    assert port.has("db:1")
    assert " web Skipped" in stack.compose("push", "web").stderr
    assert " db Skipped" in stack.compose("push", "--include-deps", "web").stderr


def test_what_is_there_is_left_unless_it_is_the_latest(stack, port):
    port.offer("pinned:1", "newest")
    services(
        stack,
        pinned=f"image: '{port.name('pinned:1')}', pull_policy: missing",
        newest=f"image: '{port.name('newest')}', pull_policy: missing",
    )
    first = stack.compose("pull").stderr
    assert first.count(" Pulled") == 2
    told = stack.compose("pull").stderr
    assert f"Image {port.name('pinned:1')} {PRESENT}" in told
    assert f"Image {port.name('newest')} Pulled" in told
    assert "Skipped" not in stack.compose("pull", "--policy", "always").stderr


def test_a_pull_does_not_wait_for_the_day_to_pass(stack, port):
    port.offer("web:1")
    services(stack, web=f"image: '{port.name('web:1')}', pull_policy: daily")
    stack.compose("pull")
    told = stack.compose("pull").stderr
    assert " Pulled" in told
    assert "Skipped" not in told


def test_policies_that_forbid_a_pull(stack, port):
    services(stack, never="image: busybox, pull_policy: never", made=f"{BUILD}, image: x, pull_policy: build", own=BUILD)
    told = stack.compose("pull").stderr
    assert " Image busybox Skipped" in told
    assert " Image x Skipped" in told
    assert " own Skipped No image to be pulled" in told
    assert port.server.requests == []


def test_an_image_of_several_services_is_pulled_once(stack, port):
    port.offer("web:1")
    services(stack, a=f"image: '{port.name('web:1')}'", b=f"image: '{port.name('web:1')}'")
    told = [line.split()[2] for line in stack.compose("pull").stderr.splitlines() if "web:1" in line]
    assert told == ["Pulling", "Pulled"]


@pytest.mark.parametrize("command", [("pull",), ("up", "-d")])
def test_one_image_written_in_two_ways_is_pulled_once_for_both(stack, port, recorder, command):
    port.offer("web")
    sleep = "command: sleep 100, stop_grace_period: 0s"
    services(stack, a=f"image: '{port.name('web')}', {sleep}", b=f"image: '{port.name('web:latest')}', {sleep}")
    stack.compose(*command, env={"DOCKER_HOST": recorder.host})
    assert recorder.calls.count(("POST", "/images/create")) == 1
    assert port.has("web:latest")
    if command[0] == "up":
        assert stack.states() == {"a-1": "running", "b-1": "running"}


def test_pulls_that_fail(stack, port):
    port.offer("good:1")
    services(
        stack,
        bad=f"image: '{port.name('bad:1')}'",
        buildable=f"{BUILD}, image: '{port.name('own:1')}'",
        good=f"image: '{port.name('good:1')}'",
    )
    told = stack.compose("pull", code=1).stderr
    assert port.has("good:1")
    assert f"Image {port.name('bad:1')} Error" in told
    assert "Some service image(s) must be built from source by running:\n    docker compose build buildable\n" in told
    told = stack.compose("pull", "--ignore-buildable", code=1).stderr
    assert f"Image {port.name('own:1')} Skipped Image can be built" in told
    assert "must be built" not in told
    told = stack.compose("pull", "--ignore-pull-failures").stderr
    assert "docker compose build buildable" in told


def test_a_quiet_pull_says_nothing(stack, port):
    port.offer("web:1")
    services(stack, web=f"image: '{port.name('web:1')}'")
    result = stack.compose("pull", "-q")
    assert (result.stdout, result.stderr) == ("", "")
    assert port.has("web:1")


def test_up_tells_of_layers_unless_it_is_to_pull_quietly(stack, port):
    port.offer("web:1")
    services(stack, web=f"image: '{port.name('web:1')}'")
    loud = stack.compose("--progress", "json", "create").stderr
    stack.compose("down")
    port.forget("web:1")
    quiet = stack.compose("--progress", "json", "create", "--quiet-pull").stderr
    assert "Pulled" in quiet
    assert ("Downloaded newer image" in loud, "Downloaded newer image" in quiet) == (True, False)


def test_a_pull_ends_at_once_with_ctrl_c_and_what_came_whole_stays(stack, port):
    port.offer("first:1", "second:1")
    services(stack, first=f"image: '{port.name('first:1')}'", second=f"image: '{port.name('second:1')}'")
    port.server.fault(f"(GET|HEAD) /v2/{port.folder}/second/", "hang")
    running = stack.start("pull")
    stack.until(lambda: port.has("first:1") and port.server.hanging, "one image is there, the other on its way")
    running.send_signal(signal.SIGINT)
    told = running.communicate(timeout=30)[1]
    assert running.returncode == 130
    assert f"Image {port.name('second:1')} Skipped stopped by the user" in told
    port.server.release()
    told = stack.compose("pull", "--policy", "missing").stderr
    assert f"Image {port.name('first:1')} {PRESENT}" in told
    assert f"Image {port.name('second:1')} Pulled" in told


@pytest.mark.parametrize("times", [1, 1000])
def test_a_pull_whose_connection_to_the_engine_ends_in_the_middle_is_tried_again(stack, port, tmp_path_factory, times):
    port.offer("web:1")
    services(stack, web=f"image: '{port.name('web:1')}', command: sleep 100, stop_grace_period: 0s")
    left = [Fault("cut")] * times
    proxy = Proxy(
        os.environ["DOCKER_HOST"],
        tmp_path_factory.mktemp("proxy"),
        choose=lambda _method, path: left.pop() if path == "/images/create" and left else None,
    )
    done = stack.compose("up", "-d", env={"DOCKER_HOST": proxy.host}, code=None)
    proxy.close()
    pulls = proxy.calls.count(("POST", "/images/create"))
    if times == 1:
        assert (done.returncode, pulls, stack.states()) == (0, 2, {"web-1": "running"}), done.stderr
    else:
        assert (done.returncode, stack.states()) == (1, {}), done.stderr
        assert "error[engine-connection-lost]: the connection to the engine was lost" in done.stderr
        assert pulls > 2


def test_in_a_dry_run_nothing_is_pulled_or_pushed(stack, port):
    port.offer("web:1")
    services(stack, web=f"image: '{port.name('web:1')}'")
    assert "1 image to pull" in stack.compose("--dry-run", "pull").stdout
    stack.compose("--dry-run", "push")
    assert port.server.requests == []
    assert not port.has("web:1")


@pytest.mark.parametrize("flag", ["--parallel", "--no-parallel"])
def test_flags_of_former_times_are_taken_and_told(stack, flag):
    services(stack, web="image: busybox, pull_policy: never")
    assert f"option '{flag}' is DEPRECATED and will be ignored." in stack.compose("pull", flag).stderr
