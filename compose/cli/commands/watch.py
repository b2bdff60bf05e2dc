"""`compose watch`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import watch as use_case
from compose.plan.options import UpOptions
from compose.view.watch import WatchPrinter


def watch(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    explain: Annotated[bool, param.Option("--explain", help="Say of each change which pattern lets it count or not")] = False,
    json: Annotated[bool, param.Option("--json", help="Write what happens as JSON lines")] = False,
    no_reload: Annotated[
        bool, param.Option("--no-reload", help="Do not follow changes of the Compose files, env files and Dockerfiles")
    ] = False,
    no_up: Annotated[bool, param.Option("--no-up", help="Watch only; the containers are there already")] = False,
    prune: Annotated[
        bool, param.Option("--prune", show_default="true", help="Remove the images that a rebuild left without a name")
    ] = True,
    quiet: Annotated[bool, param.Option("--quiet", help="Show nothing of what builds write")] = False,
) -> None:
    """Bring the project up, then carry changes of files into its containers until Ctrl-C."""
    runtime = Runtime.of(ctx)
    names = shared.many(services)
    options = use_case.WatchOptions(
        up=None if no_up else UpOptions(command="watch", services=names, quiet_pull=quiet, quiet_build=quiet),
        services=names,
        prune=prune,
        quiet=quiet,
        reload=not no_reload,
        explain=explain,
    )
    session = runtime.session(quiet_build=quiet, watched=WatchPrinter(runtime.process.stdout, json=json))
    plan = use_case.watch(session, options)
    if plan is not None:
        runtime.preview(plan)


DEFINITION = Definition(call=watch, usage=("[SERVICE...]",))
