"""The containers of a project by service, with or without its files, for commands that make none.

Without files, services and their dependencies are read from labels. Source: reconcile sections 8 and 13.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import fail
from compose.graph.dependency import Dependency, dependencies, needed_by, order
from compose.model.project import Project
from compose.model.service import Service, ServiceDependency
from compose.state.observed import ContainerState, Observed

_NO_CONDITION = "running_or_healthy"


class Fleet:
    """Services in dependency order, their edges, and the containers that are there.

    `project` is the loaded one, or one rebuilt from labels (`is_rebuilt`) that knows names and dependencies only.
    """

    def __init__(self, observed: Observed, project: Project | None) -> None:
        self.observed = observed
        self.is_rebuilt = project is None
        self.project = project_from_labels(observed) if project is None else project
        self.edges = _without_circles(self.project.services, dependencies(self.project.services))
        self.services = [name for level in order(self.project.services, self.edges) for name in level]
        self.needed_by = needed_by(self.services, self.edges)

    def containers(self, service: str, *, one_offs: bool = False) -> tuple[ContainerState, ...]:
        """Return a service's containers that are not being removed, by number; no hook containers."""
        return tuple(
            one
            for one in self.observed.containers
            if one.service == service and is_ours(one) and one.state != "removing" and (one_offs or not one.oneoff)
        )

    def selected(self, named: Iterable[str]) -> list[str]:
        """Return the named services in dependency order, all when none is named.

        Raises:
            ComposeError: the files have no such service; without files unknown names select nothing.
        """
        wanted = list(named)
        if not wanted:
            return self.services
        for name in wanted:
            if name not in self.project.services and not self.is_rebuilt:
                raise fail("unknown-service", f"no such service: {name}")
        return [name for name in self.services if name in wanted]


def is_ours(container: ContainerState) -> bool:
    """Return whether a container is a service's own or a one-off, and not that of a hook."""
    return labels.HOOK not in container.labels


def project_from_labels(observed: Observed) -> Project:
    """Return what the labels of a project's containers tell: services, replicas, images, dependencies."""
    services: dict[str, Service] = {}
    for container in observed.containers:
        if container.service and not container.oneoff and is_ours(container):
            known = services.get(container.service)
            services[container.service] = Service(
                name=container.service,
                image=container.image,
                scale=(known.replicas if known is not None else 0) + 1,
                depends_on=_depends_on(container.labels.get(labels.DEPENDS_ON, "")),
            )
    known_only = {name: replace(one, depends_on=_among(one.depends_on, services)) for name, one in services.items()}
    return Project(name=observed.project, directory="", services=known_only)


def _depends_on(label: str) -> dict[str, ServiceDependency]:
    """Read `dep:condition:restart` items; without restart it is true, without condition any readiness will do."""
    found: dict[str, ServiceDependency] = {}
    for item in filter(None, label.split(",")):
        name, condition, restart = [*item.split(":"), "", ""][:3]
        found[name] = ServiceDependency(condition=condition or _NO_CONDITION, restart=restart != "false")
    return found


def _among(depends_on: Mapping[str, ServiceDependency], services: Mapping[str, Service]) -> dict[str, ServiceDependency]:
    return {name: entry for name, entry in depends_on.items() if name in services}


def _without_circles(services: Iterable[str], edges: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
    """Return the edges, or none when they go round in circles: labels of different times may disagree."""
    try:
        order(services, edges)
    except ValueError:
        return ()
    return edges
