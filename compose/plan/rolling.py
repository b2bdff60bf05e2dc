"""Replacing the replicas of a service, batch by batch where `deploy.update_config` says so.

- `parallelism` and `order` are edges between steps, `delay` a step of its own, `monitor` a wait that has to hold.
- `failure_action`: `pause` (the default) leaves the later batches alone, `continue` goes on with them, `rollback`
  takes back every replica of the service.
- `max_failure_ratio`: after each batch a step counts. While so few replicas have failed the update goes on, and those
  that failed stay as they were, which is a warning then; when they are more, `failure_action` decides.
Without `update_config` all replicas are replaced at once, as Docker Compose does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compose.base.address import Address
from compose.base.place import Span
from compose.model.deploy import UpdateConfig
from compose.plan.create import is_rolled_back, max_failure_ratio, target_of_slot, update_group
from compose.plan.draft import Ids
from compose.plan.operation import CheckFailures, Delay, Operation, WaitCondition
from compose.plan.plan import Reason
from compose.plan.replicas import Before, Replicas, Rolling, Started
from compose.plan.settlement import Slot

_ROUNDING = 1e-9


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
    return _Update(replicas, slots, update).draft(gentle, before.also(*hooks))


class _Update:
    """The update of one service."""

    def __init__(self, replicas: Replicas, slots: Sequence[Slot], update: UpdateConfig) -> None:
        service = replicas.situation.services[slots[0].service]
        self._replicas = replicas
        self._slots = slots
        self._update = update
        self._service = service.name
        self._together = is_rolled_back(service)
        self._counts = max_failure_ratio(service) > 0
        self._tolerated = int(update.max_failure_ratio * len(slots) + _ROUNDING)
        self._done: list[Started] = []
        self._checked: Ids = ()

    def draft(self, gentle: Before, before: Before) -> list[Started]:
        """Add all steps; `gentle` and `before` as in `draft_update`."""
        update = self._update
        rolling = Rolling(
            start_first=update.order == "start-first",
            hold=update.monitor.seconds if update.monitor is not None else 0.0,
            together=self._together,
        )
        for batch in self._batches():
            previous = self._pause()
            ready = Before(after=(*gentle.after, *previous.after), settled=(*gentle.settled, *previous.settled))
            self._done += [self._replicas.replace(slot, ready, before, (), rolling) for slot in batch]
        if not self._together and not self._counts:
            return self._done
        commit = self._check(final=True) if self._counts else self._commit()
        if not self._together:
            return [Started(ready=(commit,), last=(commit,))]
        done = zip(self._slots, self._done, strict=True)
        if not self._counts:
            return [Started(ready=one.ready, last=self._replicas.retire(slot, (commit,))) for slot, one in done]
        # Some may fail: that the service is up is known at the commit, and a replica goes on only if its own steps did.
        return [Started(ready=(commit,), last=self._replicas.retire(slot, (commit, *one.last))) for slot, one in done]

    def _batches(self) -> Iterator[Sequence[Slot]]:
        """Yield the slots `parallelism` at a time: one when the file does not say, all for 0."""
        parallelism = self._update.parallelism
        size = 1 if parallelism is None else parallelism or len(self._slots)
        for first in range(0, len(self._slots), size):
            yield self._slots[first : first + size]

    def _steps(self) -> Ids:
        return tuple(step for one in self._done for step in (*one.ready, *one.last))

    def _pause(self) -> Before:
        """Return what the next batch waits for; with `delay` a step that lets the time pass."""
        update, done = self._update, self._steps()
        goes_on = update.failure_action == "continue"
        if done and self._counts and not goes_on:
            done = (self._check(final=False),)
        previous = Before(settled=done) if goes_on else Before(after=done)
        if not done or not update.delay:
            return previous
        text = "`update_config` asks for a pause between batches"
        step = self._add(Delay(seconds=update.delay.seconds), Reason(code="delay", text=text, span=self._span()), previous)
        return Before(after=(step,))

    def _check(self, *, final: bool) -> str:
        """Add the step that counts the failures so far."""
        count = len(self._done)
        groups = tuple(self._replicas.group(slot) for slot in self._slots[:count])
        operation = CheckFailures(service=self._service, groups=groups, at_most=self._tolerated, forgives=final)
        text = f"`max_failure_ratio` allows {self._tolerated} of {len(self._slots)} to fail"
        reason = Reason(code="max-failure-ratio", text=text, span=self._span())
        before = Before(after=self._checked, settled=self._steps())
        self._checked = (self._add(operation, reason, before, commit=final),)
        return self._checked[0]

    def _commit(self) -> str:
        """Add the wait after which the update is not taken back: all new containers are up."""
        operation = WaitCondition(
            service=self._service,
            condition="running_or_healthy",
            containers=tuple(map(target_of_slot, self._slots)),
            exit_ok=True,
        )
        text = "all new containers must be up before the old ones go"
        after = Before(after=tuple(step for one in self._done for step in one.last))
        return self._add(operation, Reason(code="monitor", text=text, span=self._span()), after, commit=True)

    def _add(self, operation: Operation, reason: Reason, before: Before, *, commit: bool = False) -> str:
        is_part = self._together and not isinstance(operation, Delay)
        return self._replicas.draft.add(
            operation,
            reason,
            address=Address(kind="service", key=self._service),
            resource=f"Service {self._service}",
            after=before.after,
            settled=before.settled,
            group=update_group(self._service) if is_part else "",
            commit=commit and is_part,
        )

    def _span(self) -> Span | None:
        return self._replicas.situation.project.span("services", self._service, "deploy", "update_config")
