"""A project and an engine's state in a few words, for planners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from compose.base import labels
from compose.base.place import Path, Span
from compose.base.units import decode_unit
from compose.model.project import Project
from compose.payload.container import render_container
from compose.payload.hash import network_hash, volume_hash
from compose.payload.naming import network_name, volume_name
from compose.payload.sharing import hash_with_ids
from compose.plan.options import UpOptions
from compose.plan.plan import Plan
from compose.plan.situation import Situation
from compose.plan.up import NOWHERE, plan_up
from compose.state.observed import ContainerState, EngineFacts, ImageState, NetworkState, Observed, VolumeState

FACTS = EngineFacts(version="28.5.2", api_version=(1, 51), arch="amd64")


class Lines:
    """Places that give each path a line of its own, so that spans can be recognised."""

    def nearest(self, path: Path) -> Span | None:
        return Span(file="compose.yaml", line=len(path), column=1, end_line=len(path), end_column=2)

    key = nearest


class World:
    """A project `shop` in /shop and the containers, networks and volumes an engine has of it.

    Services get the image `busybox` and the default network unless they say otherwise.
    """

    def __init__(self, **services: dict[str, Any]) -> None:
        self.data: dict[str, Any] = {"name": "shop", "directory": "/shop", "services": {}, "networks": {}, "volumes": {}}
        for name, service in services.items():
            self.service(name, **service)
        self.containers: list[ContainerState] = []
        self.hooks: list[ContainerState] = []
        self.network_states: list[NetworkState] = []
        self.volume_states: list[VolumeState] = []
        self.images = {"busybox": ImageState(reference="busybox", id="sha256:box", identity="sha256:box")}
        self.facts = FACTS
        self._project: Project | None = None

    def service(self, name: str, **service: Any) -> None:
        plain = not service.get("network_mode") and not service.get("provider")
        joined = {"networks": {"default": None}} if plain and "networks" not in service else {}
        image = {} if service.get("build") or service.get("provider") else {"image": "busybox"}
        self.data["services"][name] = {"name": name, **image, **joined, **service}
        for key in self.data["services"][name].get("networks") or {}:
            self.data["networks"].setdefault(key, {"name": f"shop_{key}"})
        self._project = None

    def top(self, kind: str, **entries: Any) -> None:
        self.data.setdefault(kind, {}).update(entries)
        self._project = None

    @property
    def project(self) -> Project:
        if self._project is None:
            project = msgspec.convert(self.data, Project, dec_hook=decode_unit)
            self._project = msgspec.structs.replace(project, places=Lines())
        return self._project

    @property
    def observed(self) -> Observed:
        return Observed(
            project="shop",
            engine=self.facts,
            containers=tuple(sorted(self.containers, key=lambda one: (one.service, one.number, one.name))),
            hooks=tuple(self.hooks),
            networks=tuple(self.network_states),
            volumes=tuple(self.volume_states),
            images=self.images,
        )

    def network(self, key: str = "default", **fields: Any) -> NetworkState:
        name = network_name(self.project, key)
        state = NetworkState(
            **{
                "id": f"id-{name}",
                "name": name,
                "key": key,
                "project": "shop",
                "config_hash": network_hash(self.project.networks[key]),
                **fields,
            }
        )
        self.network_states.append(state)
        return state

    def volume(self, key: str, **fields: Any) -> VolumeState:
        name = volume_name(self.project, key)
        state = VolumeState(
            **{
                "name": name,
                "key": key,
                "project": "shop",
                "config_hash": volume_hash(self.project.volumes[key]),
                **fields,
            }
        )
        self.volume_states.append(state)
        return state

    def container(self, service: str, number: int = 1, **fields: Any) -> ContainerState:
        """Add an up-to-date, running container of a service, changed by `fields`."""
        definition = self.project.services[service]
        payload = render_container(self.project, definition, number, self.facts)
        situation = Situation(self.project, self.observed, UpOptions(), NOWHERE)
        shared = {
            edge.service: min(situation.replicas(edge.service), key=lambda one: one.name).id
            for edge in situation.shared_by(service)
        }
        own_labels: Mapping[str, str] = payload.body["Labels"] | {labels.IMAGE: "sha256:box"}
        state = ContainerState(
            **{
                "id": f"{service}{number}".ljust(64, "0"),
                "name": payload.name,
                "service": service,
                "number": number,
                "config_hash": hash_with_ids(definition, shared),
                "state": "running",
                "image": payload.image,
                "image_id": "sha256:box",
                "labels": dict(own_labels),
                "networks": {f"shop_{key}": f"id-shop_{key}" for key in payload.networks},
                "mounts": tuple({"Type": "volume", "Name": f"shop_{key}"} for key in payload.volumes),
                **fields,
            }
        )
        self.containers.append(state)
        return state

    def up(self, **options: Any) -> Plan:
        return plan_up(self.project, self.observed, UpOptions(**options))


def running(**services: dict[str, Any]) -> World:
    """A world in which every service is up, as the file asks for it."""
    world = World(**services)
    for key in world.project.networks:
        world.network(key)
    for name in world.project.services:
        for number in range(1, world.project.services[name].replicas + 1):
            world.container(name, number)
    return world


@pytest.fixture
def new():
    """Makes a world without anything on the engine."""
    return World


@pytest.fixture
def up():
    """Makes a world in which everything is up."""
    return running
