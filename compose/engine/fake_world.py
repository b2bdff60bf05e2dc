"""The state of a fake engine and the rules by which it changes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Any

from compose.base import labels
from compose.engine.fake_script import Exit, Health, Line, ManualClock, Script
from compose.engine.fake_streams import FakeStream, frame
from compose.engine.fake_things import FakeContainer, FakeImage, FakeNetwork, FakeVolume, stamp

_RESTARTS_IN_A_ROW = 3
"""After so many restarts a container that always ends at once stays in the state `restarting`."""
_TERMINATED, _KILLED = 143, 137


class Refusal(Exception):
    """The engine says no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class World:
    """Containers, networks, volumes and images, and who listens to what happens to them.

    Every public method expects the caller to hold `lock`.
    """

    def __init__(self, clock: ManualClock, scripts: Mapping[str, Sequence[Script]]) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.scripts = scripts
        self.containers: dict[str, FakeContainer] = {}
        self.names: dict[str, str] = {}
        self.networks: dict[str, FakeNetwork] = {}
        self.volumes: dict[str, FakeVolume] = {}
        self.images: dict[str, FakeImage] = {}
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.listeners: list[tuple[FakeStream, Callable[[dict[str, Any]], bool]]] = []
        self.followers: dict[str, list[FakeStream]] = {}
        self.waiters: dict[str, list[tuple[str, threading.Event]]] = {}
        self._ids = count(1)
        for name in ("bridge", "host", "none"):
            self.add_network(name, {"Driver": "null" if name == "none" else name})

    def new_id(self) -> str:
        """Return 64 hex digits nobody else has; the same ones in every run."""
        return sha256(str(next(self._ids)).encode()).hexdigest()

    # -- looking things up

    def container(self, reference: str) -> FakeContainer:
        """Return a container by id, name or beginning of an id."""
        found = self.containers.get(self.names.get(reference.removeprefix("/"), reference))
        if found is None and len(reference) >= len("0123456789ab"):
            found = next((one for key, one in self.containers.items() if key.startswith(reference)), None)
        if found is None:
            raise Refusal(404, f"No such container: {reference}")
        return found

    def network(self, reference: str) -> FakeNetwork:
        """Return a network by id or name."""
        found = self.networks.get(reference) or next((one for one in self.networks.values() if one.name == reference), None)
        if found is None:
            raise Refusal(404, f"network {reference} not found")
        return found

    def volume(self, name: str) -> FakeVolume:
        """Return a volume."""
        if name not in self.volumes:
            raise Refusal(404, f"get {name}: no such volume")
        return self.volumes[name]

    def image(self, reference: str) -> FakeImage:
        """Return an image by reference or id."""
        found = self.images.get(tagged(reference)) or next((one for one in self.images.values() if one.id == reference), None)
        if found is None:
            raise Refusal(404, f"No such image: {tagged(reference)}")
        return found

    # -- networks, volumes, images

    def add_network(self, name: str, body: dict[str, Any]) -> FakeNetwork:
        """Create a network."""
        if any(one.name == name for one in self.networks.values()):
            raise Refusal(409, f"network with name {name} already exists")
        network = FakeNetwork(self.new_id(), name, body)
        self.networks[network.id] = network
        return network

    def remove_network(self, reference: str) -> None:
        """Remove a network that nobody is in."""
        network = self.network(reference)
        if any(self.containers[member].running for member in network.members if member in self.containers):
            raise Refusal(403, f"error while removing network: network {network.name} id {network.id} has active endpoints")
        del self.networks[network.id]

    def connect(self, reference: str, container: FakeContainer, endpoint: dict[str, Any]) -> None:
        """Put a container into a network."""
        network = self.network(reference)
        if network.name in container.networks:
            raise Refusal(403, f"endpoint with name {container.name} already exists in network {network.name}")
        network.members[container.id] = endpoint
        container.networks[network.name] = {
            **endpoint,
            "NetworkID": network.id,
            "IPAddress": f"10.0.{len(self.networks)}.{len(network.members)}",
        }

    def disconnect(self, reference: str, container: FakeContainer) -> None:
        """Take a container out of a network."""
        network = self.network(reference)
        if network.members.pop(container.id, None) is None:
            raise Refusal(404, f"container {container.id} is not connected to network {network.name}")
        container.networks.pop(network.name, None)

    def add_volume(self, name: str, body: dict[str, Any], *, anonymous: bool = False) -> FakeVolume:
        """Create a volume, or return the one there is."""
        return self.volumes.setdefault(name, FakeVolume(name, body, anonymous=anonymous))

    def remove_volume(self, name: str, *, force: bool) -> None:
        """Remove a volume that no container has."""
        if name not in self.volumes and force:
            return
        self.volume(name)
        users = [one.id for one in self.containers.values() if any(mount.get("Name") == name for mount in one.mounts)]
        if users:
            raise Refusal(409, f"remove {name}: volume is in use - [{', '.join(users)}]")
        del self.volumes[name]

    # -- containers

    def add_container(self, name: str, body: dict[str, Any]) -> FakeContainer:
        """Create a container."""
        name = name or f"unnamed_{next(self._ids)}"
        if name in self.names:
            raise Refusal(
                409,
                f'Conflict. The container name "/{name}" is already in use by container "{self.names[name]}". '
                "You have to remove (or rename) that container to be able to reuse that name.",
            )
        container = FakeContainer(self.new_id(), name, body, self.image(str(body.get("Image"))), self.clock.now())
        container.mounts = self._mounts(container)
        self._join(container)
        self.containers[container.id] = container
        self.names[name] = container.id
        self.emit("create", container)
        return container

    def _join(self, container: FakeContainer) -> None:
        mode = str(container.host.get("NetworkMode") or "bridge")
        endpoints = dict((container.body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {})
        if mode.startswith("container:"):
            self.container(mode.removeprefix("container:"))
            return
        endpoints.setdefault("bridge" if mode == "default" else mode, {})
        for name, endpoint in endpoints.items():
            self.connect(name, container, endpoint or {})

    def _mounts(self, container: FakeContainer) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for bind in container.host.get("Binds") or ():
            source, _, rest = bind.partition(":")
            target, _, mode = rest.partition(":")
            found[target] = self._mount("bind" if source.startswith("/") else "volume", source, target, mode == "ro")
        for mount in container.host.get("Mounts") or ():
            given = (mount.get("Type", "volume"), mount.get("Source", ""), mount["Target"], bool(mount.get("ReadOnly")))
            found[mount["Target"]] = self._mount(*given)
        for other in container.host.get("VolumesFrom") or ():
            for mount in self.container(other.partition(":")[0]).mounts:
                found.setdefault(mount["Destination"], dict(mount))
        for target in {**(container.image.config.get("Volumes") or {}), **(container.body.get("Volumes") or {})}:
            if target not in found:
                found[target] = self._mount("volume", "", target, read_only=False)
        return list(found.values())

    def _mount(self, kind: str, source: str, target: str, read_only: bool) -> dict[str, Any]:  # noqa: FBT001 - as the API has it
        mount: dict[str, Any] = {"Type": kind, "Source": source, "Destination": target, "RW": not read_only}
        if kind == "volume":
            volume = self.add_volume(source or self.new_id(), {}, anonymous=not source)
            mount |= {"Name": volume.name, "Source": f"/volumes/{volume.name}", "Driver": "local"}
        return mount

    def start(self, container: FakeContainer) -> None:
        """Start a container, and let its script run."""
        if container.running:
            return
        script = self._script(container)
        if script.refuses:
            container.error, container.exit_code = script.refuses, 127
            raise Refusal(500, script.refuses)
        container.state, container.started, container.error = "running", self.clock.now(), ""
        container.exit_code, container.oom = 0, False
        container.run += 1
        container.probes, container.health = [], "starting" if container.probed else ""
        self.emit("start", container)
        healthy_at_once = (Health(status="healthy"),) if container.probed and not script.health else ()
        for item in (*script.lines, *healthy_at_once, *script.health, *((script.exit,) if script.exit else ())):
            self.clock.at(container.started + item.after, partial(self._play, container, container.run, item))

    def _script(self, container: FakeContainer) -> Script:
        runs = self.scripts.get(container.name) or self.scripts.get(container.labels.get(labels.SERVICE, "")) or (Script(),)
        return runs[min(container.run, len(runs) - 1)]

    def _play(self, container: FakeContainer, run: int, item: Line | Health | Exit) -> None:
        with self.lock:
            if container.run != run or not container.running:
                return
            if isinstance(item, Line):
                self.write(container, item.text, item.stream)
            elif isinstance(item, Health):
                self._probe(container, item)
            else:
                container.oom = item.oom
                self.die(container, item.code)

    def _probe(self, container: FakeContainer, health: Health) -> None:
        moment = stamp(self.clock.now())
        container.probes.append({"Start": moment, "End": moment, "ExitCode": health.exit_code, "Output": health.output})
        container.health = health.status
        self.emit(f"health_status: {health.status}", container)

    def write(self, container: FakeContainer, text: str, stream: str = "stdout") -> None:
        """Let a container write a line."""
        container.lines.append((self.clock.now(), stream, text))
        for follower in self.followers.get(container.id, ()):
            follower.feed(self.line(container, container.lines[-1], timestamps=True))

    def line(self, container: FakeContainer, line: tuple[float, str, str], *, timestamps: bool) -> bytes:
        """Return a line as the log call sends it."""
        moment, stream, text = line
        data = f"{stamp(moment) + ' ' if timestamps else ''}{text}\n".encode()
        return data if container.body.get("Tty") else frame(stream, data)

    def die(self, container: FakeContainer, code: int, *, asked: bool = False) -> None:
        """Let a container's process end; its restart policy may start it again."""
        container.state, container.exit_code, container.finished = "exited", code, self.clock.now()
        self.emit("die", container, exitCode=str(code))
        for follower in self.followers.pop(container.id, []):
            follower.end()
        self._wake(container, "exit")
        again = container.policy in {"always", "unless-stopped"} or (container.policy == "on-failure" and code != 0)
        if again and not asked:
            container.restarts += 1
            container.state = "restarting"
            if container.restarts <= _RESTARTS_IN_A_ROW:
                self.start(container)

    def stop(self, container: FakeContainer, *, killed: bool = False) -> None:
        """End a container's process from outside."""
        if container.running or container.state == "restarting":
            self.emit("kill", container)
            self.die(container, _KILLED if killed else _TERMINATED, asked=True)
            if not killed:
                self.emit("stop", container)

    def remove_container(self, container: FakeContainer, *, force: bool, volumes: bool) -> None:
        """Remove a container."""
        if container.running and not force:
            raise Refusal(409, f'cannot remove container "/{container.name}": container is running: stop the container')
        if container.running:
            self.die(container, _KILLED, asked=True)
        del self.containers[container.id]
        del self.names[container.name]
        for network in self.networks.values():
            network.members.pop(container.id, None)
        for mount in container.mounts if volumes else ():
            volume = self.volumes.get(mount.get("Name", ""))
            if volume is not None and volume.anonymous:
                del self.volumes[volume.name]
        self.emit("destroy", container)
        self._wake(container, "removed")

    def rename(self, container: FakeContainer, name: str) -> None:
        """Give a container another name."""
        if name in self.names:
            raise Refusal(409, f'Error when allocating new name: Conflict. The container name "/{name}" is already in use')
        del self.names[container.name]
        container.name = name
        self.names[name] = container.id
        self.emit("rename", container)

    # -- telling

    def emit(self, action: str, container: FakeContainer, **attributes: str) -> None:
        """Tell everyone who listens that something happened to a container."""
        now = self.clock.now()
        event = {
            "Type": "container",
            "Action": action,
            "Actor": {
                "ID": container.id,
                "Attributes": {
                    **container.labels,
                    "name": container.name,
                    "image": container.body.get("Image", ""),
                    **attributes,
                },
            },
            "time": int(now),
            "timeNano": int(now * 1e9),
        }
        self.events.append((now, event))
        for stream, wanted in self.listeners:
            if wanted(event):
                stream.feed(json.dumps(event).encode() + b"\n")

    def wait_for(self, container: FakeContainer, condition: str) -> threading.Event:
        """Return what is set when a container has ended or is gone."""
        event = threading.Event()
        if condition == "not-running" and not container.running:
            event.set()
        else:
            self.waiters.setdefault(container.id, []).append((condition, event))
        return event

    def _wake(self, container: FakeContainer, what: str) -> None:
        waiting = self.waiters.pop(container.id, [])
        keep = [(condition, event) for condition, event in waiting if condition == "removed" and what == "exit"]
        for condition, event in waiting:
            if (condition, event) not in keep:
                event.set()
        if keep:
            self.waiters[container.id] = keep


def tagged(reference: str) -> str:
    """Return a reference with its tag: `latest` when it has none."""
    last = reference.rpartition("/")[2]
    return reference if ":" in last or "@" in last else f"{reference}:latest"
