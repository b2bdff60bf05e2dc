"""`compose events`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import events as use_case
from compose.view.event_lines import json_line, text_line


def events(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    json: Annotated[bool, param.Option("--json", help="Print each event as an object")] = False,
    since: shared.Since = "",
    until: shared.Until = "",
) -> None:
    """Show what happens to containers, as it happens."""
    runtime = Runtime.of(ctx)
    options = use_case.EventsOptions(services=shared.many(services), since=since, until=until)
    line = json_line if json else text_line
    for event in use_case.events(runtime.session(), options):
        runtime.write(line(event))


DEFINITION = Definition(call=events, usage=("[OPTIONS] [SERVICE...]",))
