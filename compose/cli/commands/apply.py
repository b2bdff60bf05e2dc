"""`compose apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import apply as use_case


def apply(ctx: param.Context, *, file: Annotated[str, param.Argument(metavar="FILE")] = "") -> None:
    """Carry out a plan that was kept."""
    runtime = Runtime.of(ctx)
    data = _read(runtime, file)
    runtime.preview(use_case.apply(runtime.session(), data))


def _read(runtime: Runtime, file: str) -> bytes:
    """Return the content of a file, or of stdin for `-`.

    Raises:
        ComposeError: it cannot be read.
    """
    if file == "-":
        return runtime.process.stdin.read().encode()
    try:
        return (Path(runtime.process.cwd) / file).read_bytes()
    except OSError as error:
        raise fail("cannot-read", f"cannot read `{file}`: {error.strerror}") from error


DEFINITION = Definition(
    call=apply,
    arity=arity.exactly(1),
    usage=("FILE",),
    notes="""FILE was written by `compose plan -o FILE`; `-` is stdin. The plan is refused when the engine has anything of the
    project that it did not have when the plan was made, or lacks something it had.""",
)
