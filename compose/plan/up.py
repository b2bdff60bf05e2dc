"""The plan of up, create and scale. Source: reconcile sections 3 to 10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.model.project import Project
from compose.payload.surroundings import Surroundings
from compose.plan.comparison import needs_inspect
from compose.plan.converge import converge
from compose.plan.create import draft_creations, names_wanted
from compose.plan.draft import Draft, target_of
from compose.plan.images import draft_images
from compose.plan.networks import decide_networks, draft_networks, draft_old_networks
from compose.plan.operation import StartContainer
from compose.plan.options import UpOptions
from compose.plan.orphans import ORPHAN, declared, is_foreign, orphans, warn_of_foreign, warn_of_orphans
from compose.plan.plan import Plan
from compose.plan.replicas import Replicas
from compose.plan.rules import policy_of, shared_ids
from compose.plan.settlement import Settlement
from compose.plan.situation import Situation
from compose.plan.start import StartPhase
from compose.plan.volumes import decide_volumes, draft_volumes, losing
from compose.plan.work import Work
from compose.state.observed import ContainerState, Observed

NOWHERE = Surroundings()


def plan_up(project: Project, observed: Observed, options: UpOptions, surroundings: Surroundings = NOWHERE) -> Plan:
    """Return what to do so that the engine has what the project asks for; empty steps = nothing.

    `surroundings` are what bodies need from the machine (proxies, seccomp profiles); its images come from `observed`.
    Containers named by `undecided` should have been inspected, otherwise a differing hash label alone decides.

    Raises:
        ComposeError: the project cannot be brought up on this engine (external resources that are missing, shared
            containers that are missing, attributes that cannot be honoured); all such problems at once.
    """
    situation = Situation(project, observed, options, surroundings)
    draft = Draft()
    _refuse(situation)
    draft.warnings += situation.payloads.warnings
    networks = decide_networks(situation, draft.warnings)
    volumes = decide_volumes(situation, draft.warnings, draft.confirmations)
    unsettled = frozenset[str]() if options.images_ready else draft_images(situation, draft)
    settlements = converge(situation, networks, volumes, unsettled)
    strays = _orphans(situation, draft)
    leaving = {container.id for container in _leaving(settlements)} | {container.id for container in strays}
    work = Work(situation, draft)
    draft_networks(work, networks, leaving)
    _remove_first(work, settlements, strays, set(losing(situation, volumes)))
    draft_volumes(work, volumes)
    draft_creations(work, settlements, unsettled)
    _remove_rest(work, settlements)
    _start(work, settlements)
    _restore(work, leaving)
    for container in strays:
        work.remove(container, ORPHAN)
    draft_old_networks(work, networks)
    _note_unsettled(situation, settlements, unsettled, draft)
    return draft.plan(situation.project.name, options.command)


def undecided(project: Project, observed: Observed, options: UpOptions) -> tuple[str, ...]:
    """Return the ids of containers that `plan_up` should know by inspect: their hash label does not settle the matter.

    Raises:
        ComposeError: as `plan_up`.
    """
    situation = Situation(project, observed, options, NOWHERE)
    names = [name for name, service in situation.services.items() if service.provider is None]
    return tuple(
        container.id
        for name in names
        if policy_of(options, name) == "diverged"
        for container in situation.replicas(name)
        if needs_inspect(situation, situation.services[name], container, shared_ids(situation, name))
    )


def _refuse(situation: Situation) -> None:
    problems = [
        Diagnostic(
            severity="error",
            code="per-replica-hook",
            summary=(
                f'service "{name}" pre_start[{index}]: per_replica is not yet supported; remove per_replica or set it to false'
            ),
            span=situation.project.span("services", name, "pre_start", index),
        )
        for name, service in situation.services.items()
        for index, hook in enumerate(service.pre_start)
        if hook.per_replica
    ]
    if problems:
        raise ComposeError(*problems)


def _leaving(settlements: Mapping[str, Settlement]) -> Iterable[ContainerState]:
    for settlement in settlements.values():
        yield from (container for container, _ in settlement.removed)
        yield from (slot.replace for slot in settlement.slots if slot.replace is not None)


def _orphans(situation: Situation, draft: Draft) -> tuple[ContainerState, ...]:
    """Return the orphans to remove; warn of those that stay."""
    options, project = situation.options, situation.project
    found = orphans(situation.observed, declared(project))
    foreign = [container for container in found if is_foreign(container, project)]
    own = tuple(container for container in found if not is_foreign(container, project))
    if foreign and not options.ignore_orphans:
        draft.warnings.append(warn_of_foreign(foreign, project))
    if options.remove_orphans:
        return own
    if own and not options.ignore_orphans:
        draft.warnings.append(warn_of_orphans(own))
    return ()


def _remove_first(work: Work, settlements: Mapping[str, Settlement], strays: Iterable[ContainerState], lost: set[str]) -> None:
    """Remove what stands in the way: containers on volumes made anew, and holders of names that are needed."""
    names = names_wanted(settlements)
    for settlement in settlements.values():
        for container, reason in settlement.removed:
            if settlement.service in lost or container.name in names:
                work.remove(container, reason)
    for container in strays:
        if container.name in names:
            work.remove(container, ORPHAN)


def _remove_rest(work: Work, settlements: Mapping[str, Settlement]) -> None:
    for settlement in settlements.values():
        for container, reason in settlement.removed:
            work.remove(container, reason)


def _start(work: Work, settlements: Mapping[str, Settlement]) -> None:
    if work.situation.options.start:
        StartPhase(work, settlements).run()
        return
    replicas = Replicas(work)
    for settlement in settlements.values():
        for slot in settlement.slots:
            if slot.replace is not None:
                replicas.swap(slot)
            elif slot.keep is not None and slot.keep.state == "running":
                work.draft.keep(slot.keep)


def _restore(work: Work, leaving: set[str]) -> None:
    """Start again what ran before its network was made anew and that nobody else starts."""
    started = {step.operation.container.id for step in work.draft.steps if isinstance(step.operation, StartContainer)}
    for container in work.situation.observed.containers:
        if container.id in work.moved and container.id not in leaving | started:
            target = target_of(container)
            after = work.connected.get(container.id, {}).values()
            work.draft.on(target, StartContainer(container=target), work.moved[container.id], after=after)


def _note_unsettled(situation: Situation, settlements: Mapping[str, Settlement], unsettled: frozenset[str], draft: Draft) -> None:
    """Say which containers may yet turn out to be made of an image that is another one after the pull or build."""
    for name, settlement in settlements.items():
        reference = situation.image(situation.services[name])
        kept = [slot.name for slot in settlement.slots if slot.keep is not None]
        if reference in unsettled and kept:
            summary = f"`{name}` is recreated as well if `{reference}` is another image after the pull or build"
            span = situation.project.span("services", name, "image")
            note = Diagnostic(severity="note", code="image-may-change", summary=summary, span=span, detail=", ".join(kept))
            draft.warnings.append(note)
