"""`compose attach`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.cli.terminal import ProcessTerminal
from compose.commands import attach as use_case


def attach(
    ctx: param.Context,
    *,
    service: shared.Service = "",
    detach_keys: Annotated[
        str, param.Option("--detach-keys", metavar="KEYS", help="Keys that leave the container running, such as ctrl-p,ctrl-q")
    ] = "",
    index: shared.Index = 0,
    no_stdin: Annotated[bool, param.Option("--no-stdin", help="Send nothing of what is typed")] = False,
    sig_proxy: Annotated[bool, param.Option("--sig-proxy", help="Pass signals such as Ctrl-C on to the container")] = True,
) -> int:
    """Show what a container writes, and send it what is typed."""
    runtime = Runtime.of(ctx)
    request = use_case.AttachRequest(
        service=service,
        index=index,
        stdin=not no_stdin,
        signals=sig_proxy,
        detach_keys=detach_keys or runtime.docker_setting("detachKeys"),
    )
    return use_case.attach(runtime.session(), request, ProcessTerminal(runtime))


DEFINITION = Definition(call=attach, arity=arity.exactly(1), usage=("[OPTIONS] SERVICE",))
