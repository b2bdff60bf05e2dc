"""`compose export`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, BinaryIO

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.process import is_terminal
from compose.cli.runtime import Runtime
from compose.cli.terminal import ProcessTerminal
from compose.commands import export as use_case


def export(
    ctx: param.Context,
    *,
    service: shared.Service = "",
    index: shared.Index = 0,
    output: Annotated[str, param.Option("-o", "--output", metavar="FILE", help="Write to a file instead of stdout")] = "",
) -> None:
    """Write the files of a container as a tar archive."""
    runtime = Runtime.of(ctx)
    session = runtime.session()
    if not output:
        if is_terminal(runtime.process.stdout):
            raise fail("no-output", "output option is required when exporting to terminal", hint="add `-o FILE`")
        use_case.export(session, service, index, ProcessTerminal(runtime).stdout)
        return
    target = Path(runtime.process.cwd) / output
    opened: list[BinaryIO] = []

    def write(data: bytes) -> None:
        if not opened:  # only now, so that a file stays where there is nothing to put into it
            opened.append(stack.enter_context(target.open("wb")))
        opened[0].write(data)

    try:
        with ExitStack() as stack:
            use_case.export(session, service, index, write)
    except OSError as error:
        raise fail("cannot-write", f"cannot write {output}: {error.strerror}") from error


DEFINITION = Definition(call=export, arity=arity.exactly(1), usage=("[OPTIONS] SERVICE",))
