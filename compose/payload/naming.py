"""Names of what a project makes on an engine."""

from __future__ import annotations

from compose.model.project import Project
from compose.model.service import Service

_SHORT = 12
"""Characters of an id that people see."""


def short(identifier: str) -> str:
    """Return the first 12 characters of an id or slug, without the `sha256:` of an image id."""
    return identifier.removeprefix("sha256:")[:_SHORT]


def image_name(project: Project, service: Service) -> str:
    """Return the reference of the service's image: `image`, else `<project>-<service>`."""
    return service.image or default_image_name(project, service.name)


def default_image_name(project: Project, service_name: str) -> str:
    """Return the name of the image of a service without `image`."""
    return f"{project.name}{project.separator}{service_name}"


def container_name(project: Project, service: Service, number: int) -> str:
    """Return the final name of a replica: `container_name`, else `<project>-<service>-<n>`."""
    return service.container_name or default_container_name(project, service.name, number)


def default_container_name(project: Project, service_name: str, number: int) -> str:
    """Return `<project>-<service>-<n>`."""
    return project.separator.join((project.name, service_name, str(number)))


def replica_name(project: Project, service_name: str, number: int) -> str:
    """Return `<service>-<n>`, a replica's name inside its project."""
    return f"{service_name}{project.separator}{number}"


def run_name(project: Project, service: Service, slug: str) -> str:
    """Return the name of a one-off container: `<project>-<service>-run-<slug>`, the slug cut to 12 characters."""
    return project.separator.join((project.name, service.name, "run", short(slug)))


def temporary_name(old_id: str, name: str) -> str:
    """Return the name a replacement bears while the old container still holds `name`."""
    return f"{short(old_id)}_{name}"


def display_name(project_name: str, container: str, *, service_name: str, number: int, separator: str = "-") -> str:
    """Return a container's name as logs show it: without the project when it is the default name."""
    own = f"{service_name}{separator}{number}"
    return own if container == f"{project_name}{separator}{own}" else container


def network_name(project: Project, key: str) -> str:
    """Return the name of a project's network on the engine; networks are joined with `_` in every mode."""
    network = project.networks.get(key)
    return network.name if network is not None and network.name else f"{project.name}_{key}"


def volume_name(project: Project, key: str) -> str:
    """Return the name of a project's volume on the engine."""
    volume = project.volumes.get(key)
    return volume.name if volume is not None and volume.name else f"{project.name}_{key}"
