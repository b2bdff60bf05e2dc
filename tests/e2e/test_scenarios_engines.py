"""Scenarios that not every engine can do: what it cannot do is the reason that a test gives for leaving it out."""

from __future__ import annotations

import os
import time

import pytest

from tests.e2e.builders import BUILDERS, need_buildkit, variables
from tests.e2e.tls import TlsFront, certificates, write_context

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("no_image_stays")]

FOREIGN = {"DOCKER_DEFAULT_PLATFORM": "linux/s390x"}


def need_api(client, version, what):
    """Skip the test where the engine's API is older than (major, minor)."""
    if tuple(map(int, client.version()["ApiVersion"].split("."))) < version:
        pytest.skip(f"{what} came with API {version[0]}.{version[1]}")


def need_containerd_store(client):
    """Skip the test where the engine does not keep its images in containerd, and so only one platform of each."""
    if not any("io.containerd.snapshotter" in " ".join(pair) for pair in client.info().get("DriverStatus") or ()):
        pytest.skip("the engine does not use the containerd image store")


def test_interface_name(stack, client):
    need_api(client, (1, 49), "interface_name")
    stack.write("services:\n  test: {image: busybox, command: ip link show, networks: {default: {interface_name: foobar}}}\n")
    assert "foobar@" in stack.compose("run", "--rm", "test").stdout


def test_start_interval(stack, client):
    need_api(client, (1, 44), "start_interval")
    check = "test: 'test -f /tmp/seen || { touch /tmp/seen; false; }', interval: 60s, start_period: 60s, start_interval: 500ms"
    stack.write(f"services: {{test: {{image: busybox, command: sleep 600, stop_grace_period: 0s, healthcheck: {{{check}}}}}}}\n")
    begin = time.monotonic()
    stack.compose("up", "--wait", "-d", "test")
    assert time.monotonic() - begin < 30
    assert stack.container("test").attrs["State"]["Health"]["Status"] == "healthy"


def test_image_volume_image_already_local(stack, client):
    need_api(client, (1, 48), "volumes of type image")
    stack.write(
        "services:\n  app:\n    image: busybox\n    command: ls /mnt/image\n"
        "    volumes: [{type: image, source: busybox, target: /mnt/image, image: {subpath: etc}}]\n"
    )
    assert "| passwd" in stack.compose("up", "app").stdout
    before = stack.ids()
    result = stack.compose("up", "app")
    assert "| passwd" in result.stdout
    assert "Recreate" not in result.stderr
    assert stack.ids() == before


def test_build_privileged(stack, client):
    """The right is asked for: an engine that does not give it says so, and one that does builds."""
    need_buildkit(client)
    stack.write("services:\n  app: {build: {context: ., privileged: true, dockerfile_inline: FROM busybox}}\n")
    result = stack.compose("build", env={"DOCKER_BUILDKIT": "1"}, code=None)
    assert result.returncode == 0 or "security.insecure is not allowed" in result.stderr


@BUILDERS
def test_build_long_output_line(stack, client, builder):
    chosen = variables(client, builder)
    lines = "".join(
        f"ARG password{number}=a\nENV secret_{number} {number}\n" for number in range(30 if builder == "buildkit" else 1)
    )
    stack.write(f"FROM busybox AS Mixed_Case\n{lines}CMD echo {'long ' * 500}\n", "Dockerfile")
    stack.write("services:\n  long-line: {build: .}\n")
    assert f"Image {stack.name}-long-line Built" in stack.compose("build", "long-line", env=chosen).stderr
    result = stack.compose("up", "--build", "long-line", env=chosen)
    assert f"Image {stack.name}-long-line Built" in result.stderr
    assert ("long " * 500).strip() in result.stdout


@BUILDERS
def test_build_tls(stack, client, builder, tmp_path_factory):
    chosen = variables(client, builder)
    folder = tmp_path_factory.mktemp("tls")
    certificates(folder)
    front = TlsFront(os.environ["DOCKER_HOST"], folder)
    try:
        write_context(folder, "secured", front.host, folder)
        stack.write("services:\n  app: {build: {context: ., dockerfile_inline: FROM busybox}}\n")
        place = {"DOCKER_HOST": "", "DOCKER_CONTEXT": "secured", "DOCKER_CONFIG": str(folder)}
        assert f"{stack.name}-app Built" in stack.compose("build", env={**chosen, **place}).stderr
        assert front.clients
    finally:
        front.close()


def both_platforms(stack):
    """Build an image for two platforms, neither of which can be run, and write a service of each way to choose one."""
    stack.write(
        f"services:\n  made:\n    image: {stack.name}-both:1\n    build:\n      context: .\n"
        "      dockerfile_inline: |\n        FROM scratch\n        CMD [/x]\n      platforms: [linux/arm64, linux/s390x]\n"
        f"  chosen: {{image: '{stack.name}-both:1', platform: linux/s390x, network_mode: none}}\n"
        f"  left: {{image: '{stack.name}-both:1', network_mode: none}}\n"
    )
    stack.compose("build", "made", env={"DOCKER_BUILDKIT": "1"})


def platform(container):
    return container.attrs["ImageManifestDescriptor"]["platform"]["architecture"]


def test_create_local_multi_platform_image(stack, client):
    need_containerd_store(client)
    need_buildkit(client)
    both_platforms(stack)
    assert "Pulling" not in stack.compose("create", "chosen").stderr
    assert platform(stack.container("chosen")) == "s390x"


def test_create_idempotent_default_platform(stack, client):
    need_containerd_store(client)
    need_buildkit(client)
    both_platforms(stack)
    stack.compose("create", "left", env=FOREIGN)
    before = stack.ids()
    assert platform(stack.container("left")) == "s390x"
    assert "Recreate" not in stack.compose("create", "left", env=FOREIGN).stderr
    assert stack.ids() == before
