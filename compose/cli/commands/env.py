"""`compose env`."""

from __future__ import annotations

import shlex
from typing import Annotated

from compose.base.errors import fail
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import Services, many
from compose.cli.runtime import Runtime
from compose.commands import addresses as use_case
from compose.commands.env import variables
from compose.view.json_form import json_line


def env(
    ctx: param.Context,
    *,
    services: Services = None,
    form: Annotated[
        str, param.Option("--format", show_default="shell", help="How to print: shell, dotenv (without `export`), or json")
    ] = "",
) -> None:
    """Print where published ports can be reached, as variables."""
    if form not in {"", "shell", "dotenv", "json"}:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint="use shell, dotenv or json")
    runtime = Runtime.of(ctx)
    found = variables(use_case.addresses(runtime.session(), many(services)))
    if form == "json":
        runtime.write(json_line(found))
        return
    word = "" if form == "dotenv" else "export "
    runtime.write("".join(f"{word}{name}={shlex.quote(value)}\n" for name, value in found.items()))


DEFINITION = Definition(
    call=env,
    usage=("[OPTIONS] [SERVICE...]",),
    notes="""`eval "$(compose env)"` sets them in a shell. For a service `web` that publishes its port 8000 there are WEB_HOST,
    WEB_PORT and WEB_URL, and WEB_PORT_8000 and WEB_URL_8000 for each of its ports.""",
)
