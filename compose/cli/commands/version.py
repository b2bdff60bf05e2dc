"""`compose version`."""

from __future__ import annotations

from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import version as use_case


def version(
    ctx: param.Context,
    *,
    output: Annotated[str, param.Option("-f", "--format", show_default="pretty", help="How to print it: pretty or json")] = "",
    short: Annotated[bool, param.Option("--short", help="Print the number alone")] = False,
) -> None:
    """Print the version."""
    number = use_case.version()
    forms = {"": f"compose version v{number}\n", "pretty": f"compose version v{number}\n", "json": f'{{"version":"v{number}"}}\n'}
    if output not in forms:
        raise fail("unsupported-format", f'unsupported format "{output}"', hint="use pretty or json")
    Runtime.of(ctx).write(f"{number}\n" if short else forms[output])


DEFINITION = Definition(call=version, arity=arity.none)
