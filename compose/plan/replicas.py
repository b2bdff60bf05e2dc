"""The steps that take one replica from what is there to a started container.

A replacement is made so that it can be taken back: the old container is stopped, but stays until the new one has
started under its temporary name; then it is removed, and the new one takes over the name. Names and labels end as
Docker Compose leaves them. Source: reconcile sections 7.4, 8 and 12.
"""

from __future__ import annotations

from collections.abc import Mapping

from compose.base.value import Value
from compose.model.service import Service
from compose.payload.files import copied_files
from compose.payload.hooks import exec_body, exec_start_body, pre_start_container
from compose.payload.networking import by_priority
from compose.plan.create import group_of, target_of_slot
from compose.plan.draft import Ids, target_of
from compose.plan.networks import endpoint_of
from compose.plan.operation import (
    ConnectNetwork,
    CopyFiles,
    RemoveContainer,
    RenameContainer,
    RunHook,
    StartContainer,
    StopContainer,
    Target,
    UnpauseContainer,
    WaitCondition,
)
from compose.plan.plan import Reason
from compose.plan.settlement import Slot
from compose.plan.situation import is_running
from compose.plan.work import Work


class Before(Value, frozen=True, kw_only=True):
    """What a replica's steps wait for: `after` must succeed, `settled` only end."""

    after: Ids = ()
    settled: Ids = ()

    def also(self, *steps: str) -> Before:
        """Return the same with more steps that must succeed."""
        return Before(after=(*self.after, *steps), settled=self.settled)


class Rolling(Value, frozen=True, kw_only=True):
    """How a replacement goes: `start_first` starts the new container before the old one stops.

    With `hold` (seconds, None = not at all) the new one must stay up, or healthy, before the old one goes. With
    `together` the old one is removed elsewhere, when all replicas have come up.
    """

    start_first: bool = False
    hold: float | None = None
    together: bool = False


PLAIN = Rolling()


class Started(Value, frozen=True, kw_only=True):
    """The steps of a replica that others wait for: `ready`, its start and hooks; `last`, the end of its replacement."""

    ready: Ids = ()
    last: Ids = ()


