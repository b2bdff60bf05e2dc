"""Which builders the engine under test and this machine have."""

from __future__ import annotations

import os

import pytest

from compose.build import buildx

BUILDERS = pytest.mark.parametrize("builder", ["classic", "buildkit"])


def variables(client, builder):
    """Return the environment that chooses a builder; skips the test where BuildKit is asked for and not there."""
    if builder == "buildkit":
        need_buildkit(client)
    return {"DOCKER_BUILDKIT": str(int(builder == "buildkit"))}


def need_buildkit(client):
    """Skip the test where only the classic builder can be tried."""
    if buildx.find_plugin(os.environ) is None:
        pytest.skip("the docker-buildx plugin is not installed: only the classic builder can be tried")
    if any("podman" in component["Name"].lower() for component in client.version().get("Components", ())):
        pytest.skip("Podman has no BuildKit")


def remove_images(client, start):
    """Remove every name of images that starts with `start`."""
    for image in client.api.images():  # the other way to list looks at each, which may be gone by then
        for tag in image["RepoTags"] or ():
            if tag.startswith(start):
                client.images.remove(tag, force=True)
