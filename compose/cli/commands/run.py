"""`compose run`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.reporting import Report, reported
from compose.cli.runtime import Runtime
from compose.cli.terminal import ProcessTerminal, wants_tty
from compose.commands import run as use_case
from compose.plan.options import UpOptions


def run(
    ctx: param.Context,
    *,
    service: shared.Service = "",
    command: Annotated[list[str] | None, param.Argument(metavar="COMMAND")] = None,
    build: shared.Build = "false",
    cap_add: Annotated[
        list[str] | None, param.Option("--cap-add", help="Give the container a capability; may be repeated")
    ] = None,
    cap_drop: Annotated[
        list[str] | None, param.Option("--cap-drop", help="Take a capability from the container; may be repeated")
    ] = None,
    detach: Annotated[
        bool, param.Option("-d", "--detach", help="Return when the container is started, and print its id")
    ] = False,
    entrypoint: Annotated[
        str | None, param.Option("--entrypoint", help="Run this instead of the image's entry point; empty for none")
    ] = None,
    env: shared.Env = None,
    env_from_file: Annotated[
        list[str] | None, param.Option("--env-from-file", metavar="FILE", help="Set the variables of a file; may be repeated")
    ] = None,
    interactive: Annotated[bool, param.Option("-i", "--interactive", help="Send what is typed to the container")] = True,
    label: Annotated[
        list[str] | None,
        param.Option("-l", "--label", "--labels", metavar="KEY=VALUE", help="Give the container a label; may be repeated"),
    ] = None,
    name: Annotated[str, param.Option("--name", help="Name of the container")] = "",
    no_deps: Annotated[bool, param.Option("--no-deps", help="Leave the services alone that this one depends on")] = False,
    no_tty: shared.NoTty = None,
    publish: Annotated[
        list[str] | None,
        param.Option("-p", "--publish", metavar="[HOST:]PORT", help="Publish a port of the container; may be repeated"),
    ] = None,
    pull: shared.Pull = "",
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Show no progress")] = False,
    quiet_build: shared.QuietBuild = False,
    quiet_pull: shared.QuietPull = False,
    remove_orphans: Annotated[
        bool | None,
        param.Option(
            "--remove-orphans",
            show_default="false",
            help="Also remove containers of services that the files do not have (any more)",
        ),
    ] = None,
    report: Report = "",
    remove: Annotated[bool, param.Option("--rm", help="Remove the container when it has ended")] = False,
    service_ports: Annotated[bool, param.Option("-P", "--service-ports", help="Publish the ports of the service")] = False,
    tty: shared.Tty = None,
    use_aliases: Annotated[
        bool, param.Option("--use-aliases", help="Let others find the container under the names of the service")
    ] = False,
    user: shared.User = "",
    volume: Annotated[
        list[str] | None,
        param.Option("-v", "--volume", "--volumes", metavar="[SOURCE:]TARGET", help="Mount a volume or path; may be repeated"),
    ] = None,
    workdir: shared.Workdir = "",
) -> int:
    """Run a command in a new container of a service."""
    shared.refuse((bool(publish) and service_ports, "--service-ports and --publish are incompatible"))
    runtime = Runtime.of(ctx)
    request = use_case.RunRequest(
        service=service,
        up=UpOptions(no_deps=no_deps, **shared.build_mode(build), pull=shared.pull_policy(pull), quiet_pull=quiet_pull),
        command=shared.many(command),
        environment=shared.many(env),
        env_files=shared.many(env_from_file),
        entrypoint=entrypoint,
        labels=shared.many(label),
        publish=shared.many(publish),
        service_ports=service_ports,
        volumes=shared.many(volume),
        name=name,
        user=user,
        working_dir=workdir,
        cap_add=shared.many(cap_add),
        cap_drop=shared.many(cap_drop),
        use_aliases=use_aliases,
        remove=remove,
        detach=detach,
        tty=wants_tty(runtime.process, no_tty=no_tty, tty=tty, stdin=interactive and not detach),
        interactive=interactive,
        detach_keys=runtime.docker_setting("detachKeys"),
        remove_orphans=remove_orphans,
    )
    session = runtime.session(quiet=quiet, quiet_build=quiet_build)

    def attached() -> int:
        result = use_case.run(session, request, ProcessTerminal(runtime))
        for plan in result.plans:
            runtime.preview(plan)
        if result.container:
            runtime.write(f"{result.container}\n")
        return result.code

    return reported(runtime, session, report, attached)


DEFINITION = Definition(call=run, arity=arity.at_least(1), interspersed=False, usage=("[OPTIONS] SERVICE [COMMAND] [ARGS...]",))
