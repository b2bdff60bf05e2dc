"""`compose scale`."""

from __future__ import annotations

from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import up as use_case
from compose.plan.options import UpOptions


def scale(
    ctx: param.Context,
    *,
    targets: Annotated[list[str] | None, param.Argument(metavar="SERVICE=NUM")] = None,
    no_deps: shared.NoDeps = False,
) -> None:
    """Have as many containers of services as asked for."""
    wanted = _numbers(shared.many(targets))
    options = UpOptions(command="scale", services=tuple(wanted), scale=wanted, no_deps=no_deps)
    runtime = Runtime.of(ctx)
    runtime.preview(use_case.up(runtime.session(), options))


def _numbers(targets: tuple[str, ...]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for target in targets:
        name, has_number, text = target.partition("=")
        if not has_number or not name:
            raise fail("invalid-value", f"invalid scale specifier: {target}", hint="write SERVICE=NUM")
        if not text.isdecimal():
            raise fail("invalid-value", f"invalid scale specifier: can't parse replica value as int: {target}")
        wanted[name] = int(text)
    return wanted


DEFINITION = Definition(call=scale, arity=arity.at_least(1), usage=("[OPTIONS] SERVICE=NUM...",))
