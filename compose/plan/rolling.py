"""Replacing the replicas of a service, batch by batch where `deploy.update_config` says so.

- `parallelism` and `order` are edges between steps, `delay` a step of its own, `monitor` a wait that has to hold.
- `failure_action`: `pause` (the default) leaves the later batches alone, `continue` goes on with them, `rollback`
  takes back every replica of the service.
- `max_failure_ratio` needs counting while the plan runs and is not expressed: any failure counts.
Without `update_config` all replicas are replaced at once, as Docker Compose does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compose.base.address import Address
from compose.base.place import Span
from compose.model.deploy import UpdateConfig
from compose.plan.create import is_rolled_back, target_of_slot
from compose.plan.draft import Ids
from compose.plan.operation import Delay, WaitCondition
from compose.plan.plan import Reason
from compose.plan.replicas import Before, Replicas, Rolling, Started
from compose.plan.settlement import Slot


def draft_update(replicas: Replicas, slots: Sequence[Slot], gentle: Before, before: Before, hooks: Ids) -> list[Started]:
    """Add the steps that replace these containers of one service.

    Stopping an old container waits for `gentle`, starting a new one for `before` and `hooks`.
    """
    if not slots:
        return []
    deploy = replicas.situation.services[slots[0].service].deploy
    update = deploy.update_config if deploy is not None else None
    if update is None:
        return [replicas.replace(slot, gentle, before, hooks) for slot in slots]
    return _in_batches(replicas, slots, update, gentle, before.also(*hooks))


def _in_batches(replicas: Replicas, slots: Sequence[Slot], update: UpdateConfig, gentle: Before, before: Before) -> list[Started]:
    together = is_rolled_back(replicas.situation.services[slots[0].service])
    rolling = Rolling(
        start_first=update.order == "start-first",
        hold=update.monitor.seconds if update.monitor is not None else 0.0,
        together=together,
    )
    done: list[Started] = []
    for batch in _batches(slots, update.parallelism):
        previous = _pause(replicas, slots[0], update, tuple(step for one in done for step in (*one.ready, *one.last)))
        ready = Before(after=(*gentle.after, *previous.after), settled=(*gentle.settled, *previous.settled))
        done += [replicas.replace(slot, ready, before, (), rolling) for slot in batch]
    if not together:
        return done
    commit = _commit(replicas, slots, done)
    return [Started(ready=one.ready, last=replicas.retire(slot, (commit,))) for slot, one in zip(slots, done, strict=True)]


def _batches(slots: Sequence[Slot], parallelism: int | None) -> Iterator[Sequence[Slot]]:
    """Yield the slots `parallelism` at a time: one when the file does not say, all for 0."""
    size = 1 if parallelism is None else parallelism or len(slots)
    for first in range(0, len(slots), size):
        yield slots[first : first + size]


def _pause(replicas: Replicas, slot: Slot, update: UpdateConfig, done: Ids) -> Before:
    """Return what the next batch waits for; with `delay` a step that lets the time pass."""
    previous = Before(settled=done) if update.failure_action == "continue" else Before(after=done)
    if not done or not update.delay:
        return previous
    step = replicas.draft.add(
        Delay(seconds=update.delay.seconds),
        Reason(code="delay", text="`update_config` asks for a pause between batches", span=_span(replicas, slot)),
        address=Address(kind="service", key=slot.service),
        resource=f"Service {slot.service}",
        after=previous.after,
        settled=previous.settled,
    )
    return Before(after=(step,))


def _commit(replicas: Replicas, slots: Sequence[Slot], done: Sequence[Started]) -> str:
    """Add the wait after which the update is not taken back: all new containers are up."""
    operation = WaitCondition(
        service=slots[0].service,
        condition="running_or_healthy",
        containers=tuple(map(target_of_slot, slots)),
        exit_ok=True,
    )
    return replicas.draft.add(
        operation,
        Reason(code="monitor", text="all new containers must be up before the old ones go", span=_span(replicas, slots[0])),
        address=Address(kind="service", key=slots[0].service),
        resource=f"Service {slots[0].service}",
        after=tuple(step for one in done for step in one.last),
        group=replicas.group(slots[0]),
        commit=True,
    )


def _span(replicas: Replicas, slot: Slot) -> Span | None:
    return replicas.situation.project.span("services", slot.service, "deploy", "update_config")
