"""What the engine under test and this machine have: builders, a way to registries of ours."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from docker.errors import APIError

from compose.build import buildx

BUILDERS = pytest.mark.parametrize("builder", ["classic", "buildkit"])


def variables(client, builder):
    """Return the environment that chooses a builder; skips the test where BuildKit is asked for and not there."""
    if builder == "buildkit":
        need_buildkit(client)
    return {"DOCKER_BUILDKIT": str(int(builder == "buildkit"))}


def is_podman(client):
    """Whether the engine under test is Podman."""
    return any("podman" in part["Name"].lower() for part in client.version().get("Components") or ())


def need_buildkit(client):
    """Skip the test where only the classic builder can be tried."""
    if buildx.find_plugin(os.environ) is None:
        pytest.skip("the docker-buildx plugin is not installed: only the classic builder can be tried")
    if is_podman(client):
        pytest.skip("Podman has no BuildKit")


def remove_images(client, start):
    """Remove every name of images that starts with `start`."""
    for image in client.api.images():  # the other way to list looks at each, which may be gone by then
        for tag in image["RepoTags"] or ():
            if tag.startswith(start):
                client.images.remove(tag, force=True)


def need_reachable(client, server):
    """Skip the test where the engine has a network of its own, from which a registry in this process is not there."""
    with suppress(APIError):  # it has no such image
        client.api.inspect_distribution(f"{server.host}/reachable:1")
    if not server.requests:
        pytest.skip("the engine cannot reach this machine's loopback: its network is another")
    server.requests.clear()
