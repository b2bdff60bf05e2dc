"""`compose images`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import Form, Services, many
from compose.cli.runtime import Runtime
from compose.commands import images as use_case
from compose.view import images as rows
from compose.view.json_form import json_line
from compose.view.listing import show


def images(
    ctx: param.Context,
    *,
    services: Services = None,
    form: Form = "",
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Print ids alone")] = False,
) -> None:
    """List the images of containers."""
    runtime = Runtime.of(ctx)
    session = runtime.session()
    found = use_case.images(session, many(services))
    if quiet:
        runtime.write("".join(f"{identity}\n" for identity in rows.ids(found)))
    elif form == "json":
        runtime.write(f"{json_line(rows.json_rows(found))}\n")
    else:
        runtime.write(show(rows.LISTING, rows.rows(found, now=session.clock.now()), form))


DEFINITION = Definition(call=images, usage=("[OPTIONS] [SERVICE...]",))
