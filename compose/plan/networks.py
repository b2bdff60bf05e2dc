"""What happens to the project's networks. Source: reconcile sections 3 and 5."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.value import Value
from compose.payload.container import render_container
from compose.payload.networking import by_priority
from compose.payload.payloads import NetworkPayload
from compose.plan.draft import Draft, target_of
from compose.plan.operation import (
    ConnectNetwork,
    CreateNetwork,
    DisconnectNetwork,
    RemoveNetwork,
    StartContainer,
    StopContainer,
)
from compose.plan.plan import Reason
from compose.plan.resource_changes import network_changes
from compose.plan.situation import Situation, is_running
from compose.plan.work import Work
from compose.state.observed import ContainerState, NetworkState

_ABSENT = Reason(code="absent", text="the network does not exist yet")
_KEPT_FIELDS = ("Name", "Driver", "Options", "IPAM", "Internal", "Attachable", "EnableIPv6", "EnableIPv4", "Labels")
"""Fields of a network's inspect that its create body takes as they are."""


class NetworkFate(Value, frozen=True, kw_only=True):
    """What happens to one network: `reuse` (also external ones), `create`, or `replace` the one that is there."""

    payload: NetworkPayload
    fate: Literal["reuse", "create", "replace"]
    state: NetworkState | None = None
    reason: Reason = _ABSENT

    @property
    def is_renamed(self) -> bool:
        """Whether the network that is there has another name, so that both can exist for a while."""
        return self.state is not None and self.state.name != self.payload.name


def decide_networks(situation: Situation, warnings: list[Diagnostic]) -> dict[str, NetworkFate]:
    """Return the fate of each network by key.

    Raises:
        ComposeError: external networks are missing or ambiguous (all of them at once).
    """
    problems: list[Diagnostic] = []
    fates: dict[str, NetworkFate] = {}
    for key, payload in situation.payloads.networks.items():
        if payload.external:
            problems += _external_problems(situation, payload)
            fates[key] = NetworkFate(payload=payload, fate="reuse", state=_external(situation, payload))
        else:
            fates[key] = _fate(situation, payload)
            warnings += _warnings(situation, fates[key])
    if problems:
        raise ComposeError(*problems)
    return fates


def _external(situation: Situation, payload: NetworkPayload) -> NetworkState | None:
    networks = situation.observed.networks
    return next((one for one in networks if payload.name in {one.name, one.id}), None)


def _external_problems(situation: Situation, payload: NetworkPayload) -> Iterator[Diagnostic]:
    name = payload.name
    found = [one for one in situation.observed.networks if name in {one.name, one.id}]
    span = situation.project.span("networks", payload.key)
    if len(found) > 1:
        summary = f'multiple networks with name "{name}" were found. Use network ID as `name` to avoid ambiguity'
        yield Diagnostic(severity="error", code="network-ambiguous", summary=summary, span=span)
    if not found and not situation.observed.engine.swarm:
        summary = f"network {name} declared as external, but could not be found"
        hint = f"create it (`docker network create {name}`), or drop `external` to let the project own it"
        yield Diagnostic(severity="error", code="network-not-found", summary=summary, span=span, hint=hint)


def _fate(situation: Situation, payload: NetworkPayload) -> NetworkFate:
    state = situation.network(payload.key)
    if state is None:
        return NetworkFate(payload=payload, fate="create")
    owned = state.key == payload.key and state.project == situation.project.name
    if not owned or not state.config_hash or state.config_hash == payload.hash:
        return NetworkFate(payload=payload, fate="reuse", state=state)
    span = situation.project.span("networks", payload.key)
    if state.name != payload.name:
        reason = Reason(code="renamed", text=f"the network is now called {payload.name}, it was {state.name}", span=span)
    else:
        changes = network_changes(situation.project, payload, state)
        reason = Reason(code="config-changed", text="the network is configured otherwise", changes=changes, span=span)
    return NetworkFate(payload=payload, fate="replace", state=state, reason=reason)


def _warnings(situation: Situation, fate: NetworkFate) -> Iterator[Diagnostic]:
    project, payload, state = situation.project.name, fate.payload, fate.state
    span = situation.project.span("networks", payload.key)
    if state is not None and state.project != project:
        about = f'for project "{project}"' if state.project else "by compose"
        summary = f"a network with name {state.name} exists but was not created {about}."
        hint = "Set `external: true` to use an existing network"
        yield Diagnostic(severity="warning", code="network-unmanaged", summary=summary, span=span, hint=hint)
    for other in situation.networks(payload.key)[1:]:
        is_namesake = other.name == payload.name
        end = "the one without containers is removed when it is in the way" if is_namesake else "it is left untouched"
        summary = f"another network of this project stands for `{payload.key}`: {other.name}; {end}"
        yield Diagnostic(severity="warning", code="network-duplicate", summary=summary, span=span)


def draft_networks(work: Work, fates: Mapping[str, NetworkFate], leaving: Collection[str]) -> None:
    """Add the steps for networks that are created or replaced.

    `leaving` are ids of containers that will be removed or replaced themselves: they are taken off the network, but
    not put back.
    """
    for key in sorted(fates):
        fate = fates[key]
        if fate.fate == "create":
            work.networks[key] = _create(work.draft, fate, ())
        elif fate.fate == "replace":
            _replace(work, fate, leaving)


