"""Which containers stay, which are replaced, removed or made. Source: reconcile sections 7.1 to 7.3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.value import Value
from compose.model.service import Service
from compose.payload.labels import image_labels
from compose.payload.naming import container_name
from compose.payload.networking import by_priority
from compose.plan.comparison import config_reason
from compose.plan.networks import NetworkFate
from compose.plan.options import UpOptions
from compose.plan.plan import Reason
from compose.plan.situation import Situation
from compose.plan.volumes import VolumeFate, losing, mounts
from compose.state.observed import ContainerState

Policy = Literal["never", "force", "diverged"]

_SHARED_WORDS = {
    "network_mode": "network namespace",
    "ipc": "IPC namespace",
    "pid": "PID namespace",
    "volumes_from": "volume",
}
_TEMPORARY = re.compile(r"[0-9a-f]{12}_")


class Slot(Value, frozen=True, kw_only=True):
    """The future of one replica.

    - `keep` alone: the container stays. `replace` alone: it gives way to a new one. Neither: one is made.
    - Both: a replacement was interrupted; `keep` is the new container, `replace` the one it was made for.
    - `name` is the final name; `rename`: the kept container still bears a temporary one.
    """

    service: str
    number: int
    name: str
    reason: Reason
    keep: ContainerState | None = None
    replace: ContainerState | None = None
    rename: bool = False

    @property
    def is_new(self) -> bool:
        """Whether a container is created."""
        return self.keep is None


class Settlement(Value, frozen=True, kw_only=True):
    """What becomes of a service: its replicas by number, and the containers that go, with the reason."""

    service: str
    slots: tuple[Slot, ...] = ()
    removed: tuple[tuple[ContainerState, Reason], ...] = ()

    @property
    def first(self) -> Slot | None:
        """The replica that others share namespaces and volumes with: the first by name."""
        return min(self.slots, key=lambda slot: slot.name, default=None)


def policy_of(options: UpOptions, service: str) -> Policy:
    """Return when the containers of a service are recreated."""
    if options.no_recreate:
        return "never"
    if not options.services or service in options.services:
        return "force" if options.force_recreate or options.renew_anon_volumes else "diverged"
    return "force" if options.always_recreate_deps else "diverged"


def converge(
    situation: Situation,
    networks: Mapping[str, NetworkFate],
    volumes: Mapping[str, VolumeFate],
    unsettled: frozenset[str] = frozenset(),
) -> dict[str, Settlement]:
    """Return what becomes of each service's containers, in dependency order.

    `unsettled` are image references that this plan pulls or builds: they are no reason to recreate anything yet.

    Raises:
        ComposeError: a service shares something with one that has no container (all of them at once).
    """
    found: dict[str, Settlement] = {}
    problems: list[Diagnostic] = []
    lost = losing(situation, volumes)
    for name, service in situation.services.items():
        if service.provider is not None:
            continue
        problems += _missing_shares(situation, name, found)
        view = _View(
            situation,
            service,
            networks=networks,
            volumes=volumes,
            unsettled=unsettled,
            settled=found,
        )
        found[name] = _replaced_by_volume(view, lost[name]) if name in lost else _settle(view)
    if problems:
        raise ComposeError(*problems)
    return found


def _missing_shares(situation: Situation, name: str, settled: Mapping[str, Settlement]) -> Iterator[Diagnostic]:
    for edge in situation.shared_by(name):
        there = settled[edge.service].slots if edge.service in settled else situation.replicas(edge.service)
        if not there and situation.services[name].replicas:
            words = _SHARED_WORDS[edge.why]
            yield Diagnostic(
                severity="error",
                code="shared-container-missing",
                summary=f"cannot share {words} with service {edge.service}: container missing",
                span=situation.project.span("services", name, edge.why),
                hint=f"bring `{edge.service}` up as well: `compose up -d {edge.service} {name}`",
            )


class _View:
    """One service in its situation: what the rules of recreation read."""

    def __init__(
        self,
        situation: Situation,
        service: Service,
        *,
        networks: Mapping[str, NetworkFate],
        volumes: Mapping[str, VolumeFate],
        unsettled: frozenset[str],
        settled: Mapping[str, Settlement],
    ) -> None:
        self.situation = situation
        self.service = service
        self.networks = networks
        self.volumes = volumes
        self.policy = policy_of(situation.options, service.name)
        self.cascade = _cascade(situation, service.name, settled)
        self.ids = shared_ids(situation, service.name, settled)
        self.image = None if situation.image(service) in unsettled else situation.observed.images.get(situation.image(service))
        self.labels = image_labels(situation.project, service, situation.observed.images)
        self.span = situation.project.span("services", service.name)

    def obsolete(self, container: ContainerState) -> Reason | None:
        """Return why a container must be recreated, None when it may stay."""
        if self.policy == "never":
            return None
        for rule in _RULES:
            reason = rule(self, container)
            if reason is not None:
                return reason
        return None


def shared_ids(situation: Situation, name: str, settled: Mapping[str, Settlement] | None = None) -> dict[str, str]:
    """Return the ids of the containers a service shares something with, by service.

    It is the first by name; of a settled service only when that one stays.
    """
    found: dict[str, str] = {}
    for edge in situation.shared_by(name):
        if settled is not None and edge.service in settled:
            slot = settled[edge.service].first
            first = slot.keep if slot is not None else None
        else:
            first = min(situation.replicas(edge.service), key=lambda one: one.name, default=None)
        if first is not None:
            found[edge.service] = first.id
    return found


def _cascade(situation: Situation, name: str, settled: Mapping[str, Settlement]) -> Reason | None:
    for edge in situation.shared_by(name):
        first = settled[edge.service].first if edge.service in settled else None
        if first is not None and first.is_new:
            text = f"it shares the {_SHARED_WORDS[edge.why]} of `{edge.service}`, whose container is made anew"
            return Reason(code="dependency-recreated", text=text, span=situation.project.span("services", name, edge.why))
    return None


def _forced(view: _View, _container: ContainerState) -> Reason | None:
    if view.policy != "force":
        return None
    options = view.situation.options
    flag = "--renew-anon-volumes" if options.renew_anon_volumes else "--force-recreate"
    if options.services and view.service.name not in options.services:
        flag = "--always-recreate-deps"
    return Reason(code="forced", text=f"`{flag}` asks for it")


def _dead(view: _View, container: ContainerState) -> Reason | None:
    return Reason(code="dead", text="the engine could not remove it whole", span=view.span) if container.state == "dead" else None


def _cascading(view: _View, _container: ContainerState) -> Reason | None:
    return view.cascade


def _config(view: _View, container: ContainerState) -> Reason | None:
    return config_reason(view.situation, view.service, container, view.ids)


def _image(view: _View, container: ContainerState) -> Reason | None:
    image = view.image
    if image is None:
        return None
    same = {image.identity, image.id} & {container.labels.get(labels.IMAGE, ""), container.image_id} - {""}
    if same or not (container.image_id or labels.IMAGE in container.labels):
        return None
    text = f"`{image.reference}` is another image now"
    return Reason(code="image-changed", text=text, span=view.situation.project.span("services", view.service.name, "image"))


def _image_volumes(view: _View, container: ContainerState) -> Reason | None:
    wanted = view.labels.get(labels.IMAGE_VOLUME_DIGEST)
    known = container.labels.get(labels.IMAGE_VOLUME_DIGEST)
    if wanted is None or known is None or wanted == known:
        return None
    span = view.situation.project.span("services", view.service.name, "volumes")
    return Reason(code="image-volume-changed", text="an image it mounts is another one now", span=span)


def _networks(view: _View, container: ContainerState) -> Reason | None:
    """A running container must be on the very network; a stopped one must not point to one that is gone."""
    if view.service.network_mode:
        return None
    for key in by_priority(view.service):
        fate = view.networks.get(key)
        if fate is None or fate.fate != "reuse" or fate.state is None:
            continue
        attached = fate.state.id in container.networks.values()
        if not attached and (container.state == "running" or container.networks.get(fate.state.name)):
            span = view.situation.project.span("services", view.service.name, "networks", key)
            return Reason(code="network-detached", text=f"it is not attached to network `{fate.state.name}`", span=span)
    return None


def _volumes(view: _View, container: ContainerState) -> Reason | None:
    for index, mount in enumerate(view.service.volumes):
        fate = view.volumes.get(mount.source) if mount.type == "volume" else None
        if fate is not None and not mounts(container, fate.payload.name):
            span = view.situation.project.span("services", view.service.name, "volumes", index)
            return Reason(code="volume-not-mounted", text=f"it does not mount volume `{fate.payload.name}`", span=span)
    return None


_RULES = (_forced, _dead, _cascading, _config, _image, _image_volumes, _networks, _volumes)
"""Why a container is recreated; the first that applies is told. Docker Compose's order."""


