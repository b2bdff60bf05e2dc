"""`compose up`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from compose.base.errors import fail
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import up as use_case
from compose.plan.options import UpOptions


def up(
    ctx: typer.Context,
    *,
    services: shared.Services = None,
    always_recreate_deps: shared.AlwaysRecreateDeps = False,
    build: shared.Build = False,
    detach: Annotated[bool, typer.Option("-d", "--detach", help="Return when everything is started")] = False,
    force_recreate: shared.ForceRecreate = False,
    no_build: shared.NoBuild = False,
    no_deps: shared.NoDeps = False,
    no_recreate: shared.NoRecreate = False,
    no_start: Annotated[bool, typer.Option("--no-start", help="Only create, as `create` does")] = False,
    pull: shared.Pull = "",
    quiet_pull: shared.QuietPull = False,
    remove_orphans: shared.RemoveOrphans = None,
    renew_anon_volumes: shared.RenewAnonVolumes = False,
    scale: shared.Scale = None,
    timeout: shared.Timeout = None,
    wait: shared.Wait = False,
    wait_timeout: shared.WaitTimeout = 0,
    yes: shared.Yes = False,
) -> None:
    """Create and start containers."""
    given = dict(locals())
    check(given)
    if not (detach or wait or no_start):
        raise fail("not-detached", "attaching is not supported: add `-d` or `--wait`")
    runtime = Runtime.of(ctx)
    plan = use_case.up(
        runtime.session(),
        UpOptions(
            services=shared.many(services),
            no_deps=no_deps,
            force_recreate=force_recreate,
            no_recreate=no_recreate,
            always_recreate_deps=always_recreate_deps,
            renew_anon_volumes=renew_anon_volumes,
            scale=shared.replicas(scale),
            timeout=timeout,
            wait=wait,
            wait_timeout=shared.seconds(wait_timeout),
            pull=shared.pull_policy(pull),
            build=build,
            no_build=no_build,
            quiet_pull=quiet_pull,
            start=not no_start,
            assume_yes=yes,
        ),
        remove_orphans=remove_orphans,
    )
    runtime.preview(plan)


def check(given: Mapping[str, Any]) -> None:
    """Refuse combinations of flags that contradict each other, before anything is read.

    Raises:
        ComposeError: some do.
    """
    shared.refuse(
        (given["build"] and given["no_build"], "--build and --no-build are incompatible"),
        (given["no_recreate"] and given["renew_anon_volumes"], "--no-recreate and --renew-anon-volumes are incompatible"),
        (given["force_recreate"] and given["no_recreate"], "--force-recreate and --no-recreate are incompatible"),
        (given["always_recreate_deps"] and given["no_recreate"], "--always-recreate-deps and --no-recreate are incompatible"),
    )


DEFINITION = Definition(call=up, usage=("[OPTIONS] [SERVICE...]",))
