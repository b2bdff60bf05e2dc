"""What the parts of a planner share while it drafts: the situation, the steps, and who waits for which of them."""

from __future__ import annotations

from collections.abc import Iterable

from compose.payload.payloads import ContainerPayload
from compose.plan.draft import Draft, Ids, target_of
from compose.plan.operation import RemoveContainer, StopContainer
from compose.plan.plan import Reason
from compose.plan.situation import Situation, is_running
from compose.state.observed import ContainerState


class Work:
    """Steps by what they do, so that later steps can wait for them.

    - `networks`, `volumes`: creations by key.
    - `detached`, `connected`: by container id, steps that take it off a network made anew and (by key) join it again.
    - `created`: by service and number; `payloads` likewise, what each new container is made of.
    - `stopped`, `removed`: by container id; `moved` says why those were stopped whose network is made anew.
    - `ready`: by service, steps after which those that depend on it may start. `renamed`: by service.
    """

    def __init__(self, situation: Situation, draft: Draft) -> None:
        self.situation = situation
        self.draft = draft
        self.networks: dict[str, str] = {}
        self.volumes: dict[str, str] = {}
        self.detached: dict[str, Ids] = {}
        self.connected: dict[str, dict[str, str]] = {}
        self.created: dict[tuple[str, int], str] = {}
        self.payloads: dict[tuple[str, int], ContainerPayload] = {}
        self.stopped: dict[str, str] = {}
        self.moved: dict[str, Reason] = {}
        self.removed: dict[str, str] = {}
        self.ready: dict[str, Ids] = {}
        self.renamed: dict[str, Ids] = {}

    def remove(self, container: ContainerState, reason: Reason, after: Iterable[str] = ()) -> str:
        """Add the steps that stop and remove a container for good, unless they are there; return the last one."""
        if container.id in self.removed:
            return self.removed[container.id]
        target, before = target_of(container), tuple(after)
        if container.id not in self.stopped and is_running(container):
            operation = StopContainer(container=target, timeout=self.situation.options.timeout)
            self.stopped[container.id] = self.draft.on(target, operation, reason, after=before)
        behind = (*before, self.stopped.get(container.id, ""), *self.detached.get(container.id, ()))
        self.removed[container.id] = self.draft.on(target, RemoveContainer(container=target), reason, after=behind)
        return self.removed[container.id]
