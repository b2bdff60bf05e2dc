"""The plans of start, stop, restart, kill, pause, unpause and rm. Source: reconcile sections 8 and 13."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.model.project import Project
from compose.payload.surroundings import Surroundings
from compose.plan.draft import Draft, target_of
from compose.plan.fleet import Fleet
from compose.plan.operation import (
    KillContainer,
    Operation,
    PauseContainer,
    RemoveContainer,
    RunProvider,
    Target,
    UnpauseContainer,
)
from compose.plan.options import LifecycleOptions, UpOptions
from compose.plan.orphans import declared, is_foreign, orphans
from compose.plan.plan import Confirmation, Plan, Reason
from compose.plan.settlement import Settlement, Slot
from compose.plan.situation import Situation, is_running
from compose.plan.start import StartPhase
from compose.plan.stopping import Stopping
from compose.plan.work import Work
from compose.state.observed import ContainerState, Observed

REMOVE = "rm"
"""Key of the confirmation that `rm` asks for."""


def plan_start(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that starts the containers there are, those of dependencies as well, in order.

    Raises:
        ComposeError: there is nothing to start, or a service has no container.
    """
    fleet = Fleet(observed, project)
    fleet.selected(options.services)
    if not any(fleet.containers(name) for name in fleet.services):
        raise fail("no-container", f'no container found for project "{observed.project}": not found')
    asked = UpOptions(
        command="start",
        services=tuple(name for name in options.services if name in fleet.services),
        wait=options.wait,
        wait_timeout=options.wait_timeout,
        exit_ok=options.exit_ok,
    )
    work = Work(Situation(fleet.project, observed, asked, Surroundings()), Draft())
    StartPhase(work, {name: _as_it_is(work.situation, name) for name in _with_containers(work.situation)}).run()
    return work.draft.plan(observed.project, "start")


def _with_containers(situation: Situation) -> Iterable[str]:
    for name, service in situation.services.items():
        if service.provider is not None:
            continue
        if situation.replicas(name):
            yield name
        elif service.replicas:
            raise fail("no-container", f'service "{name}" has no container to start')


def _as_it_is(situation: Situation, name: str) -> Settlement:
    reason = Reason(code="start")
    return Settlement(
        service=name,
        slots=tuple(
            Slot(service=name, number=one.number, name=one.name, reason=reason, keep=one) for one in situation.replicas(name)
        ),
    )


def plan_stop(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that stops services in reverse dependency order, hooks first; one-offs are left alone.

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    fleet, draft = Fleet(observed, project), Draft()
    _draft_stop(fleet, draft, options, fleet.selected(options.services))
    return draft.plan(observed.project, "stop")


def _draft_stop(fleet: Fleet, draft: Draft, options: LifecycleOptions, selected: Iterable[str]) -> dict[str, str]:
    stopping = Stopping(fleet, draft, options.timeout)
    reason = Reason(code="stop", text="it is asked to stop")
    wanted = set(selected)
    steps: dict[str, str] = {}
    for name in reversed(fleet.services):
        own: dict[str, str] = {}
        if name in wanted and fleet.project.services[name].provider is not None:
            _draft_provider_stop(fleet, draft, name, stopping)
        elif name in wanted:
            own = {one.id: stopping.stop(one, reason) for one in fleet.containers(name)}
            for container in fleet.containers(name):
                if not own[container.id]:
                    draft.keep(container, "Stopped")
        stopping.stopped(name, tuple(own.values()))
        steps |= own
    return steps


def _draft_provider_stop(fleet: Fleet, draft: Draft, name: str, stopping: Stopping) -> None:
    draft.add(
        RunProvider(service=name, action="stop"),
        Reason(code="stop", text="it is asked to stop", span=fleet.project.span("services", name, "provider")),
        address=Address(kind="provider", key=name),
        resource=name,
        after=stopping.before(name),
    )


def plan_kill(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that sends a signal to running containers, one-offs of known services included.

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    fleet = Fleet(observed, project)
    chosen = [one for name in fleet.selected(options.services) for one in fleet.containers(name, one_offs=True)]
    if options.remove_orphans:
        strays = orphans(observed, declared(fleet.project))
        chosen += [one for one in strays if one not in chosen and (fleet.is_rebuilt or not is_foreign(one, fleet.project))]
    reason = Reason(code="kill", text=f"{options.signal} is asked for")
    draft = _on_each(
        [one for one in chosen if is_running(one)],
        lambda target: KillContainer(container=target, signal=options.signal),
        reason,
    )
    if not draft.steps:
        draft.warnings.append(Diagnostic(severity="warning", code="nothing-to-kill", summary="No container to kill"))
    return draft.plan(observed.project, "kill")


def plan_pause(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that pauses running containers; the engine refuses those that are paused already.

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    running = _running(Fleet(observed, project), options)
    draft = _on_each(running, lambda target: PauseContainer(container=target), Reason(code="pause"))
    return draft.plan(observed.project, "pause")


def plan_unpause(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that lets paused containers go on; the engine refuses those that are not paused.

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    running = _running(Fleet(observed, project), options)
    draft = _on_each(running, lambda target: UnpauseContainer(container=target), Reason(code="unpause"))
    return draft.plan(observed.project, "unpause")


def _running(fleet: Fleet, options: LifecycleOptions) -> list[ContainerState]:
    return [one for name in fleet.selected(options.services) for one in fleet.containers(name) if is_running(one)]


def _on_each(containers: Iterable[ContainerState], operation: Callable[[Target], Operation], reason: Reason) -> Draft:
    draft = Draft()
    for container in containers:
        target = target_of(container)
        draft.on(target, operation(target), reason)
    return draft


def plan_rm(observed: Observed, options: LifecycleOptions, project: Project | None = None) -> Plan:
    """Return the plan that removes stopped containers (with `stop` the running ones too, stopped first).

    Unless forced, nothing is planned before the user confirmed (`Confirmation` with key `REMOVE`).

    Raises:
        ComposeError: a named service is not in the project's files.
    """
    fleet, draft = Fleet(observed, project), Draft()
    names = fleet.selected(options.services)
    chosen = [one for name in names for one in fleet.containers(name) if options.stop or not is_running(one)]
    if not chosen:
        draft.warnings.append(Diagnostic(severity="warning", code="nothing-to-remove", summary="No stopped containers"))
        return draft.plan(observed.project, "rm")
    if not options.force and REMOVE not in options.confirmed:
        question = f"Going to remove {', '.join(one.name for one in chosen)}"
        draft.confirmations.append(Confirmation(key=REMOVE, question=question))
        return draft.plan(observed.project, "rm")
    stops = _draft_stop(fleet, draft, options, names) if options.stop else {}
    draft.unchanged.clear()
    for container in chosen:
        target = target_of(container)
        removal = RemoveContainer(container=target, volumes=options.volumes)
        draft.on(target, removal, Reason(code="rm", text="it is asked to be removed"), after=(stops.get(container.id, ""),))
    return draft.plan(observed.project, "rm")
