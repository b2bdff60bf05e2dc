"""Bodies for lifecycle hooks: exec in the container, or a container of their own. Source: reconcile section 12."""

from __future__ import annotations

from typing import Any

from compose.base import labels
from compose.base.value import Value
from compose.model.develop import Hook
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.attributes import environment
from compose.payload.labels import VERSION
from compose.payload.naming import container_name, image_name
from compose.payload.networking import networking
from compose.payload.payloads import Binding, Connect
from compose.state.observed import EngineFacts

PRE_START = "pre_start"
"""Value of the hook label."""


class HookContainer(Value, frozen=True, kw_only=True):
    """The container of a `pre_start` hook: POST containers/create without a name, then the `connects`.

    The id of the service's container goes to the end of `HostConfig.VolumesFrom` (`with_volumes_of`).
    """

    image: str
    body: dict[str, Any]
    platform: str = ""
    bindings: tuple[Binding, ...] = ()
    connects: tuple[Connect, ...] = ()


def exec_body(hook: Hook) -> dict[str, Any]:
    """Return the body of POST containers/{id}/exec for a `post_start` or `pre_stop` hook."""
    optional: dict[str, Any] = {
        "User": hook.user,
        "Privileged": hook.privileged,
        "WorkingDir": hook.working_dir,
        "Env": environment(hook.environment),
    }
    body: dict[str, Any] = {"AttachStdout": True, "AttachStderr": True, "Cmd": list(hook.command)}
    return body | {field: value for field, value in optional.items() if value}


def exec_start_body(service: Service) -> dict[str, Any]:
    """Return the body of POST exec/{id}/start, attached; a terminal where the service has one."""
    return {"Detach": False, "Tty": service.tty}


def pre_start_container(project: Project, service: Service, hook: Hook, facts: EngineFacts) -> HookContainer:
    """Return the container that runs a `pre_start` hook: the service's networks and variables, the hook's command."""
    network = networking(project, service, facts, name=container_name(project, service, 0), found=True, links=())
    optional: dict[str, Any] = {
        "Cmd": list(hook.command),
        "User": hook.user,
        "WorkingDir": hook.working_dir,
        "Env": environment(service.environment) + environment(hook.environment),
        "NetworkingConfig": {"EndpointsConfig": network.endpoints} if network.endpoints else None,
    }
    host: dict[str, Any] = {"Privileged": hook.privileged, "NetworkMode": network.mode}
    image = hook.image or image_name(project, service)
    body = {
        "Image": image,
        "Labels": {
            **project.labels,
            labels.PROJECT: project.name,
            labels.SERVICE: service.name,
            labels.VERSION: VERSION,
            labels.HOOK: PRE_START,
        },
        "HostConfig": {field: value for field, value in host.items() if value},
        **{field: value for field, value in optional.items() if value},
    }
    return HookContainer(
        image=image,
        body=body,
        platform=service.platform,
        bindings=(network.binding,) if network.binding is not None else (),
        connects=network.connects,
    )


def with_volumes_of(body: dict[str, Any], container_id: str) -> dict[str, Any]:
    """Return a hook container's body that mounts the volumes of the service's container."""
    host = body["HostConfig"]
    return {**body, "HostConfig": {**host, "VolumesFrom": [*host.get("VolumesFrom", ()), container_id]}}
