"""`compose cp`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.cli.terminal import ProcessTerminal
from compose.commands import cp as use_case
from compose.commands.copying import Pipes

_BLOCK = 1 << 20


def cp(
    ctx: param.Context,
    *,
    source: Annotated[str, param.Argument(metavar="SOURCE")] = "",
    destination: Annotated[str, param.Argument(metavar="DESTINATION")] = "",
    everything: Annotated[bool, param.Option("--all", help="Include containers made by `run`")] = False,
    archive: Annotated[bool, param.Option("-a", "--archive", help="Keep the owners of files")] = False,
    follow: Annotated[bool, param.Option("-L", "--follow-link", help="Copy what a link points to instead of the link")] = False,
    index: shared.Index = 0,
) -> None:
    """Copy files between a service's containers and this machine."""
    for what, given in (("source", source), ("destination", destination)):
        if not given:
            raise fail("wrong-arguments", f"{what} can not be empty")
    runtime = Runtime.of(ctx)
    request = use_case.CpRequest(
        source=source,
        destination=destination,
        index=index,
        all=everything,
        archive=archive,
        follow=follow,
    )
    terminal = ProcessTerminal(runtime)
    pipes = Pipes(read=lambda: _read(terminal.stdin), write=terminal.stdout)
    copies = use_case.cp(runtime.session(), request, pipes)
    if runtime.options.dry_run:
        runtime.write("".join(f"copy {one}\n" for one in copies))


def _read(descriptor: int | None) -> Iterator[bytes]:
    while descriptor is not None and (data := os.read(descriptor, _BLOCK)):
        yield data


DEFINITION = Definition(
    call=cp,
    arity=arity.exactly(2),
    usage=("[OPTIONS] SERVICE:SOURCE DESTINATION|-", "[OPTIONS] SOURCE|- SERVICE:DESTINATION"),
    notes=(
        "A source directory is copied into a destination that is there, and as a destination that is not;"
        " with `/.` at its end only what is in it. `-` is a tar archive on stdin or stdout. To a service, files go to"
        " all its containers, also stopped ones; from a service, they come from its first."
    ),
)
