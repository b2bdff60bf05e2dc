"""Which containers stay, which are replaced, removed or made. Source: reconcile sections 7.1 to 7.3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.payload.naming import container_name
from compose.plan.networks import NetworkFate
from compose.plan.plan import Reason
from compose.plan.rules import SHARED_WORDS, View
from compose.plan.settlement import Settlement, Slot
from compose.plan.situation import Situation
from compose.plan.volumes import VolumeFate, losing
from compose.state.observed import ContainerState

_TEMPORARY = re.compile(r"^[0-9a-f]{12}_")


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
        view = View(
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
            words = SHARED_WORDS[edge.why]
            yield Diagnostic(
                severity="error",
                code="shared-container-missing",
                summary=f"cannot share {words} with service {edge.service}: container missing",
                span=situation.project.span("services", name, edge.why),
                hint=f"bring `{edge.service}` up as well: `compose up -d {edge.service} {name}`",
            )


def _replaced_by_volume(view: View, key: str) -> Settlement:
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


def _settle(view: View) -> Settlement:
    containers = view.situation.replicas(view.service.name)
    expected = view.service.replicas
    reasons = {container.id: view.obsolete(container) for container in containers}
    keepers, doubles = _without_doubles(view, containers, reasons)
    keepers.sort(key=lambda one: (reasons[one.id] is not None, one.number, one.name))
    numbers = _numbers(keepers)
    slots = [_slot(view, one, numbers[one.id], reasons[one.id], doubles.get(one.id)) for one in keepers[:expected]]
    highest = max(numbers.values(), default=0)
    missing = expected - len(slots)
    why = Reason(code="scaled-up", text=f"{expected} wanted") if containers else Reason(code="absent", text="there is none yet")
    slots += _new_slots(view, highest + 1, missing, why)
    taken = {one.id for slot in slots for one in (slot.keep, slot.replace) if one is not None}
    scaled_down = Reason(code="scaled-down", text=f"one too many: {expected} wanted", span=view.span)
    superseded = Reason(code="superseded", text="another container has its number")
    keeping = {one.id for one in keepers}
    removed = [(one, scaled_down if one.id in keeping else superseded) for one in containers if one.id not in taken]
    return Settlement(
        service=view.service.name,
        slots=tuple(sorted(slots, key=lambda slot: slot.number)),
        removed=tuple(removed),
    )


def _without_doubles(
    view: View, containers: Iterable[ContainerState], reasons: Mapping[str, Reason | None]
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


def _numbers(containers: Iterable[ContainerState]) -> dict[str, int]:
    """Return each container's number by id; those without a label get the lowest free ones."""
    known = list(containers)
    taken = {one.number for one in known}
    free = (number for number in count(1) if number not in taken)
    return {one.id: one.number or next(free) for one in known}


def _slot(view: View, container: ContainerState, number: int, reason: Reason | None, old: ContainerState | None) -> Slot:
    name = container_name(view.situation.project, view.service, number)
    if reason is not None:
        return Slot(service=view.service.name, number=number, name=name, reason=reason, replace=container)
    unfinished = Reason(code="unfinished", text="an earlier replacement was interrupted", span=view.span)
    return Slot(
        service=view.service.name,
        number=number,
        name=name,
        reason=unfinished if old is not None else Reason(code="up-to-date"),
        keep=container,
        replace=old,
        rename=_TEMPORARY.sub("", container.name) == name != container.name,
    )


def _new_slots(view: View, first: int, missing: int, reason: Reason) -> Iterator[Slot]:
    for number in range(first, first + max(missing, 0)):
        name = container_name(view.situation.project, view.service, number)
        yield Slot(service=view.service.name, number=number, name=name, reason=reason)
