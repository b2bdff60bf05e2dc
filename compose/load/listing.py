"""Single facts of a project, as the flags of `config` list them, one line each."""

from __future__ import annotations

from collections.abc import Iterable

from compose.graph.dependency import dependencies, order
from compose.model.project import Project
from compose.payload.hash import service_hash
from compose.payload.naming import image_name


def services(project: Project) -> list[str]:
    """Return the names of the services, each after those it depends on."""
    return [name for level in order(project.services, dependencies(project.services)) for name in level]


def volumes(project: Project) -> list[str]:
    """Return the keys of the volumes."""
    return sorted(project.volumes)


def networks(project: Project) -> list[str]:
    """Return the keys of the networks."""
    return sorted(project.networks)


def models(project: Project) -> list[str]:
    """Return the references of the models."""
    return sorted({model.model for model in project.models.values()})


def images(project: Project) -> list[str]:
    """Return the image of each service, that of one without `image` being the one it builds."""
    return [image_name(project, service) for _, service in sorted(project.services.items())]


def profiles(project: Project) -> list[str]:
    """Return every profile that a service names, active or not."""
    everything = (*project.services.values(), *project.disabled.values())
    return sorted({profile for service in everything for profile in service.profiles})


def hashes(project: Project, names: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return services and their config hashes; without `names` those of all.

    Raises:
        KeyError: the project has no enabled service of a name.
    """
    chosen = list(names) or list(project.services)
    return [(name, service_hash(project.services[name])) for name in sorted(chosen)]


def environment(project: Project) -> list[str]:
    """Return what interpolation saw as lines `KEY=VALUE`. Holds secrets: for the user's eyes only."""
    return [f"{name}={value}" for name, value in sorted(project.environment.items())]
