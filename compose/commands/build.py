"""`build`: make the images of services from what their files say. Source: commands section 6."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.build.builder import Builder
from compose.build.planning import BuildOptions, plan_build
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.model.project import Project
from compose.plan.operation import BuildImage
from compose.plan.plan import Plan

NOTHING = Diagnostic(severity="warning", code="nothing-to-build", summary="No services to build")


def build(session: Session, options: BuildOptions, *, arguments: Sequence[str] = ()) -> Plan:
    """Build what is asked for, and return the plan that was carried out (in a dry run: would be).

    `arguments` are build arguments as given: `NAME=VALUE`, or `NAME` for the value in the environment.

    Raises:
        ComposeError: the project cannot be loaded, or a build failed.
        Cancelled: the user asked to stop.
    """
    project, plan = _planned(session, options, arguments)
    perform(session, plan, project)
    return plan


def definition(session: Session, options: BuildOptions, *, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Return what BuildKit would be given for the same options, as Bake's JSON; nothing is built.

    Raises:
        ComposeError: the project cannot be loaded, or a build cannot begin.
    """
    project, plan = _planned(session, options, arguments)
    builder = Builder(project, session.engine, environ=session.environ, clock=session.clock, endpoint=session.endpoint)
    return builder.definition([step.operation for step in plan.steps if isinstance(step.operation, BuildImage)])


def resolved(arguments: Sequence[str], environment: dict[str, str]) -> dict[str, str]:
    """Return build arguments with their values; a bare name the environment does not have is left out."""
    found: dict[str, str] = {}
    for argument in arguments:
        name, has_value, value = argument.partition("=")
        if has_value:
            found[name] = value
        elif name in environment:
            found[name] = environment[name]
    return found


def _planned(session: Session, options: BuildOptions, arguments: Sequence[str]) -> tuple[Project, Plan]:
    project = session.load(options.services)
    plan = plan_build(project, replace(options, args=resolved(arguments, dict(project.environment))))
    if not plan.steps:
        session.warn(NOTHING)
    return project, plan
