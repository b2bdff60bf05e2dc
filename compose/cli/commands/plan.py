"""`compose plan`."""

from __future__ import annotations

from typing import Annotated

import typer

from compose.base.errors import fail
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import plan as use_case
from compose.plan.encode import shown
from compose.plan.options import UpOptions
from compose.plan.text import render

CHANGES = 2
"""The exit code when there is something to do."""


def plan(
    ctx: typer.Context,
    *,
    services: shared.Services = None,
    always_recreate_deps: shared.AlwaysRecreateDeps = False,
    build: shared.Build = False,
    force_recreate: shared.ForceRecreate = False,
    form: Annotated[str, typer.Option("--format", show_default="text", help="How to print: text or json")] = "",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json")] = False,
    no_build: shared.NoBuild = False,
    no_deps: shared.NoDeps = False,
    no_recreate: shared.NoRecreate = False,
    pull: shared.Pull = "",
    remove_orphans: shared.RemoveOrphans = None,
    renew_anon_volumes: shared.RenewAnonVolumes = False,
    scale: shared.Scale = None,
    wait: shared.Wait = False,
) -> int:
    """Show what `up` would do; exit 0 for nothing, 2 for changes."""
    if form not in {"", "text", "json"}:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint="use text or json")
    runtime = Runtime.of(ctx)
    made = use_case.plan(
        runtime.session(),
        UpOptions(
            services=shared.many(services),
            no_deps=no_deps,
            force_recreate=force_recreate,
            no_recreate=no_recreate,
            always_recreate_deps=always_recreate_deps,
            renew_anon_volumes=renew_anon_volumes,
            remove_orphans=shared.orphans(remove_orphans, runtime.process.environ),
            scale=shared.replicas(scale),
            pull=shared.pull_policy(pull),
            build=build,
            no_build=no_build,
            wait=wait,
        ),
    )
    runtime.write(shown(made).decode() if json or form == "json" else render(made))
    return CHANGES if made.steps else 0


DEFINITION = Definition(
    call=plan,
    usage=("[OPTIONS] [SERVICE...]",),
    notes="Every step comes with its reason; nothing is changed. The exit code is 0 with nothing to do, 2 with changes.",
)
