"""What a container differs in from the one the file asks for, in the file's words.

The body that would be sent is compared with what `inspect` shows, so that a stack made by Docker Compose, or by
another version of this tool, is kept when it is what the file asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compose.base import labels
from compose.base.place import Path, Span, dotted
from compose.base.value import Value
from compose.model.project import Project
from compose.payload.bindings import bound
from compose.payload.comparison import connections, host, podman, process, storage
from compose.payload.comparison.finding import Case, Finding, at
from compose.payload.comparison.words import in_the_file
from compose.payload.files import content
from compose.payload.labels import VERSION
from compose.payload.masking import masked
from compose.payload.naming import short
from compose.payload.payloads import Binding, ContainerPayload
from compose.state.observed import ContainerState, EngineFacts, ImageState

_SAME_HASHES = "2.40."
"""The version of Docker Compose whose hashes are ours, byte for byte."""
_PARTS = (process.findings, host.findings, storage.findings, connections.findings)


class Difference(Value, frozen=True, kw_only=True):
    """One field: its path in the file's words (`services.web.environment.DB_URL`), what the container has, what the
    file asks for (None = nothing), and where. Secret-like values are masked.
    """

    path: str
    old: Any = None
    new: Any = None
    span: Span | None = None


def differences(
    payload: ContainerPayload,
    container: ContainerState,
    image: ImageState | None,
    facts: EngineFacts,
    *,
    project: Project | None = None,
    ids: Mapping[str, str] | None = None,
) -> tuple[Difference, ...]:
    """Return how an inspected container differs from a payload; empty = it can stay.

    `image` is the service's image; its defaults count as asked for, unless the container is of another image.
    `project` gives places, the file's own words where an attribute has two, and the secrets to hide. `ids` are the
    containers (by service) that namespaces and volumes are shared with; a sharing whose service is not in it is
    taken to be right.

    What `inspect` cannot tell from a default of the daemon (log options, ulimits, ...) is left out, unless the
    container was made from another config by a tool whose hashes are ours, and nothing else explains that. Where
    Podman shows nothing that explains it, the hashes themselves are the difference.
    """
    if container.inspect is None:
        message = "the comparison needs the container's inspect"
        raise ValueError(message)
    case = _case(payload, container, image, facts, ids or {})
    found = [finding for part in _PARTS for finding in part(case)]
    definite = [finding for finding in found if not finding.doubtful]
    if not definite and _config_changed(payload, container):
        definite = found
        if not found and facts.name == "podman":
            return (_unseen(payload, container, project),)
    return tuple(_difference(finding, payload, project) for finding in definite)


def _case(
    payload: ContainerPayload, container: ContainerState, image: ImageState | None, facts: EngineFacts, ids: Mapping[str, str]
) -> Case:
    inspect = container.inspect or {}
    body = _with_connects(payload)
    if facts.name == "podman":
        inspect = podman.translated(inspect, body)
    is_same_image = image is not None and container.image_id in {"", image.id, image.identity}
    return Case(
        body=_bound(body, payload.bindings, inspect, ids),
        inspect=inspect,
        container_id=container.id,
        networks=container.networks,
        image=image.config if image is not None and is_same_image else None,
        facts=facts,
    )


def _with_connects(payload: ContainerPayload) -> dict[str, Any]:
    """Return the body with the networks that are joined after creation."""
    if not payload.connects:
        return payload.body
    endpoints = {**payload.body["NetworkingConfig"]["EndpointsConfig"]}
    endpoints |= {connect.name: connect.endpoint for connect in payload.connects}
    return {**payload.body, "NetworkingConfig": {"EndpointsConfig": endpoints}}


def _bound(body: dict[str, Any], bindings: Iterable[Binding], inspect: dict[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    for binding in bindings:
        known = ids.get(binding.service) or _shown(binding, inspect)
        body = bound(body, [binding], lambda _, known=known: known)  # type: ignore[misc]
    return body


def _shown(binding: Binding, inspect: dict[str, Any]) -> str:
    """Return the container that is shared with now, whichever it is; "?" when none is."""
    *parents, last = binding.path
    if isinstance(last, int):
        entries = at(inspect, tuple(str(part) for part in parents)) or []
        return entries[last] if last < len(entries) else "?"
    value = at(inspect, (*(str(part) for part in parents), str(last)))
    prefix = binding.form.partition("{}")[0]
    return value.removeprefix(prefix) if isinstance(value, str) and value.startswith(prefix) else "?"


def _config_changed(payload: ContainerPayload, container: ContainerState) -> bool:
    """Whether the container was certainly made from another config: by a tool that hashes as this one does.

    A body with bindings is hashed in two ways, so nothing is certain there.
    """
    version = container.labels.get(labels.VERSION, "")
    hashes_alike = version == VERSION or version.startswith(_SAME_HASHES)
    return hashes_alike and not payload.bindings and container.config_hash not in {"", payload.hash}


def _unseen(payload: ContainerPayload, container: ContainerState, project: Project | None) -> Difference:
    path: Path = ("services", payload.service)
    old, new = (f"config hash {short(config_hash)}" for config_hash in (container.config_hash, payload.hash))
    return Difference(path=dotted(path), old=old, new=new, span=project.span(*path) if project is not None else None)


def _difference(finding: Finding, payload: ContainerPayload, project: Project | None) -> Difference:
    service = project.services.get(payload.service) if project is not None else None
    below = in_the_file(finding.path, project, service)
    path: Path = ("services", payload.service, *below)
    secrets = [content(project, secret) for secret in project.secrets.values()] if project is not None else []
    name = str(below[-1])
    return Difference(
        path=dotted(path),
        old=masked(name, finding.old, secrets),
        new=masked(name, finding.new, secrets),
        span=project.span(*path) if project is not None else None,
    )
