"""Whether a container is what its service asks for: by the hash label, else field by field."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from compose.base.place import Span
from compose.base.value import Value
from compose.model.service import Service
from compose.payload.compare import differences
from compose.payload.container import render_container
from compose.payload.hash import service_hash
from compose.plan.plan import Change, Reason
from compose.plan.situation import Situation
from compose.state.observed import ContainerState

_SERVICE = "service:"
_CHANGED = "its configuration changed"
_NAMESPACES = ("network_mode", "ipc", "pid")


def expected_hash(service: Service, ids: Mapping[str, str]) -> str:
    """Return the hash label of a container; `ids` are those of the containers it shares something with, by service.

    Docker Compose hashes a service after `service:x` became the id of a container.
    """
    return service_hash(with_ids(service, ids))


def with_ids(service: Service, ids: Mapping[str, str]) -> Service:
    """Return the service with references to other services turned into container ids, as far as they are known."""
    changed: dict[str, str | tuple[str, ...]] = {}
    for attribute in _NAMESPACES:
        value: str = getattr(service, attribute)
        name = value.removeprefix(_SERVICE)
        if name != value and name in ids:
            changed[attribute] = f"container:{ids[name]}"
    if service.volumes_from:
        changed["volumes_from"] = tuple(ids.get(entry.partition(":")[0], entry) for entry in service.volumes_from)
    return replace(service, **changed) if changed else service


class Sharing(Value, frozen=True, kw_only=True):
    """The containers a service shares something with: ids by service, and when the youngest of them was made."""

    ids: dict[str, str] = {}
    created: int = 0


def is_settled(service: Service, container: ContainerState, sharing: Sharing) -> bool:
    """Return whether the hash label alone says that a container fits its service.

    A container that was made in one go with the one it shares something with bears the hash of the service as
    written; that counts while it is not older than the other.
    """
    if container.config_hash == expected_hash(service, sharing.ids):
        return True
    is_as_written = bool(sharing.ids) and container.config_hash == service_hash(service)
    return is_as_written and container.created >= sharing.created


def config_reason(situation: Situation, service: Service, container: ContainerState, sharing: Sharing) -> Reason | None:
    """Return why a container does not fit its service, None when it does.

    An equal hash label settles it. Otherwise the container's details decide when they are known, and a differing
    label alone when they are not.
    """
    has_expected_hash = is_settled(service, container, sharing)
    if container.inspect is None or (has_expected_hash and not situation.options.drift):
        return None if has_expected_hash else Reason(code="config-changed", text=_CHANGED, span=_span(situation, service))
    changes = _changes(situation, service, container, sharing.ids)
    if not changes:
        return None
    if has_expected_hash:
        return Reason(code="drifted", text="it was changed behind our back", changes=changes, span=changes[0].span)
    return Reason(code="config-changed", text=_CHANGED, changes=changes, span=changes[0].span)


def _changes(situation: Situation, service: Service, container: ContainerState, ids: Mapping[str, str]) -> tuple[Change, ...]:
    observed = situation.observed
    surroundings = replace(situation.surroundings, images=observed.images)
    payload = render_container(situation.project, service, container.number, observed.engine, surroundings=surroundings)
    image = observed.images.get(payload.image)
    found = differences(payload, container, image, observed.engine, project=situation.project, ids=ids)
    return tuple(Change(path=one.path, old=one.old, new=one.new, span=one.span) for one in found)


def needs_inspect(situation: Situation, service: Service, container: ContainerState, sharing: Sharing) -> bool:
    """Return whether only the details of a container tell if it fits its service."""
    return situation.options.drift or not is_settled(service, container, sharing)


def _span(situation: Situation, service: Service) -> Span | None:
    return situation.project.span("services", service.name)
