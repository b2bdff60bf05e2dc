"""`compose exec`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.cli.terminal import ProcessTerminal, wants_tty
from compose.commands import exec as use_case


def execute(
    ctx: param.Context,
    *,
    service: shared.Service = "",
    command: Annotated[list[str] | None, param.Argument(metavar="COMMAND")] = None,
    detach: Annotated[bool, param.Option("-d", "--detach", help="Return when the command was started")] = False,
    env: shared.Env = None,
    index: shared.Index = 0,
    interactive: Annotated[
        bool, param.Option("-i", "--interactive", hidden=True, help="Send what is typed to the command")
    ] = True,
    no_tty: shared.NoTty = None,
    privileged: Annotated[bool, param.Option("--privileged", help="Give the command every right on the host")] = False,
    tty: shared.Tty = None,
    user: shared.User = "",
    workdir: shared.Workdir = "",
) -> int:
    """Run a command in a container that runs."""
    runtime = Runtime.of(ctx)
    options = use_case.ExecOptions(
        service=service,
        command=shared.many(command),
        index=index,
        environment=shared.many(env),
        user=user,
        working_dir=workdir,
        privileged=privileged,
        tty=wants_tty(runtime.process, no_tty=no_tty, tty=tty, stdin=interactive and not detach),
        stdin=interactive,
        detach=detach,
        detach_keys=runtime.docker_setting("detachKeys"),
    )
    return use_case.execute(runtime.session(), options, ProcessTerminal(runtime))


DEFINITION = Definition(call=execute, arity=arity.at_least(2), interspersed=False, usage=("[OPTIONS] SERVICE COMMAND [ARGS...]",))
