"""What rendering a project gives."""

from __future__ import annotations

from typing import Any

from compose.base.diagnostics import Diagnostic
from compose.base.value import Value


class Binding(Value, frozen=True, kw_only=True):
    """A hole in a container body that is filled when the plan runs.

    `form.format(ID)` of the first container (by name) of `service` is put at `path` of the body, e.g.
    path ("HostConfig", "NetworkMode"), form "container:{}". `sharing` names what is shared for the error
    when there is none: "network namespace", "IPC namespace", "PID namespace", "volume".
    """

    path: tuple[str | int, ...]
    service: str
    form: str = "{}"
    sharing: str = ""


class FileCopy(Value, frozen=True, kw_only=True):
    """A file put into a container before it starts (PUT containers/{id}/archive).

    `secret` keeps `content` out of every text; ids are -1 where the file says nothing.
    """

    target: str
    content: bytes
    mode: int = 0o444
    uid: int = -1
    gid: int = -1
    secret: bool = False
    label: str = ""


class Connect(Value, frozen=True, kw_only=True):
    """A network to join after creation (engines before API 1.44 take only one at creation)."""

    network: str
    name: str
    endpoint: dict[str, Any] = {}


class NetworkPayload(Value, frozen=True, kw_only=True):
    """POST networks/create; `external` networks have no body and must exist."""

    key: str
    name: str
    hash: str = ""
    body: dict[str, Any] = {}
    external: bool = False


class VolumePayload(Value, frozen=True, kw_only=True):
    """POST volumes/create; `external` volumes have no body and must exist."""

    key: str
    name: str
    hash: str = ""
    body: dict[str, Any] = {}
    external: bool = False


class ContainerPayload(Value, frozen=True, kw_only=True):
    """POST containers/create?name= for one replica.

    `hash` is the service's config hash (equal for all replicas). `networks` lists the keys of the networks it
    joins, primary first; `volumes` the keys of the project volumes it mounts. `image` is the reference.
    """

    service: str
    number: int
    name: str
    image: str
    hash: str
    body: dict[str, Any]
    platform: str = ""
    bindings: tuple[Binding, ...] = ()
    connects: tuple[Connect, ...] = ()
    files: tuple[FileCopy, ...] = ()
    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


class Payloads(Value, frozen=True, kw_only=True):
    """Everything but the containers, which are rendered one replica at a time (`render_container`)."""

    networks: dict[str, NetworkPayload] = {}
    volumes: dict[str, VolumePayload] = {}
    warnings: tuple[Diagnostic, ...] = ()
