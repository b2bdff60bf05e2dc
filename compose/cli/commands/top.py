"""`compose top`."""

from __future__ import annotations

from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import Form, Services, many, wants_json
from compose.cli.runtime import Runtime
from compose.commands import top as use_case
from compose.view import top as table
from compose.view.json_form import json_line


def top(ctx: param.Context, *, services: Services = None, form: Form = "") -> None:
    """Show what runs in containers."""
    runtime = Runtime.of(ctx)
    as_json = wants_json(form)
    found = use_case.top(runtime.session(), many(services))
    runtime.write(json_line(found) if as_json else table.top(found))


DEFINITION = Definition(call=top, usage=("[OPTIONS] [SERVICE...]",))
