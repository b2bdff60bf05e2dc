"""The start phase: waits, then containers, in the order dependencies ask for. Source: reconcile sections 8 and 10."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from compose.base.address import Address
from compose.base.place import Span
from compose.graph.dependency import Dependency
from compose.plan.create import target_of_slot
from compose.plan.draft import Ids, target_of
from compose.plan.operation import RenameContainer, StartContainer, StopContainer, WaitCondition
from compose.plan.plan import Reason
from compose.plan.replicas import Before, Replicas, Started
from compose.plan.rolling import draft_update
from compose.plan.settlement import Settlement, Slot
from compose.plan.work import Work

Condition = Literal["service_started", "service_healthy", "service_completed_successfully", "running_or_healthy"]

AWAITED: dict[str, Condition] = {
    "service_healthy": "service_healthy",
    "service_completed_successfully": "service_completed_successfully",
    "running_or_healthy": "running_or_healthy",
}
"""Conditions of a dependency that are waited for; others hold when the dependency has been started."""
CONDITION_WORDS = {
    "service_healthy": "to be healthy",
    "service_completed_successfully": "to complete successfully",
    "running_or_healthy": "to be running or healthy",
}


class StartPhase:
    """Drafts everything from the first stop of a running container to the last wait."""

    def __init__(self, work: Work, settlements: Mapping[str, Settlement]) -> None:
        self.work = work
        self.situation = work.situation
        self.draft = work.draft
        self.settlements = settlements
        self.replicas = Replicas(work)
        touched = {name for name, settlement in settlements.items() if any(slot.replace is not None for slot in settlement.slots)}
        restarts = [edge for edge in work.situation.edges if edge.restart and edge.service in touched]
        self.restarting = {edge.dependant: edge for edge in reversed(restarts)}
        self.restarted_by: dict[str, list[str]] = {}
        for edge in restarts:
            self.restarted_by.setdefault(edge.service, []).append(edge.dependant)

    def run(self) -> None:
        """Draft the whole phase."""
        for name in reversed(self.situation.services):
            if name in self.restarting and name in self.settlements:
                self._stop_early(name)
        for name in self.situation.services:
            if name in self.settlements:
                self._service(self.settlements[name])
        if self.situation.options.wait:
            self._wait_for_all()
        if self.situation.options.one_off:
            self._dependencies(self.situation.options.one_off)

    def _stop_early(self, name: str) -> None:
        """Stop the containers of a service before one it depends on with `restart: true` is replaced."""
        before = Before(after=self._stops_of_dependants(name))
        for slot in self.settlements[name].slots:
            if slot.replace is not None:
                self.replicas.stop_old(slot, before)
            elif slot.keep is not None and slot.keep.state in {"running", "restarting"}:
                self._stop_kept(slot, before)

    def _stop_kept(self, slot: Slot, before: Before) -> None:
        assert slot.keep is not None
        if slot.keep.id in self.work.stopped:
            return
        target = target_of(slot.keep)
        self.work.stopped[slot.keep.id] = self.draft.on(
            target,
            StopContainer(container=target, timeout=self.situation.options.timeout),
            self._restart_reason(slot.service),
            after=before.after,
            group=_restart_group(slot),
            undo=(StartContainer(container=target),),
        )

    def _restart_reason(self, name: str) -> Reason:
        edge = self.restarting[name]
        text = f"it depends on `{edge.service}` with `restart: true`, whose container is replaced"
        return Reason(code="dependency-recreated", text=text, span=self._span(edge))

    def _stops_of_dependants(self, name: str) -> Ids:
        """Return the steps that stop who wants to be stopped before this service's containers are replaced."""
        containers = [
            one.id
            for dependant in self.restarted_by.get(name, ())
            for slot in self._slots(dependant)
            for one in (slot.keep, slot.replace)
            if one is not None
        ]
        return tuple(self.work.stopped[one] for one in containers if one in self.work.stopped)

    def _slots(self, name: str) -> tuple[Slot, ...]:
        return self.settlements[name].slots if name in self.settlements else ()

    def _service(self, settlement: Settlement) -> None:
        """Draft waits, hooks and starts of one service."""
        name = settlement.service
        if not settlement.slots:
            self.work.ready[name] = ()
            return
        before = self._dependencies(name)
        starting = [slot for slot in settlement.slots if self._starts(slot)]
        stops = self._stops_of_dependants(name)
        gentle = before.also(*stops) if name not in self.restarting else Before(after=stops)
        hooks = self._pre_start(settlement, starting, gentle, before)
        replacing = [slot for slot in starting if slot.replace is not None]
        done = draft_update(self.replicas, replacing, gentle, before, hooks)
        previous: Ids = ()
        numbers = {slot.number for slot in starting}
        for slot in settlement.slots:
            if slot.replace is not None and slot.number not in numbers:
                done.append(self.replicas.finish(slot, gentle))
            elif slot.replace is None:
                done.append(self._other(slot, slot.number in numbers, before.also(*previous), hooks))
                previous = done[-1].ready[:1] if self._in_turn(name) else ()
        self.work.ready[name] = tuple(step for one in done for step in one.ready)
        self.work.renamed[name] = tuple(step for one in done for step in one.last)

    def _in_turn(self, name: str) -> bool:
        """Whether replicas start one by one, so that the lowest number gets the first port of a range."""
        return any("-" in port.published for port in self.situation.services[name].ports)

    def _starts(self, slot: Slot) -> bool:
        """Return whether a slot's container is started by this plan."""
        if slot.keep is None or slot.keep.id in self.work.stopped:
            return True
        return slot.keep.state not in {"running", "restarting", "paused"} and not self._rests(slot)

    def _rests(self, slot: Slot) -> bool:
        """Return whether a container is that of a job that ended well and is not asked to run again."""
        if slot.keep is None or slot.keep.state != "exited" or slot.keep.exit_code != 0:
            return False
        options = self.situation.options
        if slot.service in self.situation.jobs and options.jobs == "keep":
            return True
        once = (self.situation.services[slot.service].restart or "no") == "no"
        return options.resting and once and slot.keep.id not in options.stopped

    def _other(self, slot: Slot, starts: bool, before: Before, hooks: Ids) -> Started:  # noqa: FBT001 - a fact, not a mode
        """Draft a slot that replaces nothing."""
        rename = self._rename(slot)
        if slot.keep is not None and slot.keep.state == "paused" and not starts:
            return self.replicas.unpause(slot)
        if starts:
            group = _restart_group(slot) if slot.keep is not None and slot.service in self.restarting else ""
            return self.replicas.bring_up(slot, before, self._start_reason(slot), hooks, group)
        if slot.keep is not None and not rename:
            self.draft.keep(slot.keep, "Exited" if self._rests(slot) else "Running")
        return Started()

    def _start_reason(self, slot: Slot) -> Reason:
        if slot.keep is None:
            return slot.reason
        if slot.keep.id not in self.work.stopped:
            return Reason(code="not-running", text=f"its state is {slot.keep.state}")
        if slot.service in self.restarting:
            return self._restart_reason(slot.service)
        return self.work.moved[slot.keep.id]

    def _rename(self, slot: Slot) -> str:
        """Give a container the name that an interrupted replacement left it without."""
        if not slot.rename or slot.keep is None:
            return ""
        target = target_of_slot(slot)
        reason = Reason(code="unfinished", text="an earlier replacement was interrupted")
        held = [self.work.removed.get(one.id, "") for one in self.situation.observed.containers if one.name == slot.name]
        return self.draft.on(target, RenameContainer(container=target, name=slot.name), reason, after=held)

    def _pre_start(self, settlement: Settlement, starting: list[Slot], gentle: Before, before: Before) -> Ids:
        """Draft `pre_start` hooks with the first replica, when none of them goes on running."""
        service = self.situation.services[settlement.service]
        if not service.pre_start or not starting or len(starting) < len(settlement.slots):
            return ()
        first = settlement.slots[0]
        created = self.work.created.get((first.service, first.number), "")
        stops = [self.replicas.stop_old(slot, gentle) for slot in starting if slot.replace is not None]
        files = self.replicas.files(first)
        networks = [self.work.networks.get(key, "") for key in service.networks]
        return self.replicas.pre_start(first, service, before.also(created, files, *stops, *networks))

    def _dependencies(self, name: str) -> Before:
        """Draft the waits for what a service depends on; return what its starts wait for."""
        after: list[str] = []
        settled: list[str] = []
        told: set[str] = set()
        shared = {edge.service for edge in self.situation.shared_by(name)}
        for edge in self.situation.edges_of(name):
            if edge.why == "links":
                after += self.work.renamed.get(edge.service, ())
            if edge.service in told:
                continue
            told.add(edge.service)
            ready = self.work.ready.get(edge.service, ())
            wait = self._wait(edge, ready)
            if edge.required:
                after += (wait,) if wait else ready
            else:
                settled += (wait, *ready)
                after += ready if edge.service in shared else ()
        return Before(after=tuple(after), settled=tuple(settled))

    def _wait(self, edge: Dependency, ready: Ids) -> str:
        condition = AWAITED.get(edge.condition)
        slots = self._slots(edge.service)
        if condition is None or not slots or (not ready and self._holds(slots, condition)):
            return ""
        text = f"`{edge.dependant}` needs `{edge.service}` {CONDITION_WORDS[condition]}"
        return self._add_wait(
            edge.service,
            WaitCondition(
                service=edge.service,
                condition=condition,
                containers=tuple(map(target_of_slot, slots)),
                dependant=edge.dependant,
                required=edge.required,
                timeout=self.situation.options.wait_timeout,
            ),
            Reason(code="dependency", text=text, span=self._span(edge)),
            ready,
        )

    def _add_wait(self, name: str, operation: WaitCondition, reason: Reason, after: Ids) -> str:
        single = operation.containers[0] if len(operation.containers) == 1 else None
        return self.draft.add(
            operation,
            reason,
            address=Address(kind="service", key=name),
            resource=f"Container {single.name}" if single is not None else f"Service {name}",
            after=after,
            optional=not operation.required,
        )

    def _span(self, edge: Dependency) -> Span | None:
        return self.situation.project.span("services", edge.dependant, edge.why, edge.service)

    def _holds(self, slots: tuple[Slot, ...], condition: Condition) -> bool:
        """Return whether a condition is seen to hold for containers that this plan leaves alone."""
        return all(slot.keep is not None and _is_met(condition, slot) for slot in slots)

    def _wait_for_all(self) -> None:
        options = self.situation.options
        for name, settlement in self.settlements.items():
            condition: Condition = "service_completed_successfully" if name in self.situation.jobs else "running_or_healthy"
            ready = self.work.ready.get(name, ())
            if not settlement.slots or (not ready and self._holds(settlement.slots, condition)):
                continue
            operation = WaitCondition(
                service=name,
                condition=condition,
                containers=tuple(map(target_of_slot, settlement.slots)),
                timeout=options.wait_timeout,
                exit_ok=options.exit_ok,
            )
            self._add_wait(name, operation, Reason(code="wait", text="`--wait` asks for it"), ready)


def _is_met(condition: Condition, slot: Slot) -> bool:
    container = slot.keep
    assert container is not None
    if condition == "service_completed_successfully":
        return container.state == "exited" and container.exit_code == 0
    if condition == "running_or_healthy":
        return container.state == "running" and container.health in {"", "healthy"}
    return container.state == "running" and container.health == "healthy"


def _restart_group(slot: Slot) -> str:
    return f"restart:{slot.service}:{slot.number}"
