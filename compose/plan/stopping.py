"""Stopping containers in reverse dependency order, with their hooks. Source: reconcile sections 12 and 13."""

from __future__ import annotations

from compose.payload.hooks import exec_body, exec_start_body
from compose.plan.draft import Draft, Ids, target_of
from compose.plan.fleet import Fleet
from compose.plan.operation import RunHook, StopContainer
from compose.plan.plan import Reason
from compose.plan.situation import is_running
from compose.state.observed import ContainerState


class Stopping:
    """Drafts stops so that each service stops after those that depend on it.

    A service between two others counts even when it has nothing to stop.
    """

    def __init__(self, fleet: Fleet, draft: Draft, timeout: int | None) -> None:
        self.fleet = fleet
        self.draft = draft
        self.timeout = timeout
        self._quiet: dict[str, Ids] = {}

    def before(self, service: str) -> Ids:
        """Return the steps after which every dependant has stopped."""
        return tuple(step for other in self.fleet.needed_by.get(service, ()) for step in self._quiet.get(other, ()))

    def stop(self, container: ContainerState, reason: Reason) -> str:
        """Add the steps that stop a running container, hooks first; return the last one ("" when it does not run)."""
        if not is_running(container):
            return ""
        target = target_of(container)
        before = self.hooks(container, self.before(container.service))
        return self.draft.on(target, StopContainer(container=target, timeout=self.timeout), reason, after=before)

    def hooks(self, container: ContainerState, before: Ids) -> Ids:
        """Add the steps that run `pre_stop` hooks, one after the other; return what comes next waits for."""
        service = self.fleet.project.services.get(container.service)
        if service is None or container.oneoff or container.state != "running":
            return before
        target = target_of(container)
        for index, hook in enumerate(service.pre_stop):
            span = self.fleet.project.span("services", service.name, "pre_stop", index)
            reason = Reason(code="hook", text="`pre_stop` asks for it", span=span)
            body = {**exec_body(hook), "Tty": exec_start_body(service)["Tty"]}
            operation = RunHook(container=target, hook="pre_stop", index=index, body=body)
            before = (self.draft.on(target, operation, reason, after=before),)
        return before

    def stopped(self, service: str, steps: Ids) -> None:
        """Note a service's stops, so that what it depends on waits for them."""
        self._quiet[service] = tuple(step for step in steps if step) or self.before(service)
