"""Engine answers as values: Docker 20 to 29 and Podman 4 and 5. Pure.

Every function raises ComposeError (`unexpected-engine-answer`) when an answer has another shape than the API
promises; keys that are missing are empty.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from compose.base import labels as label_names
from compose.base.pattern import lazy_pattern
from compose.state.answer import Answer, unexpected
from compose.state.image import image_from_inspect, serves
from compose.state.observed import ContainerState, EngineFacts, NetworkState, Published, VolumeState, state_word

__all__ = [
    "container_from_inspect",
    "container_from_list",
    "facts_from",
    "image_from_inspect",
    "network_from_list",
    "serves",
    "volume_from_list",
    "with_inspect",
]

_EXITED = lazy_pattern(r"Exited \((\d+)\)")
HEALTH_WORDS = {"healthy": "(healthy)", "unhealthy": "(unhealthy)", "starting": "(health: starting)"}
"""How Docker's list tells of health, at the end of the status."""
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - where a port is published that Podman names no address for
_VERSION = lazy_pattern(r"(\d+)\.(\d+)")
_NO_FACTS = EngineFacts()


def facts_from(version: Any, info: Any = None, *, api_version: tuple[int, int] | None = None) -> EngineFacts:  # noqa: ANN401 - JSON
    """Return what an engine is, from GET version and GET info; `api_version` is the negotiated one, if not the engine's."""
    said = Answer(version, "its version")
    more = Answer(info or {}, "itself")
    components = said.objects("Components")
    engine = next((part for part in components if "engine" in part.text("Name").lower()), said)
    name = "podman" if any("podman" in part.text("Name").lower() for part in components) else "docker"
    options = more.texts("SecurityOptions")
    return EngineFacts(
        name=name,
        version=engine.text("Version") or said.text("Version"),
        api_version=api_version or _api_version(said),
        os=said.text("Os") or more.text("OSType") or _NO_FACTS.os,
        arch=said.text("Arch") or more.text("Architecture"),
        swarm=more.inner("Swarm").text("LocalNodeState") == "active",
        rootless=more.flag("Rootless") or "name=rootless" in options,
        cgroup_version=str(more.value.get("CgroupVersion") or ""),
        storage_driver=more.text("Driver"),
        logging_driver=more.text("LoggingDriver"),
        default_runtime=more.text("DefaultRuntime"),
    )


def _api_version(version: Answer) -> tuple[int, int]:
    text = version.text("ApiVersion")
    found = version_of(text)
    if found is None:
        raise unexpected("its version", f"`ApiVersion` is `{text}`")
    return found


def version_of(text: str) -> tuple[int, int] | None:
    """Return the API version that a text such as `1.51` says, None when it says none."""
    match = _VERSION.fullmatch(text)
    return None if match is None else (int(match[1]), int(match[2]))


def container_from_list(item: Any) -> ContainerState:  # noqa: ANN401 - JSON
    """Return a container from one item of GET containers/json."""
    said = Answer(item, "a container")
    status = said.text("Status")
    exited = _EXITED.match(status)
    return _labelled(
        ContainerState(
            id=_needed(said, "Id"),
            name=_name(said),
            state=state_word(said.text("State")),
            status=status,
            health=_health(said, status),
            exit_code=int(exited[1]) if exited else None,
            image=said.text("Image"),
            image_id=said.text("ImageID"),
            command=said.text("Command"),
            created=int(said.time("Created") or 0),
            labels=said.mapping("Labels"),
            ports=tuple(_port(port) for port in said.objects("Ports")),
            networks=_networks(said),
            mounts=tuple(mount.value for mount in said.objects("Mounts")),
        )
    )


def container_from_inspect(answer: Any) -> ContainerState:  # noqa: ANN401 - JSON
    """Return a container from GET containers/{id}/json alone."""
    said = Answer(answer, "a container")
    return with_inspect(ContainerState(id=_needed(said, "Id"), name=_name(said)), answer)


