"""Whether a container is what its service asks for: by the hash label, else field by field."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from compose.base.place import Span
from compose.model.service import Service
from compose.payload.compare import differences
from compose.payload.container import render_container
from compose.payload.sharing import hash_with_ids
from compose.plan.plan import Change, Reason
from compose.plan.situation import Situation
from compose.state.observed import ContainerState

_CHANGED = "its configuration changed"


def config_reason(situation: Situation, service: Service, container: ContainerState, ids: Mapping[str, str]) -> Reason | None:
    """Return why a container does not fit its service, None when it does.

    `ids` are the containers it shares something with, by service. An equal hash label settles it. Otherwise the
    container's details decide when they are known, and a differing label alone when they are not.
    """
    has_expected_hash = container.config_hash == hash_with_ids(service, ids)
    if container.inspect is None or (has_expected_hash and not situation.options.drift):
        return None if has_expected_hash else Reason(code="config-changed", text=_CHANGED, span=_span(situation, service))
    changes = _changes(situation, service, container, ids)
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


def needs_inspect(situation: Situation, service: Service, container: ContainerState, ids: Mapping[str, str]) -> bool:
    """Return whether only the details of a container tell if it fits its service."""
    return situation.options.drift or container.config_hash != hash_with_ids(service, ids)


def _span(situation: Situation, service: Service) -> Span | None:
    return situation.project.span("services", service.name)
