"""`down`: remove what a project has on the engine."""

from __future__ import annotations

from compose.base.errors import fail
from compose.commands.perform import perform
from compose.commands.session import Scope, Session
from compose.plan.options import DownOptions
from compose.plan.plan import Plan
from compose.plan.sight import Sight


def down(session: Session, options: DownOptions, *, verify: bool = False) -> Plan:
    """Stop and remove containers and networks (volumes and images when asked); return the plan that was carried out.

    Works without files when the project's name is given. `verify` looks again afterwards: then nothing must be left.

    Raises:
        ComposeError: some step failed, a service is unknown, or something that should be gone is there.
    """
    scope = session.scope(options.services)
    plan = _planned(session, options, scope)
    perform(session, plan, scope.project)
    if session.options.dry_run:
        return plan
    if not options.services:
        _forget_lease(session, scope.name, everything=options.volumes)
    if verify:
        _verify(session, options, scope.name)
    return plan


def _forget_lease(session: Session, name: str, *, everything: bool) -> None:
    from compose.commands.lease import forget, place_of  # noqa: PLC0415 - needs the engine's address

    forget(place_of(session.environ, session.endpoint.url, name), everything=everything)


def _verify(session: Session, options: DownOptions, name: str) -> None:
    """Refuse to say that all is well when something with the project's label is left.

    Volumes may be, unless they were to go; so may everything of other services, when some were named.

    Raises:
        ComposeError: something is left.
    """
    from compose.commands.look import see  # noqa: PLC0415 - needs the engine

    seen = see(session, name)
    containers = [one for one in (*seen.containers, *seen.hooks) if not options.services or one.service in options.services]
    left = [f"container {one.name}" for one in containers]
    if not options.services:
        left += [f"network {network.name}" for network in seen.networks if network.project == name]
        left += [f"volume {volume.name}" for volume in seen.volumes if volume.project == name] if options.volumes else []
    if left:
        hint = "" if options.remove_orphans else "`--remove-orphans` also removes what the files do not have (any more)"
        raise fail("left-behind", f"still there after down: {', '.join(left)}", hint=hint)


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
