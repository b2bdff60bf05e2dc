"""Making containers. Source: reconcile sections 7.3 to 7.5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from compose.base import labels
from compose.base.address import Address
from compose.model.service import Service
from compose.payload.bindings import bound
from compose.payload.container import render_container
from compose.payload.labels import as_replacement
from compose.payload.naming import replica_name, temporary_name
from compose.payload.payloads import ContainerPayload
from compose.payload.sharing import hash_with_ids, with_ids
from compose.plan.operation import CreateContainer, RemoveContainer, RunProvider, Target
from compose.plan.plan import Reason
from compose.plan.rules import shared_ids
from compose.plan.settlement import Settlement, Slot
from compose.plan.situation import Situation
from compose.plan.work import Work
from compose.state.observed import ContainerState

_NEEDED_TO_CREATE = frozenset({"network_mode", "ipc", "pid", "volumes_from", "links"})


def target_of_slot(slot: Slot) -> Target:
    """Return the container a slot ends up with: the kept one, else the one this plan creates."""
    identifier = slot.keep.id if slot.keep is not None else ""
    return Target(service=slot.service, number=slot.number, name=slot.name, id=identifier)


def group_of(slot: Slot, service: Service) -> str:
    """Return the name that ties the steps of a replacement; none for other slots.

    All replicas of a service are tied together when the failure of one, or of too many, takes back the others
    (`failure_action`).
    """
    if slot.replace is None:
        return ""
    if not is_rolled_back(service):
        return f"recreate:{slot.service}:{slot.number}"
    whole = update_group(slot.service)
    return f"{whole}/{slot.number}" if max_failure_ratio(service) else whole


def update_group(service: str) -> str:
    """Return the group of an update that is taken back as a whole."""
    return f"update:{service}"


def max_failure_ratio(service: Service) -> float:
    """Return the share of a service's replicas that may fail to be replaced."""
    update = service.deploy.update_config if service.deploy is not None else None
    return update.max_failure_ratio if update is not None else 0.0


def is_rolled_back(service: Service) -> bool:
    """Return whether a failed replica takes the whole update back."""
    update = service.deploy.update_config if service.deploy is not None else None
    return update is not None and update.failure_action == "rollback"


def names_wanted(settlements: Mapping[str, Settlement]) -> set[str]:
    """Return the names under which containers will be created."""
    slots = [slot for settlement in settlements.values() for slot in settlement.slots if slot.is_new]
    return {_first_name(slot) for slot in slots}


def _first_name(slot: Slot) -> str:
    return temporary_name(slot.replace.id, slot.name) if slot.replace is not None else slot.name


def draft_creations(work: Work, settlements: Mapping[str, Settlement], unsettled: frozenset[str]) -> None:
    """Add a step for every container that is made, and for every provider; in dependency order.

    A container waits for its networks and volumes, for containers it names by id, and for providers that give it
    variables, but not for anything to be started.
    """
    situation = work.situation
    images = {name: image for name, image in situation.observed.images.items() if name not in unsettled}
    surroundings = replace(situation.surroundings, images=images)
    names = _names_freed(work)
    for name, service in situation.services.items():
        if service.provider is not None:
            if name not in situation.options.providers_ready:
                _draft_provider(work, name)
            continue
        links = _links(situation, name, settlements)
        ids = shared_ids(situation, name, settlements)
        for slot in settlements[name].slots:
            if slot.is_new:
                facts, number = situation.observed.engine, slot.number
                payload = render_container(situation.project, service, number, facts, links=links, surroundings=surroundings)
                work.payloads[name, number] = _bound(payload, service, ids)
                before = (*_before(work, payload), names.get(_first_name(slot), ""))
                work.created[name, number] = _create(work, slot, before, with_ids(service, ids))


def _bound(payload: ContainerPayload, service: Service, ids: Mapping[str, str]) -> ContainerPayload:
    """Return the payload with the ids it shares something with, as far as those containers are there and stay.

    What is left in its bindings are containers that the plan creates.
    """
    known = [binding for binding in payload.bindings if binding.service in ids]
    if not known:
        return payload
    body = bound(payload.body, known, lambda binding: ids[binding.service])
    rest = tuple(binding for binding in payload.bindings if binding not in known)
    if not rest:
        body["Labels"] = body["Labels"] | {labels.CONFIG_HASH: hash_with_ids(service, ids)}
    return replace(payload, body=body, bindings=rest)


