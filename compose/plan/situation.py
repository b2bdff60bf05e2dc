"""What a planner looks at: the project and the engine side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import fail
from compose.graph.dependency import SHARING, Dependency, closure, dependencies, needs, order
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.naming import image_name
from compose.payload.payloads import Payloads
from compose.payload.render import render
from compose.payload.surroundings import Surroundings
from compose.plan.options import UpOptions
from compose.state.observed import ContainerState, NetworkState, Observed, VolumeState

RUNNING = frozenset({"running", "restarting", "paused"})
"""States in which a container has processes, so that it is stopped before anything else happens to it."""


class Situation:
    """A project beside what was observed, with the look-ups that decisions need.

    `services` are the selected ones in dependency order; `edges` the dependencies between them, and those of the
    service that a one-off container is made of; `with_image` are all that need an image. The project's services carry
    the wanted number of replicas.
    """

    def __init__(self, project: Project, observed: Observed, options: UpOptions, surroundings: Surroundings) -> None:
        self.project = _scaled(project, options.scale)
        self.observed = observed
        self.options = options
        self.surroundings = surroundings
        everything = dependencies(self.project.services)
        names = _selected(self.project, options, everything)
        waiting = names | {options.one_off}
        self.edges = tuple(edge for edge in everything if edge.dependant in waiting and edge.service in names)
        self._shared = tuple(edge for edge in everything if edge.dependant in names and edge.why in SHARING)
        self.services: dict[str, Service] = {
            name: self.project.services[name] for level in order(names, self.edges) for name in level
        }
        self.needs = needs(self.services, self.edges)
        self.with_image = [*self.services.values(), *filter(None, [self.project.services.get(options.one_off)])]

    @cached_property
    def payloads(self) -> Payloads:
        """The bodies of networks and volumes, and what this engine will not honour."""
        return render(self.project, self.observed.engine)

    @cached_property
    def _replicas(self) -> Mapping[str, tuple[ContainerState, ...]]:
        found: dict[str, list[ContainerState]] = {}
        for container in self.observed.containers:
            if is_replica(container):
                found.setdefault(container.service, []).append(container)
        return {name: tuple(sorted(several, key=_by_number)) for name, several in found.items()}

    def replicas(self, service: str) -> tuple[ContainerState, ...]:
        """Return the service's containers by number, then name: no one-offs, no hooks, none that is being removed."""
        return self._replicas.get(service, ())

    def network(self, key: str) -> NetworkState | None:
        """Return the network that stands for `key`: by label (the exact name first), else by name."""
        found = self.networks(key)
        name = self.payloads.networks[key].name
        return found[0] if found else next((one for one in self.observed.networks if one.name == name), None)

    def networks(self, key: str) -> list[NetworkState]:
        """Return the project's networks labelled with `key`, the one of the exact name first, then by name."""
        name = self.payloads.networks[key].name
        own = [one for one in self.observed.networks if one.key == key and one.project == self.project.name]
        return sorted(own, key=lambda one: (one.name != name, one.name, one.id))

    def volume(self, key: str) -> VolumeState | None:
        """Return the volume that bears the name `key` stands for."""
        return self._volumes.get(self.payloads.volumes[key].name)

    @cached_property
    def _volumes(self) -> Mapping[str, VolumeState]:
        return {volume.name: volume for volume in self.observed.volumes}

    def image(self, service: Service) -> str:
        """Return the reference of the service's image."""
        return image_name(self.project, service)

    def edges_of(self, service: str) -> tuple[Dependency, ...]:
        """Return what a service depends on among the selected services."""
        return self._by_dependant.get(service, ())

    def shared_by(self, service: str) -> tuple[Dependency, ...]:
        """Return the services, selected or not, whose namespaces or volumes a service shares by container id."""
        return self._shared_by_dependant.get(service, ())

    @cached_property
    def _by_dependant(self) -> Mapping[str, tuple[Dependency, ...]]:
        return _grouped(self.edges)

    @cached_property
    def _shared_by_dependant(self) -> Mapping[str, tuple[Dependency, ...]]:
        return _grouped(self._shared)

    @cached_property
    def jobs(self) -> frozenset[str]:
        """Services that another one waits for to complete."""
        return frozenset(edge.service for edge in self.edges if edge.condition == "service_completed_successfully")

    def is_confirmed(self, key: str) -> bool:
        """Return whether the user said yes to a confirmation."""
        return self.options.assume_yes or key in self.options.confirmed


def is_replica(container: ContainerState) -> bool:
    """Return whether a container is one of a service's replicas that will still be there in a moment."""
    return (
        bool(container.service) and not container.oneoff and labels.HOOK not in container.labels and container.state != "removing"
    )


def is_running(container: ContainerState) -> bool:
    """Return whether a container has processes to stop."""
    return container.state in RUNNING


def _grouped(edges: Iterable[Dependency]) -> dict[str, tuple[Dependency, ...]]:
    found: dict[str, list[Dependency]] = {}
    for edge in edges:
        found.setdefault(edge.dependant, []).append(edge)
    return {name: tuple(several) for name, several in found.items()}


def _by_number(container: ContainerState) -> tuple[int, str]:
    return container.number, container.name


def _selected(project: Project, options: UpOptions, edges: Iterable[Dependency]) -> set[str]:
    if options.one_off:
        return set() if options.no_deps else (closure([options.one_off], edges) - {options.one_off}) & set(project.services)
    named = [name for name in options.services if name in project.services]
    if not options.services:
        return set(project.services)
    if options.no_deps:
        return set(named)
    return closure(named, edges) & set(project.services)


def _scaled(project: Project, scale: Mapping[str, int]) -> Project:
    """Return the project with the replicas that the command line asks for.

    Raises:
        ComposeError: a service is unknown, or its fixed container name allows one container only.
    """
    if not scale:
        return project
    services = dict(project.services)
    for name, count in scale.items():
        service = services.get(name)
        if service is None:
            raise fail("unknown-service", f"no such service: {name}")
        if service.container_name and count > 1:
            raise fail(
                "container-name-scaled",
                f'the "{name}" service is using the custom container name "{service.container_name}". '
                "Docker requires each container to have a unique name. Remove the custom name to scale the service",
                span=project.span("services", name, "container_name"),
            )
        services[name] = replace(service, scale=count)
    return replace(project, services=services)
