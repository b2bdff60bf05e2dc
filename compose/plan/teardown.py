"""The plan of down. Source: reconcile section 13.1."""

from __future__ import annotations

from collections.abc import Iterator

from compose.base import labels
from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.graph.dependency import dependants
from compose.model.project import Project
from compose.payload.naming import default_image_name, image_name, volume_name
from compose.plan.draft import Draft, Ids, target_of
from compose.plan.fleet import Fleet
from compose.plan.operation import RemoveContainer, RemoveImage, RemoveNetwork, RemoveVolume, RunProvider
from compose.plan.options import DownOptions
from compose.plan.orphans import ORPHAN, declared, is_foreign, orphans, warn_of_foreign
from compose.plan.plan import Plan, Reason
from compose.plan.stopping import Stopping
from compose.plan.volumes import mounts
from compose.state.observed import ContainerState, NetworkState, Observed, VolumeState

_ASKED = Reason(code="down", text="the project is taken down")
_HOOK = Reason(code="hook-leftover", text="a `pre_start` hook that failed left it behind")


def plan_down(observed: Observed, options: DownOptions, project: Project | None = None) -> Plan:
    """Return the plan that stops and removes a project's containers, and what else the options say.

    Without `project` the containers', networks' and volumes' labels tell what there is. `observed.images` should hold
    the images that `rmi` may remove; the containers of failed hooks (`observed.hooks`) are removed as well.

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    return _Teardown(observed, options, project).plan()


class _Teardown:
    def __init__(self, observed: Observed, options: DownOptions, project: Project | None) -> None:
        self.observed = observed
        self.options = options
        self.fleet = Fleet(observed, project)
        self.draft = Draft()
        self.stopping = Stopping(self.fleet, self.draft, options.timeout)
        self.removed: dict[str, str] = {}

    def plan(self) -> Plan:
        named = self.fleet.selected(self.options.services)
        if self.options.services and not named:
            return self._finish()
        going = dependants(named, self.fleet.edges)
        for name in reversed(self.fleet.services):
            if name in going:
                self._service(name)
        self._strays()
        self._networks()
        if self.options.rmi:
            self._images()
        if self.options.volumes:
            self._volumes()
        return self._finish()

    def _finish(self) -> Plan:
        if not self.draft.steps:
            summary = f'Warning: No resource found to remove for project "{self.observed.project}".'
            self.draft.warnings.append(Diagnostic(severity="warning", code="nothing-to-remove", summary=summary))
        return self.draft.plan(self.observed.project, "down")

    def _service(self, name: str) -> None:
        service = self.fleet.project.services[name]
        if service.provider is not None:
            self._provider(name)
            return
        containers = self.fleet.containers(name, one_offs=self.options.remove_orphans)
        self.stopping.stopped(name, tuple(self._remove(container, _ASKED) for container in containers))

    def _provider(self, name: str) -> None:
        self.draft.add(
            RunProvider(service=name, action="down"),
            _ASKED,
            address=Address(kind="provider", key=name),
            resource=name,
            after=self.stopping.before(name),
        )

    def _remove(self, container: ContainerState, reason: Reason) -> str:
        """Stop and remove a container; return the step that stops it, if one does."""
        target = target_of(container)
        stop = self.stopping.stop(container, reason)
        removal = RemoveContainer(container=target, volumes=self.options.volumes)
        self.removed[container.id] = self.draft.on(target, removal, reason, after=(stop,))
        return stop

    def _strays(self) -> None:
        """Remove orphans when asked to, never those of another directory; and what hooks left behind."""
        project = self.fleet.project
        found = [one for one in orphans(self.observed, declared(project)) if one.id not in self.removed]
        if self.options.remove_orphans:
            foreign = [] if self.fleet.is_rebuilt else [one for one in found if is_foreign(one, project)]
            if foreign:
                self.draft.warnings.append(warn_of_foreign(foreign, project))
            for container in found:
                if container not in foreign and container.state != "removing":
                    self._remove(container, ORPHAN)
        for container in self.observed.hooks:
            self._remove(container, _HOOK)

    def _networks(self) -> None:
        for network in self._own_networks():
            self.draft.add(
                RemoveNetwork(key=network.key, name=network.name, id=network.id),
                _ASKED,
                address=Address(kind="network", key=network.key or network.name),
                resource=f"Network {network.name}",
                after=self._removals(network),
            )

    def _own_networks(self) -> Iterator[NetworkState]:
        """Yield the project's networks, by name; with files those that the files declare."""
        project = self.fleet.project
        for network in self.observed.networks:
            entry = project.networks.get(network.key)
            is_declared = entry is not None and not entry.external
            if network.project == self.observed.project and (self.fleet.is_rebuilt or is_declared):
                yield network

    def _removals(self, network: NetworkState) -> Ids:
        """Return the removals of containers on a network; those whose networks are unknown count as on each."""
        return tuple(
            self.removed[one.id]
            for one in self.observed.containers
            if one.id in self.removed
            and (not one.networks or network.name in one.networks or network.id in one.networks.values())
        )

    def _volumes(self) -> None:
        for volume in self._own_volumes():
            using = [self.removed.get(one.id, "") for one in self.observed.containers if mounts(one, volume.name)]
            self.draft.add(
                RemoveVolume(key=volume.key, name=volume.name),
                _ASKED,
                address=Address(kind="volume", key=volume.key or volume.name),
                resource=f"Volume {volume.name}",
                after=using,
            )

    def _own_volumes(self) -> Iterator[VolumeState]:
        """Yield the volumes to remove: with files the declared ones by name, unless another project owns them."""
        project = self.fleet.project
        names = {volume_name(project, key) for key, entry in project.volumes.items() if not entry.external}
        for volume in self.observed.volumes:
            if self.fleet.is_rebuilt:
                if volume.project == self.observed.project:
                    yield volume
            elif volume.name in names and volume.project in {"", self.observed.project}:
                yield volume

    def _images(self) -> None:
        after = tuple(self.removed.values())
        for reference in self._own_images():
            reason = Reason(code="rmi", text=f"`--rmi {self.options.rmi}` asks for it")
            self.draft.add(
                RemoveImage(reference=reference),
                reason,
                address=Address(kind="image", key=reference),
                resource=f"Image {reference}",
                after=after,
            )

    def _own_images(self) -> Iterator[str]:
        project = self.fleet.project
        for reference, image in sorted(self.observed.images.items()):
            own: dict[str, str] = image.config.get("Labels") or {}
            is_labelled = own.get(labels.PROJECT) == project.name and (
                own.get(labels.SERVICE) in project.services or self.options.remove_orphans
            )
            by_default = {default_image_name(project, name) for name in project.services}
            used = {image_name(project, service) for service in project.services.values()}
            if is_labelled or reference in by_default or (self.options.rmi == "all" and reference in used):
                yield reference
