"""The create body of a container."""

from __future__ import annotations

from typing import Any

from compose.base import labels as label_names
from compose.base.value import Value
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.attributes import environment, fields_of
from compose.payload.files import copied_files
from compose.payload.hash import service_hash
from compose.payload.labels import container_labels
from compose.payload.mounts import mounted
from compose.payload.naming import container_name, image_name
from compose.payload.networking import Links, Networking, engine_links, networking
from compose.payload.payloads import Binding, ContainerPayload
from compose.payload.security import security
from compose.payload.surroundings import Surroundings
from compose.state.observed import EngineFacts

_SERVICE = "service:"
_SHARED = {"ipc": ("IpcMode", "IPC namespace"), "pid": ("PidMode", "PID namespace")}
_NOWHERE = Surroundings()
_NO_LINKS: Links = {}


class Shape(Value, frozen=True, kw_only=True):
    """What tells one container of a service from another.

    `labels` are those of a replica or of a one-off; `found` = others find it under the service's name;
    `stdin` and `auto_remove` are for one-offs.
    """

    name: str
    number: int
    labels: dict[str, str]
    found: bool = True
    stdin: bool = False
    auto_remove: bool = False


def render_container(
    project: Project,
    service: Service,
    number: int,
    facts: EngineFacts,
    *,
    links: Links = _NO_LINKS,
    surroundings: Surroundings = _NOWHERE,
) -> ContainerPayload:
    """Return the body of POST containers/create for replica `number` of a service.

    `links` are the containers of linked services, by service; for those left out the ones the file asks for are
    expected. Source: reconcile section 7.5.

    Raises:
        ComposeError: a seccomp profile was not given in `surroundings`, or is no JSON.
    """
    shape = Shape(
        name=container_name(project, service, number),
        number=number,
        labels={label_names.ONEOFF: "False", label_names.CONTAINER_NUMBER: str(number)},
    )
    return render_shape(project, service, shape, facts, links=links, surroundings=surroundings)


def render_shape(
    project: Project, service: Service, shape: Shape, facts: EngineFacts, *, links: Links, surroundings: Surroundings
) -> ContainerPayload:
    """Return the body for a replica or a one-off.

    Raises:
        ComposeError: a seccomp profile was not given in `surroundings`, or is no JSON.
    """
    linked = engine_links(project, service, shape.number, links)
    network = networking(project, service, facts, name=shape.name, found=shape.found, links=linked)
    mounts = mounted(project, service, facts)
    config_hash = service_hash(service)
    bindings = _bindings(service, network)
    all_labels = container_labels(project, service, config_hash=config_hash, images=surroundings.images) | shape.labels
    body = {
        **_config(project, service, shape, facts, surroundings),
        "Labels": all_labels,
        "HostConfig": {
            **fields_of(service, facts, "HostConfig"),
            **security(service, surroundings.seccomp),
            **_present(
                Binds=list(mounts.binds),
                Mounts=list(mounts.mounts),
                VolumesFrom=_foreign_volumes(service),
                Links=linked,
                NetworkMode=network.mode,
                AutoRemove=shape.auto_remove,
                **_own_namespaces(service),
            ),
        },
        **_present(
            MacAddress=network.mac_address,
            NetworkingConfig={"EndpointsConfig": network.endpoints} if network.endpoints else None,
        ),
    }
    return ContainerPayload(
        service=service.name,
        number=shape.number,
        name=shape.name,
        image=image_name(project, service),
        hash=config_hash,
        body=body,
        platform=service.platform or project.environment.get("DOCKER_DEFAULT_PLATFORM", ""),
        bindings=bindings,
        connects=network.connects,
        files=copied_files(project, service),
        networks=network.keys,
        volumes=mounts.volumes,
    )


def _config(project: Project, service: Service, shape: Shape, facts: EngineFacts, surroundings: Surroundings) -> dict[str, Any]:
    body = fields_of(service, facts, "Config")
    if facts.name == "podman" and body.get("Healthcheck", {}).get("Test"):
        body["Healthcheck"]["Test"] = _in_one_piece(body["Healthcheck"]["Test"])
    variables = {**surroundings.proxies, **service.environment}
    return body | {
        "Image": image_name(project, service),
        "AttachStdout": True,
        "AttachStderr": True,
        **_present(
            Env=environment(variables),
            AttachStdin=shape.stdin,
            StdinOnce=shape.stdin and service.stdin_open,
        ),
    }


def _in_one_piece(test: list[str]) -> list[str]:
    """Return a healthcheck's test as a line for the shell where Podman would take its arguments apart at their blanks."""
    kind, *arguments = test
    if kind != "CMD" or all(len(argument.split()) == 1 for argument in arguments):
        return test
    import shlex  # noqa: PLC0415 - hardly ever needed

    return ["CMD-SHELL", shlex.join(arguments)]


def _own_namespaces(service: Service) -> dict[str, str]:
    """Return the namespace modes that name no other service."""
    modes = {field: getattr(service, attribute) for attribute, (field, _) in _SHARED.items()}
    return {field: mode for field, mode in modes.items() if not mode.startswith(_SERVICE)}


def _bindings(service: Service, network: Networking) -> tuple[Binding, ...]:
    found = [network.binding] if network.binding is not None else []
    for attribute, (field, words) in _SHARED.items():
        mode: str = getattr(service, attribute)
        if mode.startswith(_SERVICE):
            path = ("HostConfig", field)
            found.append(Binding(path=path, service=mode.removeprefix(_SERVICE), form="container:{}", sharing=words))
    for index, entry in enumerate(service.volumes_from):
        if not entry.startswith("container:"):
            found.append(Binding(path=("HostConfig", "VolumesFrom", index), service=entry.partition(":")[0], sharing="volume"))
    return tuple(found)


def _foreign_volumes(service: Service) -> list[str]:
    """Return the `VolumesFrom` entries that are containers by name; services come in by bindings."""
    entries = (entry.split(":") for entry in service.volumes_from if entry.startswith("container:"))
    return [parts[1] for parts in entries]


def _present(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a JSON body
    return {name: value for name, value in fields.items() if value}