class Replicas:
    """Drafts the steps of single replicas; holds what they share."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.situation = work.situation
        self.draft = work.draft
        self._files: dict[tuple[str, int], str] = {}

    def group(self, slot: Slot) -> str:
        """Return the group of a slot's steps."""
        return group_of(slot, self.situation.services[slot.service])

    def stop_old(self, slot: Slot, before: Before) -> str:
        """Add the step that stops the container a slot replaces, unless there is one; it is started again if need be."""
        old = slot.replace
        assert old is not None
        known = self.work.stopped.get(old.id, "")
        if known or not is_running(old):
            return known
        target = target_of(old)
        self.work.stopped[old.id] = self.draft.on(
            target,
            StopContainer(container=target, timeout=self.situation.options.timeout),
            slot.reason,
            after=(*before.after, self._created(slot)),
            settled=before.settled,
            group=self.group(slot),
            undo=(StartContainer(container=target),),
        )
        return self.work.stopped[old.id]

    def replace(self, slot: Slot, gentle: Before, before: Before, hooks: Ids = (), rolling: Rolling = PLAIN) -> Started:
        """Add the steps that put a new container in the place of an old one, and start it.

        `gentle` is what stopping the old one waits for, `before` what starting the new one waits for.
        """
        files = self.files(slot)
        stop = "" if rolling.start_first else self.stop_old(slot, gentle.also(files))
        held, group = rolling.hold is not None, self.group(slot)
        first = before.also(*gentle.after, self._created(slot), files, stop, *hooks, *self._back(slot))
        commit = not held and not rolling.together
        up = self.start(slot, first, slot.reason, group=group, undoable=held or rolling.together, commit=commit)
        if held:
            up = self._hold(slot, up, rolling)
        if rolling.start_first:
            self.stop_old(slot, Before(after=(up,)))
        ready = (up, *self.post_start(slot, up))
        return Started(ready=ready, last=(up,) if rolling.together else self.retire(slot, (up,)))

    def retire(self, slot: Slot, after: Ids) -> Ids:
        """Add the steps that remove the replaced container and give its name to the new one."""
        assert slot.replace is not None
        old, target, group = target_of(slot.replace), target_of_slot(slot), self.group(slot)
        gone = (self.work.stopped.get(slot.replace.id, ""), *self.work.detached.get(slot.replace.id, ()))
        removal = self.draft.on(old, RemoveContainer(container=old), slot.reason, after=(*after, *gone), group=group)
        self.work.removed[slot.replace.id] = removal
        rename = RenameContainer(container=target, name=slot.name)
        return (self.draft.on(target, rename, slot.reason, after=(removal,), group=group),)

    def swap(self, slot: Slot) -> Ids:
        """Add the steps that put a new container in the place of an old one without starting it."""
        self.stop_old(slot, Before())
        return self.retire(slot, (self._created(slot),))

    def bring_up(self, slot: Slot, before: Before, reason: Reason, hooks: Ids = (), group: str = "") -> Started:
        """Add the steps that start a new or a stopped container."""
        files = self.files(slot)
        first = before.also(self._created(slot), files, *hooks, *self._back(slot))
        start = self.start(slot, first, reason, group=group, commit=bool(group))
        return Started(ready=(start, *self.post_start(slot, start)), last=(start,))

    def finish(self, slot: Slot, before: Before) -> Started:
        """Add the steps that end an interrupted replacement whose new container runs already."""
        self.stop_old(slot, before)
        return Started(last=self.retire(slot, ()))

    def _back(self, slot: Slot) -> Ids:
        """Return what the start of a container that is there waits for: its stop, if there is one, and its networks."""
        identifier = target_of_slot(slot).id
        if not identifier:
            return ()
        joined = self.work.connected.get(identifier, {})
        others = [key for key in self.situation.services[slot.service].networks if key not in joined]
        networks = [self.work.networks.get(key, "") for key in others]
        return (self.work.stopped.get(identifier, ""), *networks, *joined.values(), *self._rejoin(slot, joined))

    def _rejoin(self, slot: Slot, joined: Mapping[str, str]) -> Ids:
        """Put a stopped container back on networks that an interrupted run took it off.

        Docker only: Podman does not list the networks of stopped containers.
        """
        container, service = slot.keep, self.situation.services[slot.service]
        if container is None or service.network_mode or self.situation.observed.engine.name != "docker":
            return ()
        steps: list[str] = []
        for key in by_priority(service):
            name = self.situation.payloads.networks[key].name
            if key not in joined and name not in container.networks:
                endpoint = endpoint_of(self.situation, container, key)
                operation = ConnectNetwork(network=key, name=name, container=target_of(container), endpoint=endpoint)
                reason = Reason(code="network-detached", text=f"it is not attached to network `{name}`")
                steps.append(self.draft.on(operation.container, operation, reason, after=(self.work.networks.get(key, ""),)))
        return tuple(steps)

    def unpause(self, slot: Slot) -> Started:
        """Add the step that lets a paused container go on."""
        target = target_of_slot(slot)
        reason = Reason(code="paused", text="it is paused")
        return Started(ready=(self.draft.on(target, UnpauseContainer(container=target), reason),))

    def _created(self, slot: Slot) -> str:
        return self.work.created.get((slot.service, slot.number), "")

    def start(
        self, slot: Slot, before: Before, reason: Reason, *, group: str = "", undoable: bool = False, commit: bool = False
    ) -> str:
        """Add the step that starts a slot's container."""
        target = target_of_slot(slot)
        stop = StopContainer(container=target, timeout=self.situation.options.timeout)
        return self.draft.on(
            target,
            StartContainer(container=target),
            reason,
            after=before.after,
            settled=before.settled,
            group=group,
            undo=(stop,) if undoable else (),
            commit=commit,
        )

    def files(self, slot: Slot) -> str:
        """Add the step that copies secrets and configs into a container about to start, if it has any and once only."""
        key = (slot.service, slot.number)
        if key not in self._files:
            self._files[key] = self._copy(slot)
        return self._files[key]

    def _copy(self, slot: Slot) -> str:
        payload = self.work.payloads.get((slot.service, slot.number))
        service = self.situation.services[slot.service]
        files = payload.files if payload is not None else copied_files(self.situation.project, service)
        if not files:
            return ""
        target = target_of_slot(slot)
        reason = Reason(code="before-start", text="secrets and configs without a file are copied in before each start")
        operation = CopyFiles(container=target, files=files)
        after = (self._created(slot), self.work.stopped.get(target.id, ""))
        return self.draft.on(target, operation, reason, after=after, group=self.group(slot))

    def pre_start(self, slot: Slot, service: Service, before: Before) -> Ids:
        """Add the steps that run a service's `pre_start` hooks, one after the other, and return the last one."""
        target, last = target_of_slot(slot), ""
        for index, hook in enumerate(service.pre_start):
            made = pre_start_container(self.situation.project, service, hook, self.situation.observed.engine)
            operation = RunHook(
                container=target,
                hook="pre_start",
                index=index,
                body=made.body,
                image=made.image,
                platform=made.platform,
                bindings=made.bindings,
                connects=made.connects,
            )
            last = self._hook(target, operation, Before(after=(last,)) if last else before)
        return (last,) if last else ()

    def post_start(self, slot: Slot, start: str) -> Ids:
        """Add the steps that run `post_start` hooks in a started container, and return the last one."""
        target = target_of_slot(slot)
        service = self.situation.services[slot.service]
        last = start
        for index, hook in enumerate(service.post_start):
            body = {**exec_body(hook), "Tty": exec_start_body(service)["Tty"]}
            operation = RunHook(container=target, hook="post_start", index=index, body=body)
            last = self._hook(target, operation, Before(after=(last,)))
        return (last,) if last != start else ()

    def _hook(self, target: Target, operation: RunHook, before: Before) -> str:
        span = self.situation.project.span("services", target.service, operation.hook, operation.index)
        reason = Reason(code="hook", text=f"`{operation.hook}` asks for it", span=span)
        return self.draft.on(target, operation, reason, after=before.after, settled=before.settled)

    def _hold(self, slot: Slot, start: str, rolling: Rolling) -> str:
        target = target_of_slot(slot)
        operation = WaitCondition(
            service=slot.service,
            condition="running_or_healthy",
            containers=(target,),
            hold=rolling.hold or 0.0,
            exit_ok=True,
        )
        span = self.situation.project.span("services", slot.service, "deploy", "update_config")
        reason = Reason(code="monitor", text="the new container must stay up before the update goes on", span=span)
        return self.draft.on(target, operation, reason, after=(start,), group=self.group(slot), commit=not rolling.together)
