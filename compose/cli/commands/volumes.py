"""`compose volumes`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import Services, TemplateForm, many
from compose.cli.runtime import Runtime
from compose.commands import volumes as use_case
from compose.view import volumes as rows
from compose.view.listing import show


def volumes(
    ctx: param.Context,
    *,
    services: Services = None,
    form: TemplateForm = "",
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Print names alone")] = False,
) -> None:
    """List volumes."""
    runtime = Runtime.of(ctx)
    found = use_case.volumes(runtime.session(), many(services))
    runtime.write("".join(f"{volume.name}\n" for volume in found) if quiet else show(rows.LISTING, rows.rows(found), form))


DEFINITION = Definition(call=volumes, usage=("[OPTIONS] [SERVICE...]",))
