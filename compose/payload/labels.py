"""Labels on containers, networks and volumes, equal to Docker Compose's so that both see each other's stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compose.base import labels
from compose.base.version import __version__
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.naming import default_image_name, image_name
from compose.state.observed import ImageState

VERSION = ".".join(__version__.split(".")[:3]).split("+")[0]
"""The value of the version label: the numbers of this tool's version."""


def container_labels(project: Project, service: Service, *, config_hash: str, images: Mapping[str, ImageState]) -> dict[str, str]:
    """Return a container's labels but for what tells replicas from one-offs; the user's stand below ours.

    Source: reconcile section 1.1.
    """
    found = dict(service.labels)
    found |= project.labels
    found |= {
        labels.PROJECT: project.name,
        labels.SERVICE: service.name,
        labels.VERSION: VERSION,
        labels.WORKING_DIR: project.directory,
        labels.CONFIG_FILES: ",".join(project.files),
        labels.CONFIG_HASH: config_hash,
        labels.DEPENDS_ON: _dependencies(service),
    }
    if project.env_files:
        found[labels.ENVIRONMENT_FILE] = ",".join(project.env_files)
    return found | image_labels(project, service, images)


def _dependencies(service: Service) -> str:
    items = sorted(service.depends_on.items())
    return ",".join(f"{name}:{dependency.condition}:{str(dependency.restart).lower()}" for name, dependency in items)


def image_labels(project: Project, service: Service, images: Mapping[str, ImageState]) -> dict[str, str]:
    """Return the labels that tell which images a container was made of, as far as they are known."""
    found: dict[str, str] = {}
    image = images.get(image_name(project, service))
    if image is not None:
        found[labels.IMAGE] = image.identity or image.id
    digests = sorted(
        f"{mount.target}={known.identity or known.id}"
        for mount in service.volumes
        if mount.type == "image" and (known := images.get(image_source(project, mount.source))) is not None
    )
    if digests:
        found[labels.IMAGE_VOLUME_DIGEST] = ",".join(digests)
    return found


def image_source(project: Project, source: str) -> str:
    """Return the reference of an image mount, whose source may be the name of a service."""
    service = project.services.get(source) or project.disabled.get(source)
    if service is None:
        return source
    return image_name(project, service) if service.image else default_image_name(project, source)


def with_image(body: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Return a container body that says which image it is made of, for images that came after planning."""
    config_labels = {**body.get("Labels", {}), labels.IMAGE: identity}
    return {**body, "Labels": config_labels}


def as_replacement(body: Mapping[str, Any], replaced: str) -> dict[str, Any]:
    """Return a container body marked as replacing `replaced` (`container_name`, or `<service>-<n>`)."""
    config_labels = {**body.get("Labels", {}), labels.REPLACE: replaced}
    return {**body, "Labels": config_labels}


def resource_labels(project: Project, user: Mapping[str, str], *, kind: str, key: str, config_hash: str) -> dict[str, str]:
    """Return the labels of a network or volume; `kind` is the label that holds its key in the file."""
    return {
        **user,
        **project.labels,
        kind: key,
        labels.PROJECT: project.name,
        labels.VERSION: VERSION,
        labels.CONFIG_HASH: config_hash,
    }
