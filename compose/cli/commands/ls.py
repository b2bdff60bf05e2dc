"""`compose ls`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.options import Form
from compose.cli.runtime import Runtime
from compose.commands import ls as use_case
from compose.view import ls as rows
from compose.view.listing import show


def ls(
    ctx: param.Context,
    *,
    everything: Annotated[bool, param.Option("-a", "--all", help="Show projects without a running container too")] = False,
    condition: Annotated[str, param.Option("--filter", help="Only projects with this property: name=REGEX")] = "",
    form: Form = "",
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Print names alone")] = False,
) -> None:
    """List projects."""
    runtime = Runtime.of(ctx)
    found = use_case.ls(runtime.session(), use_case.LsOptions(all=everything, filter=condition))
    listed = rows.rows(found)
    runtime.write("".join(f"{name}\n" for name in found) if quiet else show(rows.listing(listed), listed, form))


DEFINITION = Definition(call=ls, arity=arity.none)
