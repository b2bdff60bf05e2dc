"""What happens to the project's volumes. Source: reconcile sections 3 and 6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.value import Value
from compose.graph.dependency import dependants
from compose.payload.payloads import VolumePayload
from compose.plan.operation import CreateVolume, RemoveVolume
from compose.plan.plan import Confirmation, Reason
from compose.plan.resource_changes import volume_changes
from compose.plan.situation import Situation
from compose.plan.work import Work
from compose.state.observed import ContainerState, VolumeState

_ABSENT = Reason(code="absent", text="the volume does not exist yet")


class VolumeFate(Value, frozen=True, kw_only=True):
    """What happens to one volume: `reuse` (also external ones), `create`, or `replace` with the loss of its data."""

    payload: VolumePayload
    fate: Literal["reuse", "create", "replace"]
    state: VolumeState | None = None
    reason: Reason = _ABSENT


def decide_volumes(situation: Situation, warnings: list[Diagnostic], confirmations: list[Confirmation]) -> dict[str, VolumeFate]:
    """Return the fate of each volume by key; what would lose data is asked first and kept until confirmed.

    Raises:
        ComposeError: external volumes are missing (all of them at once).
    """
    problems: list[Diagnostic] = []
    fates: dict[str, VolumeFate] = {}
    for key, payload in situation.payloads.volumes.items():
        state = situation.volume(key)
        fates[key] = VolumeFate(payload=payload, fate="reuse" if state else "create", state=state)
        if payload.external:
            fates[key] = VolumeFate(payload=payload, fate="reuse", state=state)
            problems += _external_problems(situation, payload, state)
        elif state is not None and state.project != situation.project.name:
            warnings.append(_unmanaged(situation, payload, state))
        elif state is not None and state.config_hash not in {"", payload.hash}:
            fates[key] = _changed(situation, payload, state, confirmations)
    if problems:
        raise ComposeError(*problems)
    return fates


def _external_problems(situation: Situation, payload: VolumePayload, state: VolumeState | None) -> Iterator[Diagnostic]:
    if state is None:
        span = situation.project.span("volumes", payload.key)
        summary = f'external volume "{payload.name}" not found'
        hint = f"create it (`docker volume create {payload.name}`), or drop `external` to let the project own it"
        yield Diagnostic(severity="error", code="volume-not-found", summary=summary, span=span, hint=hint)


def _unmanaged(situation: Situation, payload: VolumePayload, state: VolumeState) -> Diagnostic:
    if state.project:
        summary = f'volume "{state.name}" already exists but was created for project "{state.project}"'
        summary += f' (expected "{situation.project.name}").'
    else:
        summary = f'volume "{state.name}" already exists but was not created by Docker Compose.'
    return Diagnostic(
        severity="warning",
        code="volume-unmanaged",
        summary=summary,
        span=situation.project.span("volumes", payload.key),
        hint="Use `external: true` to use an existing volume",
    )


def _changed(situation: Situation, payload: VolumePayload, state: VolumeState, confirmations: list[Confirmation]) -> VolumeFate:
    key = f"volume:{payload.key}"
    if not situation.is_confirmed(key):
        question = f'Volume "{state.name}" exists but doesn\'t match configuration in compose file. Recreate (data will be lost)?'
        changes = volume_changes(situation.project, payload, state)
        confirmations.append(Confirmation(key=key, question=question, loses=(state.name,), changes=changes))
        return VolumeFate(payload=payload, fate="reuse", state=state)
    span = situation.project.span("volumes", payload.key)
    changes = volume_changes(situation.project, payload, state)
    reason = Reason(
        code="config-changed", text="the volume is configured otherwise; its data is lost", changes=changes, span=span
    )
    return VolumeFate(payload=payload, fate="replace", state=state, reason=reason)


def losing(situation: Situation, fates: Mapping[str, VolumeFate]) -> dict[str, str]:
    """Return the services whose containers make way for a volume's replacement, with the volume's key."""
    found: dict[str, str] = {}
    sharing = [edge for edge in situation.edges if edge.why == "volumes_from"]
    for key, fate in fates.items():
        if fate.fate == "replace":
            mounting = [
                name
                for name, service in situation.services.items()
                if any(mount.type == "volume" and mount.source == key for mount in service.volumes)
            ]
            for name in dependants(mounting, sharing):
                found.setdefault(name, key)
    return found


def draft_volumes(work: Work, fates: Mapping[str, VolumeFate]) -> None:
    """Add the steps for volumes that are created or replaced; containers on the latter are being removed already."""
    for key in sorted(fates):
        fate = fates[key]
        if fate.fate == "reuse":
            continue
        payload = fate.payload
        address, resource = Address(kind="volume", key=key), f"Volume {payload.name}"
        before: tuple[str, ...] = ()
        if fate.fate == "replace":
            using = [work.removed.get(one.id, "") for one in work.situation.observed.containers if mounts(one, payload.name)]
            operation = RemoveVolume(key=key, name=payload.name, tolerant=False)
            before = (work.draft.add(operation, fate.reason, address=address, resource=resource, after=using),)
        creation = CreateVolume(key=key, name=payload.name, body=payload.body)
        work.volumes[key] = work.draft.add(creation, fate.reason, address=address, resource=resource, after=before)


def mounts(container: ContainerState, volume: str) -> bool:
    """Return whether a container mounts a volume by this name."""
    return any(mount.get("Name") == volume for mount in container.mounts)
