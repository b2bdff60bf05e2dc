"""`down`: remove what a project has on the engine."""

from __future__ import annotations

from compose.commands.perform import perform
from compose.commands.session import Scope, Session
from compose.plan.options import DownOptions
from compose.plan.plan import Plan
from compose.plan.sight import Sight


def down(session: Session, options: DownOptions) -> Plan:
    """Stop and remove containers and networks (volumes and images when asked); return the plan that was carried out.

    Works without files when the project's name is given.

    Raises:
        ComposeError: some step failed, or a service is unknown.
    """
    scope = session.scope(options.services)
    plan = _planned(session, options, scope)
    perform(session, plan, scope.project)
    return plan


def _planned(session: Session, options: DownOptions, scope: Scope) -> Plan:
    from compose.commands.look import see  # noqa: PLC0415 - needs the engine
    from compose.plan.teardown import plan_down  # noqa: PLC0415 - likewise

    project = scope.project
    sight = Sight(
        networks=tuple(network.name for network in project.networks.values() if not network.external) if project else (),
        volumes=tuple(volume.name for volume in project.volumes.values() if not volume.external) if project else (),
        images=dict.fromkeys(_images(session, scope), "") if options.rmi else {},
    )
    return plan_down(see(session, scope.name, sight), options, project)


def _images(session: Session, scope: Scope) -> tuple[str, ...]:
    """Return the images that `--rmi` may be about: those of the services, and those built for the project."""
    from compose.engine.observe import list_containers, project_images  # noqa: PLC0415 - needs the engine
    from compose.payload.naming import image_name  # noqa: PLC0415 - only with --rmi

    project = scope.project
    named = [image_name(project, service) for service in project.services.values()] if project else []
    used = [] if project else [container.image for container in list_containers(session.engine, scope.name)]
    return tuple(dict.fromkeys([*named, *used, *project_images(session.engine, scope.name)]))
