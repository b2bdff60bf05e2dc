"""The one-off container of `run`: a service with the command line's overrides. Source: reconcile section 14."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base import labels as label_names
from compose.base.value import Value
from compose.model.deploy import Deploy
from compose.model.project import Project
from compose.model.service import Port, Service
from compose.model.storage import Mount
from compose.payload.container import Shape, render_shape
from compose.payload.naming import run_name
from compose.payload.networking import Links
from compose.payload.payloads import ContainerPayload
from compose.payload.surroundings import Surroundings
from compose.state.observed import EngineFacts


class RunOptions(Value, frozen=True, kw_only=True):
    """What `run` was asked for; None or empty = as the service says.

    `slug` is 64 random hex digits. `ports` replace the service's, which are left out unless `service_ports`;
    `volumes` are added. An `entrypoint` without `command` clears the service's command.
    """

    slug: str
    name: str = ""
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    user: str = ""
    working_dir: str = ""
    environment: dict[str, str] = {}
    labels: dict[str, str] = {}
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    service_ports: bool = False
    volumes: tuple[Mount, ...] = ()
    tty: bool = False
    interactive: bool = False
    use_aliases: bool = False
    auto_remove: bool = False


def render_run(
    project: Project,
    service: Service,
    options: RunOptions,
    facts: EngineFacts,
    *,
    links: Links | None = None,
    surroundings: Surroundings | None = None,
) -> ContainerPayload:
    """Return the body of POST containers/create for a one-off container.

    Raises:
        ComposeError: a seccomp profile was not given in `surroundings`, or is no JSON.
    """
    shape = Shape(
        name=options.name or run_name(project, service, options.slug),
        number=0,
        labels={label_names.ONEOFF: "True", label_names.SLUG: options.slug},
        found=options.use_aliases,
        stdin=options.interactive,
        auto_remove=options.auto_remove,
    )
    return render_shape(
        project, overridden(service, options), shape, facts, links=links or {}, surroundings=surroundings or Surroundings()
    )


def overridden(service: Service, options: RunOptions) -> Service:
    """Return the service as the one-off container sees it."""
    command = options.command or service.command
    if options.entrypoint is not None and not options.command:
        command = ()
    add, drop = _capabilities(service, options)
    return replace(
        service,
        container_name="",
        command=command,
        entrypoint=service.entrypoint if options.entrypoint is None else options.entrypoint,
        user=options.user or service.user,
        working_dir=options.working_dir or service.working_dir,
        environment={**service.environment, **options.environment},
        labels={**service.labels, **options.labels},
        cap_add=add,
        cap_drop=drop,
        ports=service.ports if options.service_ports else options.ports,
        volumes=_volumes(service, options),
        tty=options.tty,
        stdin_open=options.interactive,
        restart="",
        deploy=_without_restart(service.deploy),
        scale=1,
    )


def _capabilities(service: Service, options: RunOptions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    drop = [name for name in service.cap_drop if name not in options.cap_add] + list(options.cap_drop)
    add = [name for name in (*service.cap_add, *options.cap_add) if name not in options.cap_drop]
    return tuple(add), tuple(drop)


def _volumes(service: Service, options: RunOptions) -> tuple[Mount, ...]:
    taken = {mount.target for mount in options.volumes}
    return (*(mount for mount in service.volumes if mount.target not in taken), *options.volumes)


def _without_restart(deploy: Deploy | None) -> Deploy | None:
    return replace(deploy, restart_policy=None) if deploy is not None else None
