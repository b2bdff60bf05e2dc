"""The things a fake engine has, and how the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NEVER = "0001-01-01T00:00:00Z"
_SECRET_HOLES = {"NONE", ""}


def stamp(moment: float) -> str:
    """Return a time as the engine writes it, with nanoseconds; 0 is never."""
    if not moment:
        return NEVER
    whole = datetime.fromtimestamp(int(moment), tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{round((moment - int(moment)) * 1e9):09d}Z"


class FakeImage:
    """A local image."""

    def __init__(self, identifier: str, *tags: str, config: dict[str, Any] | None = None, platform: str = "linux/amd64") -> None:
        self.id = identifier
        self.tags = list(tags)
        self.config = config or {}
        self.os, self.architecture, self.variant = (*platform.split("/"), "")[:3]

    def shown(self) -> dict[str, Any]:
        """Return the answer of GET images/{name}/json."""
        return {
            "Id": self.id,
            "RepoTags": list(self.tags),
            "RepoDigests": [],
            "Os": self.os,
            "Architecture": self.architecture,
            "Variant": self.variant,
            "Created": stamp(1.0),
            "Size": 1,
            "Config": self.config,
        }


class FakeNetwork:
    """A network and the ids of the containers that are in it."""

    def __init__(self, identifier: str, name: str, body: dict[str, Any]) -> None:
        self.id = identifier
        self.name = name
        self.body = body
        self.members: dict[str, dict[str, Any]] = {}

    def shown(self) -> dict[str, Any]:
        """Return an item of GET networks."""
        return {
            "Id": self.id,
            "Name": self.name,
            "Driver": self.body.get("Driver") or "bridge",
            "Options": self.body.get("Options") or {},
            "IPAM": self.body.get("IPAM") or {},
            "Internal": bool(self.body.get("Internal")),
            "Attachable": bool(self.body.get("Attachable")),
            "EnableIPv6": bool(self.body.get("EnableIPv6")),
            "Labels": self.body.get("Labels") or {},
        }


class FakeVolume:
    """A volume."""

    def __init__(self, name: str, body: dict[str, Any], *, anonymous: bool = False) -> None:
        self.name = name
        self.body = body
        self.anonymous = anonymous

    def shown(self) -> dict[str, Any]:
        """Return an item of GET volumes."""
        return {
            "Name": self.name,
            "Driver": self.body.get("Driver") or "local",
            "Options": self.body.get("DriverOpts") or None,
            "Labels": self.body.get("Labels") or {},
            "Mountpoint": f"/volumes/{self.name}",
            "Scope": "local",
        }


class FakeContainer:
    """A container."""

    def __init__(self, identifier: str, name: str, body: dict[str, Any], image: FakeImage, created: float) -> None:
        self.id = identifier
        self.name = name
        self.body = body
        self.image = image
        self.created = created
        self.labels: dict[str, str] = {**(image.config.get("Labels") or {}), **(body.get("Labels") or {})}
        self.host: dict[str, Any] = body.get("HostConfig") or {}
        self.healthcheck: dict[str, Any] = body.get("Healthcheck") or image.config.get("Healthcheck") or {}
        self.state = "created"
        self.exit_code = 0
        self.oom = False
        self.error = ""
        self.started = 0.0
        self.finished = 0.0
        self.restarts = 0
        self.run = 0
        self.health = ""
        self.probes: list[dict[str, Any]] = []
        self.networks: dict[str, dict[str, Any]] = {}
        self.mounts: list[dict[str, Any]] = []
        self.files: dict[str, tuple[bytes, Any]] = {}
        self.lines: list[tuple[float, str, str]] = []
        self.stdin = b""

    @property
    def probed(self) -> bool:
        """Whether the container has a healthcheck."""
        test = self.healthcheck.get("Test") or []
        return bool(test) and test[0] not in _SECRET_HOLES

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self.state in {"running", "paused"}

    @property
    def policy(self) -> str:
        """The restart policy's name, "" for none."""
        name = str((self.host.get("RestartPolicy") or {}).get("Name") or "")
        return "" if name == "no" else name

    def listed(self, now: float) -> dict[str, Any]:
        """Return an item of GET containers/json."""
        return {
            "Id": self.id,
            "Names": [f"/{self.name}"],
            "Image": self.body.get("Image", ""),
            "ImageID": self.image.id,
            "Command": " ".join(self.body.get("Cmd") or ()),
            "Created": int(self.created),
            "Ports": [],
            "Labels": self.labels,
            "State": self.state,
            "Status": self._status(now),
            "NetworkSettings": {"Networks": self.networks},
            "Mounts": self.mounts,
        }

    def shown(self) -> dict[str, Any]:
        """Return the answer of GET containers/{id}/json."""
        state: dict[str, Any] = {
            "Status": self.state,
            "Running": self.running,
            "Paused": self.state == "paused",
            "Restarting": self.state == "restarting",
            "OOMKilled": self.oom,
            "Dead": False,
            "ExitCode": self.exit_code,
            "Error": self.error,
            "StartedAt": stamp(self.started),
            "FinishedAt": stamp(self.finished),
        }
        if self.probed:
            state["Health"] = {"Status": self.health or "starting", "FailingStreak": 0, "Log": list(self.probes)}
        config = {key: value for key, value in self.body.items() if key not in {"HostConfig", "NetworkingConfig"}}
        return {
            "Id": self.id,
            "Name": f"/{self.name}",
            "Created": stamp(self.created),
            "Image": self.image.id,
            "RestartCount": self.restarts,
            "State": state,
            "Config": {**self.image.config, **config, "Labels": self.labels},
            "HostConfig": self.host,
            "Mounts": self.mounts,
            "NetworkSettings": {"Networks": self.networks, "Ports": {}},
        }

    def _status(self, now: float) -> str:
        if self.state == "created":
            return "Created"
        if self.state in {"exited", "dead"}:
            return f"Exited ({self.exit_code}) {int(now - self.finished)} seconds ago"
        if self.state == "restarting":
            return f"Restarting ({self.exit_code}) {int(now - self.finished)} seconds ago"
        health = {"healthy": " (healthy)", "unhealthy": " (unhealthy)", "starting": " (health: starting)"}.get(self.health, "")
        return f"Up {int(now - self.started)} seconds{' (Paused)' if self.state == 'paused' else health if self.probed else ''}"