def _replaced_by_volume(view: _View, key: str) -> Settlement:
    """Every container goes, and as many as wanted are made, because a volume they mount is made anew."""
    reason = Reason(
        code="volume-recreated",
        text=f"volume `{key}` is made anew",
        span=view.situation.project.span("volumes", key),
    )
    containers = view.situation.replicas(view.service.name)
    return Settlement(
        service=view.service.name,
        slots=tuple(_new_slots(view, 1, view.service.replicas, reason)),
        removed=tuple((container, reason) for container in containers),
    )


def _settle(view: _View) -> Settlement:
    containers = view.situation.replicas(view.service.name)
    expected = view.service.replicas
    reasons = {container.id: view.obsolete(container) for container in containers}
    keepers, doubles = _without_doubles(view, containers, reasons)
    keepers.sort(key=lambda one: (reasons[one.id] is not None, one.number, one.name))
    slots = [_slot(view, container, reasons[container.id], doubles) for container in keepers[:expected]]
    highest = max((container.number for container in containers), default=0)
    missing = expected - len(slots)
    why = Reason(code="scaled-up", text=f"{expected} wanted") if containers else Reason(code="absent", text="there is none yet")
    slots += _new_slots(view, highest + 1, missing, why)
    taken = {one.id for slot in slots for one in (slot.keep, slot.replace) if one is not None}
    scaled_down = Reason(code="scaled-down", text=f"{expected} wanted", span=view.span)
    superseded = Reason(code="superseded", text="another container has its number")
    keeping = {one.id for one in keepers}
    removed = [(one, scaled_down if one.id in keeping else superseded) for one in containers if one.id not in taken]
    return Settlement(
        service=view.service.name,
        slots=tuple(sorted(slots, key=lambda slot: slot.number)),
        removed=tuple(removed),
    )