def _create(draft: Draft, fate: NetworkFate, after: tuple[str, ...], group: str = "") -> str:
    payload = fate.payload
    return draft.add(
        CreateNetwork(key=payload.key, name=payload.name, body=payload.body),
        fate.reason,
        address=Address(kind="network", key=payload.key),
        resource=f"Network {payload.name}",
        after=after,
        group=group,
        commit=bool(group),
    )


def _replace(work: Work, fate: NetworkFate, leaving: Collection[str]) -> None:
    """Stop and disconnect every container on the network, make it anew, and connect those that stay.

    A network of another name does not stand in the way of the new one, and goes last.
    """
    payload, state = fate.payload, fate.state
    assert state is not None
    group = f"network:{payload.key}"
    attached = [one for one in work.situation.observed.containers if _is_on(one, state)]
    renamed = fate.is_renamed
    if renamed:
        attached = [one for one in attached if one.id not in leaving and _can_move(work.situation, one, payload.key)]
    loose = tuple(_detach(work, fate, container, group) for container in attached)
    removal = "" if renamed else _remove(work.draft, fate, loose, group)
    work.networks[payload.key] = _create(work.draft, fate, (removal,), group)
    for container in attached:
        if container.id not in leaving:
            _attach(work, fate, container)


def _can_move(situation: Situation, container: ContainerState, key: str) -> bool:
    """Whether a container can go on with a network of another name: of its first network it remembers the name.

    Others stay on the old one, and it stays with them; what is replaced can run on it again if its replacement fails.
    """
    service = situation.services.get(container.service)
    return service is not None and not container.oneoff and by_priority(service)[:1] != (key,)


def draft_old_networks(work: Work, fates: Mapping[str, NetworkFate]) -> None:
    """Add the steps that remove networks that others with a new name stand for, once nothing is on them."""
    for key in sorted(fates):
        fate = fates[key]
        if fate.fate == "replace" and fate.is_renamed and fate.state is not None:
            attached = [one.id for one in work.situation.observed.containers if _is_on(one, fate.state)]
            gone = [work.removed.get(one, "") for one in attached]
            loose = [step for one in attached for step in work.detached.get(one, ())]
            _remove(work.draft, fate, (*loose, *gone))


def _is_on(container: ContainerState, network: NetworkState) -> bool:
    return network.name in container.networks or network.id in container.networks.values()


def _detach(work: Work, fate: NetworkFate, container: ContainerState, group: str) -> str:
    situation, draft = work.situation, work.draft
    state, target = fate.state, target_of(container)
    assert state is not None
    if is_running(container) and container.id not in work.stopped:
        work.moved[container.id] = _moved(fate)
        work.stopped[container.id] = draft.on(
            target,
            StopContainer(container=target, timeout=situation.options.timeout),
            _moved(fate),
            group=group,
            undo=(StartContainer(container=target),),
        )
    endpoint = endpoint_of(situation, container, fate.payload.key)
    step = draft.on(
        target,
        DisconnectNetwork(network=state.name, id=state.id, container=target),
        _moved(fate),
        after=(work.stopped.get(container.id, ""),),
        group=group,
        undo=(ConnectNetwork(network=fate.payload.key, name=state.name, container=target, endpoint=endpoint),),
    )
    work.detached[container.id] = (*work.detached.get(container.id, ()), step)
    return step


def _remove(draft: Draft, fate: NetworkFate, after: tuple[str, ...], group: str = "") -> str:
    key, state = fate.payload.key, fate.state
    assert state is not None
    body = {field: state.inspect[field] for field in _KEPT_FIELDS if state.inspect and state.inspect.get(field)}
    return draft.add(
        RemoveNetwork(key=key, name=state.name, id=state.id, tolerant=not group),
        fate.reason,
        address=Address(kind="network", key=key),
        resource=f"Network {state.name}",
        after=after,
        group=group,
        undo=(CreateNetwork(key=key, name=state.name, body=body),) if group and body else (),
    )


def _attach(work: Work, fate: NetworkFate, container: ContainerState) -> None:
    payload, target = fate.payload, target_of(container)
    endpoint = endpoint_of(work.situation, container, payload.key)
    step = work.draft.on(
        target,
        ConnectNetwork(network=payload.key, name=payload.name, container=target, endpoint=endpoint),
        _moved(fate),
        after=(work.networks[payload.key],),
    )
    work.connected.setdefault(container.id, {})[payload.key] = step


def _moved(fate: NetworkFate) -> Reason:
    return Reason(code="network-changed", text=f"its network `{fate.payload.key}` is made anew", span=fate.reason.span)


def endpoint_of(situation: Situation, container: ContainerState, key: str) -> dict[str, Any]:
    """Return how a container joins a network, as its service says (aliases, addresses)."""
    project = situation.project
    service = project.services.get(container.service) or project.disabled.get(container.service)
    if service is None or container.oneoff or key not in service.networks:
        return {"Aliases": [container.name]}
    payload = render_container(project, service, container.number, situation.observed.engine, surroundings=situation.surroundings)
    endpoints: Mapping[str, dict[str, Any]] = payload.body.get("NetworkingConfig", {}).get("EndpointsConfig", {})
    later = {connect.network: connect.endpoint for connect in payload.connects}
    return (
        endpoints.get(situation.payloads.networks[key].name) or later.get(key) or {"Aliases": [container.name, container.service]}
    )
