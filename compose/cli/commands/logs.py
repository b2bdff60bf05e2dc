"""`compose logs`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.process import is_terminal
from compose.cli.runtime import Runtime
from compose.commands import logs as use_case
from compose.view.logs import LogStyle


def logs(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    follow: Annotated[bool, param.Option("-f", "--follow", help="Go on until all containers have ended")] = False,
    grep: Annotated[
        str, param.Option("--grep", metavar="REGEX", help="Only lines in which this is found, of those chosen otherwise")
    ] = "",
    index: shared.Index = 0,
    json: Annotated[bool, param.Option("--json", help="Print each line as an object")] = False,
    no_color: shared.NoColor = False,
    no_log_prefix: shared.NoLogPrefix = False,
    since: shared.Since = "",
    tail: Annotated[str, param.Option("-n", "--tail", help="How many of the last lines of each container")] = "all",
    timestamps: Annotated[bool, param.Option("-t", "--timestamps", help="Begin each line with its time")] = False,
    until: shared.Until = "",
) -> None:
    """Show what containers wrote."""
    runtime = Runtime.of(ctx)
    style = LogStyle(
        prefix=not no_log_prefix,
        colour=runtime.has_colour(runtime.process.stdout) and not no_color,
        timestamps="engine" if timestamps else "",
        terminal=is_terminal(runtime.process.stdout),
        json=json,
        announces=False,
        highlight=use_case.checked_pattern(grep),
    )
    options = use_case.LogsOptions(
        services=shared.many(services), follow=follow, index=index, since=since, until=until, tail=tail, grep=grep
    )
    use_case.logs(runtime.session(logs=style), options)


DEFINITION = Definition(call=logs, usage=("[OPTIONS] [SERVICE...]",))