def with_inspect(container: ContainerState, answer: Any) -> ContainerState:  # noqa: ANN401 - JSON
    """Return a container with what GET containers/{id}/json says; the list's `status` and `command` words stay."""
    said = Answer(answer, "a container")
    state, config = said.inner("State"), said.inner("Config")
    word = state_word(state.text("Status")) or container.state
    created = said.time("Created")
    return _labelled(
        replace(
            container,
            name=_name(said) or container.name,
            state=word,
            health=_health_word(state.inner("Health").text("Status")),
            exit_code=state.number("ExitCode") if word in {"exited", "dead"} else None,
            image=config.text("Image") or container.image,
            image_id=said.text("Image") or container.image_id,
            created=container.created if created is None else int(created),
            labels=config.mapping("Labels"),
            ports=_inspected_ports(said) or container.ports,
            networks=_networks(said) or container.networks,
            mounts=tuple(mount.value for mount in said.objects("Mounts")),
            inspect=said.value,
        )
    )


def _labelled(container: ContainerState) -> ContainerState:
    """Return the container with the fields that its labels tell."""
    labels = container.labels
    number = labels.get(label_names.CONTAINER_NUMBER, "")
    return replace(
        container,
        service=labels.get(label_names.SERVICE, ""),
        number=int(number) if number.isdecimal() else 0,
        oneoff=labels.get(label_names.ONEOFF, "").lower() == "true",
        config_hash=labels.get(label_names.CONFIG_HASH, ""),
    )


def _needed(said: Answer, key: str) -> str:
    value = said.text(key)
    if not value:
        raise unexpected(said.what, f"`{key}` is missing")
    return value


def _name(said: Answer) -> str:
    """Return the container's own name: of `Names`, the one that is no link's (`/other/alias`)."""
    own = said.value.get("Names")
    names = said.texts("Names") if own is not None else (said.text("Name"),)
    stripped = [name.removeprefix("/") for name in names]
    return next((name for name in stripped if "/" not in name), stripped[0] if stripped else "")


def _health(said: Answer, status: str) -> str:
    """Return the health the list call tells: its own field on API 1.52, words in the status before."""
    word = said.inner("Health").text("Status")
    if word:
        return _health_word(word)
    return next((health for health, words in HEALTH_WORDS.items() if status.endswith(words)), "")


def _health_word(word: str) -> str:
    return word if word in HEALTH_WORDS else ""


def _port(port: Answer) -> Published:
    public = port.number("PublicPort")
    return Published(
        private=port.number("PrivatePort"),
        public=public,
        address=port.text("IP") or (_EVERYWHERE if public else ""),
        protocol=port.text("Type") or "tcp",
    )


def _inspected_ports(said: Answer) -> tuple[Published, ...]:
    found: list[Published] = []
    ports = said.inner("NetworkSettings").inner("Ports")
    for key in ports.value:
        number, _, protocol = key.partition("/")
        if not number.isdecimal():
            raise unexpected(said.what, f"`{key}` is no port")
        private, protocol = int(number), protocol or "tcp"
        bindings = ports.objects(key)
        if not bindings:
            found.append(Published(private=private, protocol=protocol))
        for binding in bindings:
            public = int(binding.text("HostPort") or 0)
            where = binding.text("HostIp") or (_EVERYWHERE if public else "")
            found.append(Published(private=private, public=public, address=where, protocol=protocol))
    return tuple(found)


def _networks(said: Answer) -> dict[str, str]:
    networks = said.inner("NetworkSettings").inner("Networks")
    return {name: networks.inner(name).text("NetworkID") for name in networks.value}


def network_from_list(item: Any) -> NetworkState:  # noqa: ANN401 - JSON
    """Return a network from one item of GET networks, or from GET networks/{id}."""
    said = Answer(item, "a network")
    labels = said.mapping("Labels")
    return NetworkState(
        id=_needed(said, "Id"),
        name=_needed(said, "Name"),
        key=labels.get(label_names.NETWORK, ""),
        project=labels.get(label_names.PROJECT, ""),
        config_hash=labels.get(label_names.CONFIG_HASH, ""),
        driver=said.text("Driver"),
        labels=labels,
        inspect=said.value,
    )


def volume_from_list(item: Any) -> VolumeState:  # noqa: ANN401 - JSON
    """Return a volume from one item of the `Volumes` of GET volumes, or from GET volumes/{name}."""
    said = Answer(item, "a volume")
    labels = said.mapping("Labels")
    return VolumeState(
        name=_needed(said, "Name"),
        key=labels.get(label_names.VOLUME, ""),
        project=labels.get(label_names.PROJECT, ""),
        config_hash=labels.get(label_names.CONFIG_HASH, ""),
        driver=said.text("Driver"),
        labels=labels,
        inspect=said.value,
    )
