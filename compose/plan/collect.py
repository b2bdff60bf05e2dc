"""The plan of gc: remove what nobody owns any more. Which objects those are is decided before (`compose.state.lease`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compose.base.address import Address
from compose.plan.operation import Operation, RemoveContainer, RemoveNetwork, RemoveVolume, Target
from compose.plan.plan import Plan, Reason, Step
from compose.state.lease import Leased

_WORDS = {"container": "Container", "network": "Network", "volume": "Volume"}


def plan_gc(objects: Sequence[Leased], reasons: Mapping[str, str]) -> Plan:
    """Return the plan that removes objects: containers at once and by force, then the networks and volumes of each project.

    `reasons` say for each project why it may go. A container that cannot be removed does not stop the rest.
    """
    steps: list[Step] = []
    before: dict[str, list[str]] = {}
    for kind in ("container", "network", "volume"):
        for one in sorted((one for one in objects if one.kind == kind), key=lambda one: (one.project, one.name)):
            step = Step(
                id=str(len(steps) + 1),
                address=Address(kind=one.kind, key=one.name),
                resource=f"{_WORDS[one.kind]} {one.name}",
                operation=_removal(one),
                reason=Reason(code="lease-over", text=reasons.get(one.project, "")),
                settled=() if kind == "container" else tuple(before.get(one.project, ())),
            )
            steps.append(step)
            if kind == "container":
                before.setdefault(one.project, []).append(step.id)
    return Plan(project="", command="gc", steps=tuple(steps))


def _removal(one: Leased) -> Operation:
    if one.kind == "container":
        return RemoveContainer(container=Target(service="", number=0, name=one.name, id=one.id), force=True, volumes=True)
    if one.kind == "network":
        return RemoveNetwork(key=one.name, name=one.name, id=one.id, tolerant=False)
    return RemoveVolume(key=one.name, name=one.name, tolerant=False)
