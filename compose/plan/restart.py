"""The plan of restart. Source: reconcile section 13."""

from __future__ import annotations

from compose.base.address import Address
from compose.base.place import Span
from compose.graph.dependency import Dependency, dependants
from compose.model.project import Project
from compose.payload.hooks import exec_body, exec_start_body
from compose.plan.draft import Draft, Ids, target_of
from compose.plan.fleet import Fleet
from compose.plan.operation import RestartContainer, RunHook, WaitCondition
from compose.plan.options import LifecycleOptions
from compose.plan.plan import Plan, Reason
from compose.plan.start import AWAITED, CONDITION_WORDS
from compose.plan.stopping import Stopping
from compose.state.observed import ContainerState, Observed

_ASKED = Reason(code="restart", text="it is asked to restart")


def plan_restart(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that restarts services in dependency order, with those that depend on them by `restart: true`.

    Dependants wait for their conditions among the services that are restarted. One-offs are left alone.

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    return _Restart(Fleet(observed, project), options).plan()


class _Restart:
    def __init__(self, fleet: Fleet, options: LifecycleOptions) -> None:
        self.fleet = fleet
        self.options = options
        self.draft = Draft()
        self.stopping = Stopping(fleet, self.draft, options.timeout)
        self.named = set(fleet.selected(options.services))
        cascading = [] if options.no_deps else [edge for edge in fleet.edges if edge.restart]
        self.chosen = dependants(self.named, cascading)
        self.ready: dict[str, Ids] = {}

    def plan(self) -> Plan:
        for name in self.fleet.services:
            if name in self.chosen:
                before = self._waits(name)
                containers = self.fleet.containers(name)
                self.ready[name] = tuple(self._container(container, before) for container in containers)
        return self.draft.plan(self.fleet.observed.project, "restart")

    def _container(self, container: ContainerState, before: Ids) -> str:
        target, name = target_of(container), container.service
        behind = self.stopping.hooks(container, before)
        operation = RestartContainer(container=target, timeout=self.options.timeout)
        last = self.draft.on(target, operation, self._reason(name), after=behind)
        service = self.fleet.project.services[name]
        for index, hook in enumerate(service.post_start):
            body = {**exec_body(hook), "Tty": exec_start_body(service)["Tty"]}
            span = self.fleet.project.span("services", name, "post_start", index)
            reason = Reason(code="hook", text="`post_start` asks for it", span=span)
            last = self.draft.on(
                target, RunHook(container=target, hook="post_start", index=index, body=body), reason, after=(last,)
            )
        return last

    def _reason(self, name: str) -> Reason:
        if name in self.named:
            return _ASKED
        edge = next(edge for edge in self.fleet.edges if edge.dependant == name and edge.restart and edge.service in self.chosen)
        text = f"it depends on `{edge.service}` with `restart: true`, which is restarted"
        return Reason(code="dependency-restarted", text=text, span=self._span(edge))

    def _waits(self, name: str) -> Ids:
        """Return what a service's restart waits for: its dependencies' restarts, and their conditions."""
        found: list[str] = []
        told: set[str] = set()
        for edge in self.fleet.edges:
            ready = self.ready.get(edge.service, ())
            if edge.dependant == name and ready and edge.service not in told:
                told.add(edge.service)
                found += (self._wait(edge, ready),) if edge.condition in AWAITED else ready
        return tuple(found)

    def _wait(self, edge: Dependency, ready: Ids) -> str:
        condition = AWAITED[edge.condition]
        targets = tuple(map(target_of, self.fleet.containers(edge.service)))
        text = f"`{edge.dependant}` needs `{edge.service}` {CONDITION_WORDS[condition]}"
        return self.draft.add(
            WaitCondition(
                service=edge.service,
                condition=condition,
                containers=targets,
                dependant=edge.dependant,
                required=edge.required,
            ),
            Reason(code="dependency", text=text, span=self._span(edge)),
            address=Address(kind="service", key=edge.service),
            resource=f"Container {targets[0].name}" if len(targets) == 1 else f"Service {edge.service}",
            after=ready,
            optional=not edge.required,
        )

    def _span(self, edge: Dependency) -> Span | None:
        return self.fleet.project.span("services", edge.dependant, edge.why, edge.service)
