"""One look at an engine, limited to one project."""

from __future__ import annotations

from typing import Any

from compose.base.value import Value

_STATES = {"configured": "created", "initialized": "created", "stopped": "exited", "stopping": "running"}
"""Podman's own words for states that Docker calls otherwise."""


class EngineFacts(Value, frozen=True, kw_only=True):
    """What decides which requests an engine understands.

    `api_version` is the negotiated one as (major, minor); `name` is `docker` or `podman`. `logging_driver` and
    `default_runtime` are what containers get that ask for none ("" = not known).
    """

    name: str = "docker"
    version: str = ""
    api_version: tuple[int, int] = (1, 41)
    os: str = "linux"
    arch: str = ""
    swarm: bool = False
    rootless: bool = False
    cgroup_version: str = ""
    storage_driver: str = ""
    logging_driver: str = ""
    default_runtime: str = ""


class Published(Value, frozen=True, kw_only=True):
    """A port of a container; `public` 0 = not published. `protocol` is tcp, udp or sctp."""

    private: int
    public: int = 0
    address: str = ""
    protocol: str = "tcp"


class ContainerState(Value, frozen=True, kw_only=True):
    """A container as the list call shows it, with `inspect` when a decision needed the details.

    `state` is created, running, paused, restarting, removing, exited or dead; `status` the engine's words;
    `health` is "", starting, healthy or unhealthy; `created` seconds since the epoch. `networks` maps network
    names to network ids; `mounts` are the engine's mount points. `labels` are all labels; `service`, `number`,
    `oneoff`, `config_hash` are read from them (number 0 = none).
    """

    id: str
    name: str
    service: str = ""
    number: int = 0
    oneoff: bool = False
    config_hash: str = ""
    state: str = ""
    status: str = ""
    health: str = ""
    exit_code: int | None = None
    image: str = ""
    image_id: str = ""
    command: str = ""
    created: int = 0
    labels: dict[str, str] = {}
    ports: tuple[Published, ...] = ()
    networks: dict[str, str] = {}
    mounts: tuple[dict[str, Any], ...] = ()
    inspect: dict[str, Any] | None = None


class NetworkState(Value, frozen=True, kw_only=True):
    """A network; `key` and `project` come from Compose's labels ("" = none)."""

    id: str
    name: str
    key: str = ""
    project: str = ""
    config_hash: str = ""
    driver: str = ""
    labels: dict[str, str] = {}
    inspect: dict[str, Any] | None = None


class VolumeState(Value, frozen=True, kw_only=True):
    """A volume; `key` and `project` come from Compose's labels ("" = none)."""

    name: str
    key: str = ""
    project: str = ""
    config_hash: str = ""
    driver: str = ""
    labels: dict[str, str] = {}
    inspect: dict[str, Any] | None = None


class ImageState(Value, frozen=True, kw_only=True):
    """A local image as found for one reference.

    `identity` is what the image label of a container must equal: the id, or on API >= 1.48 the digest of the
    platform manifest. `config` is the image's Config (Env, Cmd, Volumes, Labels, ...). `last_tag_time` is the engine's
    own text of `last_tagged`, with all its digits.
    """

    reference: str
    id: str
    identity: str = ""
    repo_tags: tuple[str, ...] = ()
    repo_digests: tuple[str, ...] = ()
    os: str = ""
    architecture: str = ""
    variant: str = ""
    created: str = ""
    last_tagged: float | None = None
    last_tag_time: str = ""
    size: int = 0
    config: dict[str, Any] = {}


class Observed(Value, frozen=True, kw_only=True):
    """Everything a planner may know of the engine.

    - `containers`: all of the project, one-offs included, sorted by (service, number, name).
    - `hooks`: containers of pre_start hooks that were kept because the hook failed.
    - `networks`, `volumes`: those of the project by label, and those that the project's names hit
      whoever owns them (external ones included).
    - `images`: by reference as asked for; absent = not there.
    """

    project: str
    engine: EngineFacts = EngineFacts()
    containers: tuple[ContainerState, ...] = ()
    hooks: tuple[ContainerState, ...] = ()
    networks: tuple[NetworkState, ...] = ()
    volumes: tuple[VolumeState, ...] = ()
    images: dict[str, ImageState] = {}

    def of(self, service: str) -> tuple[ContainerState, ...]:
        """Return the service's containers by ascending number, one-offs left out."""
        return tuple(c for c in self.containers if c.service == service and not c.oneoff)


def state_word(word: str) -> str:
    """Return Docker's word for the state of a container; Podman has some of its own, and "stopped" until it has cleaned up."""
    return _STATES.get(word.lower(), word.lower())
