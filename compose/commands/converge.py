"""Making the engine have what a project asks for: the common part of up, create, scale, run and plan."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from compose.commands.lock import locked
from compose.commands.look import look, look_closer, surroundings
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.engine.observe import inspected
from compose.model.project import Project
from compose.plan.images import plan_images
from compose.plan.inherit import under_lease
from compose.plan.options import UpOptions
from compose.plan.plan import Plan
from compose.plan.up import plan_up
from compose.state.observed import Observed

Ready = Callable[[Plan], None]


def _no_matter(_plan: Plan) -> None:
    """Nobody wants to know."""


def converge(session: Session, project: Project, options: UpOptions, *, ready: Ready = _no_matter) -> Plan:
    """Bring the engine to what the project asks for and return the (last) plan that was carried out.

    Another process that brings the same project up is waited for. Images come first. Where containers exist, they
    are looked at again afterwards, because only then is it known which of them are made of another image now. In a
    dry run nothing changes and the whole plan is returned. `ready` is called with the plan just before its steps begin.

    Raises:
        ComposeError: planning refused, or steps failed.
        Cancelled: the user asked to stop.
    """
    with locked(session, project.name, options.command):
        return _converge(session, project, options, ready)


def _converge(session: Session, project: Project, options: UpOptions, ready: Ready) -> Plan:
    if session.options.dry_run:
        plan = planned(session, project, options)
    else:
        if _has_providers(project):
            project, options = _providers_first(session, project, options)
        observed = look(session, project, options)
        project = under_lease(project, observed)
        options = _judged(session, project, observed, options)
        observed, options = _images_first(session, project, observed, options)
        plan = _confirmed(session, project, look_closer(session, project, options, observed), options)
    ready(plan)
    outcome = perform(session, plan, project)
    if outcome is not None and outcome.interrupted and options.command == "up" and options.start:
        _start_again(session, project, options)
    return plan


def _start_again(session: Session, project: Project, options: UpOptions) -> None:
    """Start what ended with an engine that restarted in the middle; jobs that ended well stay ended."""
    settled = replace(
        options,
        images_ready=True,
        force_recreate=False,
        always_recreate_deps=False,
        renew_anon_volumes=False,
        jobs="keep",
        resting=True,
    )
    observed = look(session, project, settled)
    perform(session, _confirmed(session, project, look_closer(session, project, settled, observed), settled), project)


def planned(session: Session, project: Project, options: UpOptions) -> Plan:
    """Return what `converge` would do, without asking or changing anything.

    No provider is run: what it said last time stands in for what it would say.

    Raises:
        ComposeError: planning refused.
    """
    around = surroundings(session, project)
    observed = look(session, project, options)
    project = under_lease(project, observed)
    if _has_providers(project):
        from compose.commands import providers  # noqa: PLC0415 - hardly any project has some

        containers = inspected(session.engine, observed, [container.id for container in observed.containers])
        project, _ = providers.extended(project, providers.assumed(project, containers, around))
    options = _judged(session, project, observed, options)
    return plan_up(project, look_closer(session, project, options, observed), options, around)


def _judged(session: Session, project: Project, observed: Observed, options: UpOptions) -> UpOptions:
    """Return the options with the images that are to be built again because they are older than their inputs."""
    if options.outdated == "leave" or not any(service.build is not None for service in project.services.values()):
        return options
    from compose.commands.outdated import judged  # noqa: PLC0415 - only where something is built

    return judged(session, project, observed, options)


def _has_providers(project: Project) -> bool:
    return any(service.provider is not None for service in project.services.values())


def _confirmed(session: Session, project: Project, observed: Observed, options: UpOptions) -> Plan:
    """Return the plan, with the destructive steps that the user says yes to."""
    around = surroundings(session, project)
    plan = plan_up(project, observed, options, around)
    confirmed = {one.key for one in plan.confirmations if session.confirm(one.question)}
    if not confirmed:
        return plan
    return plan_up(project, observed, replace(options, confirmed=options.confirmed | confirmed), around)


def _providers_first(session: Session, project: Project, options: UpOptions) -> tuple[Project, UpOptions]:
    """Run the providers, and before them what they depend on; return the project with what they say, and what follows."""
    from compose.commands import providers  # noqa: PLC0415 - as above

    runner = providers.Providers(session, project)
    for level in providers.levels(project):
        extended, _ = providers.extended(project, runner.variables)
        chosen = replace(options, services=level, wait=False, force_recreate=False, ignore_orphans=True, remove_orphans=False)
        observed = look_closer(session, extended, chosen, look(session, extended, chosen))
        perform(session, plan_up(extended, observed, chosen, surroundings(session, extended)), extended, providers=runner)
        options = replace(options, providers_ready=options.providers_ready | frozenset(level))
    extended, notes = providers.extended(project, runner.variables)
    session.warn(*notes)
    return extended, options


def _images_first(session: Session, project: Project, observed: Observed, options: UpOptions) -> tuple[Observed, UpOptions]:
    """Pull and build where containers may depend on the outcome; return what is there then, and the options that follow."""
    plan = plan_images(project, observed, options)
    ready = replace(options, images_ready=True)
    if not plan.steps:
        return observed, ready
    if not observed.containers:
        return observed, options
    perform(session, plan, project)
    return look(session, project, options), ready
