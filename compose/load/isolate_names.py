"""Names that the files fix and that only one copy could have: of containers, built images, networks, volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from compose.load.isolation import Change, Isolation
from compose.model.build import Build
from compose.model.network import Network, ServiceNetwork
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import Mount, Volume
from compose.payload.naming import default_container_name, default_image_name

_CONTAINER = "container:"
_MODES = ("network_mode", "ipc", "pid")
_BRIDGE_NAME = "com.docker.network.bridge.name"
_BUILDING = frozenset({"", "build", "never"})
"""Pull policies that suit an image which is in no registry."""


class Names:
    """The new names, by the old ones, and the parts of the project under them."""

    def __init__(self, project: Project, isolation: Isolation, changes: list[Change]) -> None:
        self._project = project
        self._isolation = isolation
        self._changes = changes
        every = {**project.services, **project.disabled}
        self._containers = {
            service.container_name: default_container_name(project, name, 1)
            for name, service in every.items()
            if service.container_name not in {"", default_container_name(project, name, 1)}
            and not isolation.keeps("services", name, "container_name")
        }
        self._images = self._built(every) if isolation.images == "own" else {}
        self._networks = self._resources("networks", project.networks)
        self._volumes = self._resources("volumes", project.volumes)

    def service(self, service: Service) -> Service:
        """Return a service without names of its own, that knows others by their new names."""
        service = self._with_image(service)
        fields: dict[str, Any] = {}
        if service.container_name in self._containers:
            fields |= self._without_name(service)
        for attribute in _MODES:
            mode: str = getattr(service, attribute)
            name = mode.removeprefix(_CONTAINER)
            if mode.startswith(_CONTAINER) and name in self._containers:
                fields[attribute] = _CONTAINER + self._containers[name]
        fields["volumes_from"] = tuple(_source(entry, self._containers) for entry in service.volumes_from)
        fields["external_links"] = tuple(_link(link, self._containers) for link in service.external_links)
        return replace(service, **fields)

    def network(self, key: str) -> Network:
        """Return a network under a name of the copy, without a fixed name for its bridge."""
        network = self._project.networks[key]
        if network.external:
            return network
        options = network.driver_opts
        if _BRIDGE_NAME in options and not self._isolation.keeps("networks", key, "driver_opts"):
            path = ("networks", key, "driver_opts", _BRIDGE_NAME)
            self._changes.append(Change(path=path, old=options[_BRIDGE_NAME], new="a free one"))
            options = {name: value for name, value in options.items() if name != _BRIDGE_NAME}
        return replace(network, name=self._networks.get(network.name, network.name), driver_opts=options)

    def volume(self, key: str) -> Volume:
        """Return a volume under a name of the copy."""
        volume = self._project.volumes[key]
        return volume if volume.external else replace(volume, name=self._volumes.get(volume.name, volume.name))

    def _without_name(self, service: Service) -> dict[str, Any]:
        """Return the fields of a service that loses its `container_name`: its networks know it under that still.

        A network that others own gets no such alias: all copies would be found under it there.
        """
        old, new = service.container_name, self._containers[service.container_name]
        networks = {key: _also_known_as(joined, old) if self._is_own(key) else joined for key, joined in service.networks.items()}
        note = f"the others find it as {old} too" if any(map(self._is_own, networks)) else ""
        self._changes.append(Change(path=("services", service.name, "container_name"), old=old, new=new, note=note))
        return {"container_name": "", "networks": networks}

    def _is_own(self, key: str) -> bool:
        network = self._project.networks.get(key)
        return network is not None and not network.external

    def _built(self, services: Mapping[str, Service]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, service in services.items():
            if service.build is not None and service.image and not self._isolation.keeps("services", name, "image"):
                found.setdefault(service.image, default_image_name(self._project, name))
        return found

    def _with_image(self, service: Service) -> Service:
        """Return a service with the image of this copy; also where another service builds it."""
        if self._isolation.images == "shared":
            named = service.image or service.build is None or not self._isolation.image_project
            shared = f"{self._isolation.image_project}{self._project.separator}{service.name}"
            return service if named else replace(service, image=shared)
        mounts = tuple(self._with_source(mount) for mount in service.volumes)
        service = replace(service, volumes=mounts, build=self._untagged(service.name, service.build))
        if service.image not in self._images:
            return service
        new = self._images[service.image]
        self._changes.append(Change(path=("services", service.name, "image"), old=service.image, new=new))
        policy = "" if service.build is not None and service.pull_policy not in _BUILDING else service.pull_policy
        return replace(service, image=new, pull_policy=policy)

    def _with_source(self, mount: Mount) -> Mount:
        is_own = mount.type == "image" and mount.source in self._images
        return replace(mount, source=self._images[mount.source]) if is_own else mount

    def _untagged(self, name: str, build: Build | None) -> Build | None:
        if build is None or not build.tags or self._isolation.keeps("services", name, "build", "tags"):
            return build
        self._changes.append(Change(path=("services", name, "build", "tags"), old=", ".join(build.tags), new="none"))
        return replace(build, tags=())

    def _resources(self, section: str, resources: Mapping[str, Network] | Mapping[str, Volume]) -> dict[str, str]:
        """Return the new names of networks or volumes by their old ones: of several keys for one thing the first counts."""
        found: dict[str, str] = {}
        for key, resource in resources.items():
            new = f"{self._project.name}_{key}"
            if resource.external or resource.name in {"", new} or self._isolation.keeps(section, key, "name"):
                continue
            found.setdefault(resource.name, new)
            self._changes.append(Change(path=(section, key, "name"), old=resource.name, new=found[resource.name]))
        return found


def _also_known_as(joined: ServiceNetwork | None, name: str) -> ServiceNetwork:
    given = joined or ServiceNetwork()
    return given if name in given.aliases else replace(given, aliases=(*given.aliases, name))


def _source(entry: str, names: Mapping[str, str]) -> str:
    parts = entry.split(":")
    if parts[0] == "container" and len(parts) > 1 and parts[1] in names:
        parts[1] = names[parts[1]]
    return ":".join(parts)


def _link(link: str, names: Mapping[str, str]) -> str:
    name, _, alias = link.partition(":")
    return f"{names[name]}:{alias or name}" if name in names else link
