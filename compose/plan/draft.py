"""Gathering steps while a planner decides; what comes out is a Plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.plan.operation import Operation, Target
from compose.plan.plan import Confirmation, Plan, Reason, Step, Unchanged
from compose.state.observed import ContainerState

Ids = tuple[str, ...]


class Draft:
    """Steps in the order of their making, which is an order they could be performed in.

    Steps that wait for nothing wait for the `gate`: the image steps, so that nothing on the engine changes before
    every image that the plan needs is there.
    """

    def __init__(self) -> None:
        self.gate: Ids = ()
        self.steps: list[Step] = []
        self.unchanged: list[Unchanged] = []
        self.confirmations: list[Confirmation] = []
        self.warnings: list[Diagnostic] = []

    def add(
        self,
        operation: Operation,
        reason: Reason,
        *,
        address: Address,
        resource: str,
        after: Iterable[str] = (),
        settled: Iterable[str] = (),
        group: str = "",
        optional: bool = False,
        undo: Sequence[Operation] = (),
        commit: bool = False,
    ) -> str:
        """Add a step and return its id; empty ids in `after` are left out, equal ones counted once."""
        identifier = str(len(self.steps) + 1)
        first = _clean(after)
        behind = tuple(step for step in _clean(settled) if step not in first)
        self.steps.append(
            Step(
                id=identifier,
                address=address,
                resource=resource,
                operation=operation,
                reason=reason,
                after=first or self.gate,
                settled=behind,
                group=group,
                optional=optional,
                undo=tuple(undo),
                commit=commit,
            )
        )
        return identifier

    def on(
        self,
        target: Target,
        operation: Operation,
        reason: Reason,
        *,
        after: Iterable[str] = (),
        settled: Iterable[str] = (),
        group: str = "",
        optional: bool = False,
        undo: Sequence[Operation] = (),
        commit: bool = False,
    ) -> str:
        """Add a step that acts on a container and return its id."""
        return self.add(
            operation,
            reason,
            address=address_of(target),
            resource=f"Container {target.name}",
            after=after,
            settled=settled,
            group=group,
            optional=optional,
            undo=undo,
            commit=commit,
        )

    def keep(self, container: ContainerState, action: str = "Running") -> None:
        """Note a container that is left as it is."""
        target = target_of(container)
        self.unchanged.append(Unchanged(address=address_of(target), resource=f"Container {target.name}", action=action))

    def plan(self, project: str, command: str) -> Plan:
        """Return what was gathered."""
        return Plan(
            project=project,
            command=command,
            steps=tuple(self.steps),
            unchanged=tuple(self.unchanged),
            confirmations=tuple(self.confirmations),
            warnings=tuple(self.warnings),
        )


def _clean(ids: Iterable[str]) -> Ids:
    return tuple(sorted({step for step in ids if step}, key=int))


def target_of(container: ContainerState) -> Target:
    """Return the target for a container that exists."""
    return Target(service=container.service, number=container.number, name=container.name, id=container.id)


def address_of(target: Target) -> Address:
    """Return the address of a container: by service and number, else as an orphan by name."""
    if target.service and target.number:
        return Address(kind="container", key=target.service, number=target.number)
    return Address(kind="orphan", key=target.name)