def _without_doubles(
    view: _View, containers: Iterable[ContainerState], reasons: Mapping[str, Reason | None]
) -> tuple[list[ContainerState], dict[str, ContainerState]]:
    """Return one container per number, and by its id the one it was made to replace when that was interrupted.

    Of several with one number the up-to-date one stays, then the running one, then the one with the final name.
    """
    by_number: dict[int, list[ContainerState]] = {}
    keepers: list[ContainerState] = []
    for container in containers:
        by_number.setdefault(container.number, []).append(container)
    doubles: dict[str, ContainerState] = {}
    for number, several in by_number.items():
        if not number or len(several) == 1:
            keepers += several
            continue
        name = container_name(view.situation.project, view.service, number)
        best, *others = sorted(several, key=lambda one: (reasons[one.id] is not None, one.state != "running", one.name != name))
        keepers.append(best)
        old = next((one for one in others if one.name == name), None)
        if reasons[best.id] is None and old is not None:
            doubles[best.id] = old
    return keepers, doubles


def _slot(view: _View, container: ContainerState, reason: Reason | None, doubles: Mapping[str, ContainerState]) -> Slot:
    number = container.number or 1
    name = container_name(view.situation.project, view.service, number)
    if reason is not None:
        return Slot(service=view.service.name, number=number, name=name, reason=reason, replace=container)
    old = doubles.get(container.id)
    unfinished = Reason(code="unfinished", text="an earlier replacement was interrupted", span=view.span)
    return Slot(
        service=view.service.name,
        number=number,
        name=name,
        reason=unfinished if old is not None else Reason(code="up-to-date"),
        keep=container,
        replace=old,
        rename=_TEMPORARY.sub("", container.name, count=1) == name != container.name,
    )


def _new_slots(view: _View, first: int, count: int, reason: Reason) -> Iterator[Slot]:
    for number in range(first, first + max(count, 0)):
        name = container_name(view.situation.project, view.service, number)
        yield Slot(service=view.service.name, number=number, name=name, reason=reason)