def _names_freed(work: Work) -> dict[str, str]:
    """Return the steps that free a name, by name."""
    return {one.name: work.removed[one.id] for one in work.situation.observed.containers if one.id in work.removed}


def _draft_provider(work: Work, name: str) -> None:
    situation = work.situation
    others = [step for other in situation.needs[name] for step in work.ready.get(other, ())]
    step = work.draft.add(
        RunProvider(service=name, action="up"),
        Reason(code="provider", text="a provider is run every time", span=situation.project.span("services", name, "provider")),
        address=Address(kind="provider", key=name),
        resource=name,
        after=others,
    )
    work.ready[name] = (step,)


def _links(situation: Situation, name: str, settlements: Mapping[str, Settlement]) -> dict[str, list[ContainerState]]:
    """Return the containers that linked services will have, under their final names."""
    found: dict[str, list[ContainerState]] = {}
    for link in situation.services[name].links:
        other = link.partition(":")[0]
        if other in settlements:
            found[other] = [ContainerState(id="", name=slot.name) for slot in settlements[other].slots]
        else:
            found[other] = list(situation.replicas(other))
    return found


def _before(work: Work, payload: ContainerPayload) -> Iterable[str]:
    situation = work.situation
    yield from (work.networks.get(key, "") for key in payload.networks)
    yield from (work.volumes.get(key, "") for key in payload.volumes)
    for edge in situation.edges_of(payload.service):
        if situation.services[edge.service].provider is not None:
            yield from work.ready.get(edge.service, ())
        if edge.why in _NEEDED_TO_CREATE:
            yield from (step for (service, _), step in work.created.items() if service == edge.service)


def _create(work: Work, slot: Slot, before: Iterable[str], service: Service) -> str:
    situation, target = work.situation, target_of_slot(slot)
    payload = work.payloads[slot.service, slot.number]
    body, temporary = payload.body, ""
    if slot.replace is not None:
        temporary = _first_name(slot)
        replaced = service.container_name or replica_name(situation.project, slot.service, slot.number)
        body = as_replacement(_inheriting(situation, slot.replace, payload), replaced)
    operation = CreateContainer(
        target=target,
        body=body,
        image=payload.image,
        platform=payload.platform,
        temporary_name=temporary,
        bindings=payload.bindings,
        connects=payload.connects,
        shared=service if payload.bindings else None,
    )
    undo = (RemoveContainer(container=target, volumes=True),) if slot.replace is not None else ()
    return work.draft.on(target, operation, slot.reason, after=before, group=group_of(slot, service), undo=undo)


def _inheriting(situation: Situation, old: ContainerState, payload: ContainerPayload) -> Mapping[str, Any]:
    """Return the body with the old container's anonymous volumes, unless new ones are asked for.

    A volume is anonymous when the service mounts nothing named at its path and either the image declares the path
    or the service has a volume without source there.
    """
    if situation.options.renew_anon_volumes:
        return payload.body
    body = payload.body
    host: dict[str, Any] = body.get("HostConfig", {})
    mounts: list[dict[str, Any]] = list(host.get("Mounts", ()))
    image = situation.observed.images.get(payload.image)
    declared = (image.config.get("Volumes") if image is not None else None) or {}
    taken = {bind.split(":")[1] for bind in host.get("Binds", ())} | {entry["Target"] for entry in mounts}
    anonymous = {entry["Target"] for entry in mounts if entry.get("Type") == "volume" and not entry.get("Source")}
    inherited: dict[str, dict[str, Any]] = {}
    for mount in old.mounts:
        path = str(mount.get("Destination", ""))
        if mount.get("Type") != "tmpfs" and (path in anonymous or (path in declared and path not in taken)):
            inherited[path] = _inherited(mount)
    if not inherited:
        return body
    mounts = [entry for entry in mounts if entry["Target"] not in inherited] + list(inherited.values())
    return {**body, "HostConfig": {**host, "Mounts": mounts}}


def _inherited(mount: Mapping[str, Any]) -> dict[str, Any]:
    source = mount.get("Name") if mount.get("Type") == "volume" else mount.get("Source")
    entry: dict[str, Any] = {"Type": mount.get("Type", "volume"), "Source": source, "Target": mount["Destination"]}
    return entry if mount.get("RW", True) else {**entry, "ReadOnly": True}
