"""Making the engine have what a project asks for: the common part of up, create, scale, run and plan."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from compose.commands.look import look, surroundings
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.engine.observe import observe
from compose.model.project import Project
from compose.plan.images import plan_images, references
from compose.plan.options import UpOptions
from compose.plan.plan import Plan
from compose.plan.up import plan_up

Ready = Callable[[Plan], None]


def converge(session: Session, project: Project, options: UpOptions, *, ready: Ready = lambda _plan: None) -> Plan:
    """Bring the engine to what the project asks for and return the (last) plan that was carried out.

    Images come first. Where containers exist, they are looked at again afterwards, because only then is it known
    which of them are made of another image now. In a dry run nothing changes and the whole plan is returned.
    `ready` is called with the plan just before its steps begin.

    Raises:
        ComposeError: planning refused, or steps failed.
        Cancelled: the user asked to stop.
    """
    if not session.options.dry_run:
        options = _images_first(session, project, options)
    around = surroundings(session, project)
    observed = look(session, project, options)
    plan = plan_up(project, observed, options, around)
    confirmed = {one.key for one in plan.confirmations if not session.options.dry_run and session.confirm(one.question)}
    if confirmed:
        options = replace(options, confirmed=options.confirmed | confirmed)
        plan = plan_up(project, observed, options, around)
    ready(plan)
    perform(session, plan, project)
    return plan


def _images_first(session: Session, project: Project, options: UpOptions) -> UpOptions:
    """Pull and build where containers may depend on the outcome; return the options for what follows."""
    observed = observe(session.engine, project.name, images=references(project, options))
    plan = plan_images(project, observed, options)
    if not plan.steps:
        return replace(options, images_ready=True)
    if not observed.containers:
        return options
    perform(session, plan, project)
    return replace(options, images_ready=True)
