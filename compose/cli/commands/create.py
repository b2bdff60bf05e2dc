"""`compose create`."""

from __future__ import annotations

from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import up as use_case
from compose.plan.options import UpOptions


def create(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    build: shared.Build = "false",
    drift: shared.Drift = False,
    force_recreate: shared.ForceRecreate = False,
    no_build: shared.NoBuild = False,
    no_recreate: shared.NoRecreate = False,
    pull: shared.Pull = "",
    quiet_pull: shared.QuietPull = False,
    remove_orphans: shared.RemoveOrphans = None,
    scale: shared.Scale = None,
    yes: shared.Yes = False,
) -> None:
    """Create containers without starting them."""
    shared.refuse(
        (build != "false" and no_build, "--build and --no-build are incompatible"),
        (force_recreate and no_recreate, "--force-recreate and --no-recreate are incompatible"),
    )
    options = UpOptions(
        command="create",
        services=shared.many(services),
        **shared.build_mode(build),
        drift=drift,
        force_recreate=force_recreate,
        no_build=no_build,
        no_recreate=no_recreate,
        pull=shared.pull_policy(pull),
        quiet_pull=quiet_pull,
        scale=shared.replicas(scale),
        start=False,
        assume_yes=yes,
    )
    runtime = Runtime.of(ctx)
    runtime.preview(use_case.up(runtime.session(), options, remove_orphans=remove_orphans))


DEFINITION = Definition(call=create, usage=("[OPTIONS] [SERVICE...]",))
