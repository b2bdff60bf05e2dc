"""`up` and `create`: bring a project to what its files ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from compose.base.errors import fail
from compose.commands.converge import converge
from compose.commands.session import Session
from compose.model.project import Project
from compose.plan.options import UpOptions
from compose.plan.plan import Plan

if TYPE_CHECKING:
    from compose.commands.stay import Stay

_ASKING = frozenset({"up", "run"})
"""Commands that ask before they run what comes from elsewhere."""
_TRUE = frozenset({"1", "t", "true", "y", "yes", "on"})


def up(session: Session, options: UpOptions, *, remove_orphans: bool | None = None, stay: Stay | None = None) -> Plan:
    """Create and start what the files ask for, and return the plan that was carried out (in a dry run: would be).

    `remove_orphans` None leaves it to COMPOSE_REMOVE_ORPHANS; `stay` says when the project goes by itself.

    Raises:
        ComposeError: the project cannot be loaded or brought up.
        Cancelled: the user asked to stop.
    """
    project, options = prepared(session, options, remove_orphans=remove_orphans, stay=stay)
    return converge(session, project, options)


def prepared(
    session: Session, options: UpOptions, *, remove_orphans: bool | None, stay: Stay | None = None
) -> tuple[Project, UpOptions]:
    """Return the loaded project, and the options with what the environment and the time add to them.

    Raises:
        ComposeError: the project cannot be loaded, has no services, or the options contradict the environment.
    """
    project = session.load(options.services, no_deps=options.no_deps)
    if not project.services and not session.options.all_resources:
        raise fail("no-service-selected", "no service selected", hint="all services belong to profiles: add `--profile`")
    if project.instance:
        from compose.commands.instance import tell  # noqa: PLC0415 - hardly any project is a copy

        tell(session)
    if options.command in _ASKING and not session.options.dry_run and _is_remote(session):
        from compose.commands.remote_stack import agree  # noqa: PLC0415 - hardly any project is

        agree(session, project, assume_yes=options.assume_yes)
    if project.models:
        from compose.commands.models import with_models  # noqa: PLC0415 - hardly any project has some

        project = with_models(session, project)
    ignore = _is_set(project, "COMPOSE_IGNORE_ORPHANS")
    remove = _is_set(project, "COMPOSE_REMOVE_ORPHANS") if remove_orphans is None else remove_orphans
    if ignore and remove:
        raise fail("contradicting-options", "cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans")
    if stay is not None:
        from compose.commands.stay import leased  # noqa: PLC0415 - hardly ever asked for

        project = leased(session, project, stay)
    return project, replace(options, remove_orphans=remove, ignore_orphans=ignore, now=session.clock.now())


def _is_remote(session: Session) -> bool:
    """Return whether the first file that was named is an artifact or in a Git repository."""
    from compose.load.remote import is_remote  # noqa: PLC0415 - as every use of the loader

    return bool(session.options.files) and is_remote(session.options.files[0])


def _is_set(project: Project, variable: str) -> bool:
    return project.environment.get(variable, "").lower() in _TRUE
