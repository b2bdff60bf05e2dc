"""What runs is recognised: no difference is seen where there is none, and every difference that there is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.payload.compare import differences
from compose.payload.labels import VERSION
from compose.payload.naming import image_name
from compose.state.parse import container_from_inspect

pytestmark = pytest.mark.engine

PLAIN = {
    "process.yaml": "bare",
    "resources.yaml": "deploy-rest",
    "security.yaml": "credential-spec",
    "network.yaml": "default-network",
    "storage.yaml": "config-content",
    "lifecycle.yaml": "hooks",
}
"""The service of each project that asks for nothing `inspect` shows."""
LIKE_PLAIN = {
    "attach-off": "only our own views know it",
    "command-empty": "an empty command is the image's",
    "command-null": "as above",
    "entrypoint-cleared": "the image has none",
    "deploy-replicas": "the number of containers is no attribute of one",
    "deploy-restart-none": "the engine's default",
    "restart-no": "the engine's default",
    "init-off": "the engine's default",
    "isolation": "the engine's default",
    "runtime": "the engine's default",
    "platform": "the engine's own",
    "pids-unlimited": "the engine's default",
    "blkio-weight": "some kernels cannot do it, and the engine drops it",
    "cgroup-host": "the engine's default with version 1 of control groups",
    "cgroup-private": "the engine's default with version 2",
    "ipc-private": "the engine's default",
    "pull-policy": "says nothing about containers",
    "scaled": "the number of containers is no attribute of one",
    "named": "a container's name is compared by whoever looks for it",
    "depends": "order is no attribute of a container",
    "check-disabled": "the image has no check",
    "check-none": "as above",
    "hooks": "run from outside",
    "secret-environment": "files are copied before the start",
    "mac-address-network": "a generated address of a network that is not the primary one looks the same",
}
"""Services whose containers are no other than the plain one's, and why."""


HASHED_OTHERWISE = {"label-file"}
"""Services whose hash is not Docker Compose's; where an engine does not show all, only the hash is left to compare."""


@pytest.mark.peer
def test_a_stack_of_docker_compose_has_no_differences(bench, made_by_peer):
    found = _all_differences(bench, made_by_peer)
    if bench.facts.name == "podman":
        found = [text for text in found if text.partition(":")[0].removeprefix("services.") not in HASHED_OTHERWISE]
    assert found == []


def test_a_stack_of_our_own_has_no_differences(bench, made_by_us):
    assert _all_differences(bench, made_by_us) == []


def _containers(snapshot):
    return [container_from_inspect(item) for _, item in sorted(snapshot["containers"].items())]


def _all_differences(bench, snapshot):
    containers = _containers(snapshot)
    ids = {container.service: container.id for container in containers}
    found = []
    for container in containers:
        service = bench.project.services[container.service]
        payload = bench.render(container.service, container.number)
        image = bench.surroundings.images[image_name(bench.project, service)]
        changes = differences(payload, container, image, bench.facts, project=bench.project, ids=ids)
        found += [f"{change.path}: {change.old!r} -> {change.new!r}" for change in changes]
    return found


def test_every_attribute_is_seen_when_it_comes_and_when_it_goes(bench, made_by_us):
    containers = {container.service: container for container in _containers(made_by_us)}
    plain = PLAIN[bench.file.name]
    blind = []
    for name, container in containers.items():
        if bench.project.services[name].image != bench.project.services[plain].image or name in {plain, *LIKE_PLAIN}:
            continue
        came = _seen(bench, name, containers[plain])
        went = _seen(bench, plain, container)
        blind += [f"{name} {what}" for what, paths in (("coming", came), ("going", went)) if not paths]
    assert blind == []


def _seen(bench, service_name, container):
    """Return what differs between a service's body and a container that this very version made from something else."""
    payload = bench.render(service_name, container.number, as_service=container.service)
    old = {**container.labels, labels.VERSION: VERSION}
    image = bench.surroundings.images[payload.image]
    found = differences(payload, replace(container, labels=old, config_hash="other"), image, bench.facts, project=bench.project)
    return [change.path for change in found]
