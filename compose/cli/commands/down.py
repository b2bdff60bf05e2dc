"""`compose down`."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from compose.base.errors import fail
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import RemoveOrphans, Services, Timeout, many, orphans
from compose.cli.runtime import Runtime
from compose.commands import down as use_case
from compose.plan.options import DownOptions


def down(
    ctx: param.Context,
    *,
    services: Services = None,
    remove_orphans: RemoveOrphans = None,
    rmi: Annotated[
        str,
        param.Option("--rmi", help="Also remove images: `local` those without a name of their own, `all` those of every service"),
    ] = "",
    timeout: Timeout = None,
    verify: Annotated[
        bool, param.Option("--verify", help="Look afterwards, and fail when something that should be gone is still there")
    ] = False,
    volumes: Annotated[
        bool, param.Option("-v", "--volumes", "--volume", help="Also remove named volumes of the files and anonymous ones")
    ] = False,
) -> None:
    """Remove what the project has on the engine."""
    if rmi not in {"", "local", "all"}:
        raise fail("invalid-value", f'invalid value for --rmi: "{rmi}"', hint="use local or all")
    runtime = Runtime.of(ctx)
    plan = use_case.down(
        runtime.session(),
        DownOptions(
            services=many(services),
            remove_orphans=orphans(remove_orphans, runtime.process.environ),
            rmi=cast("Literal['', 'local', 'all']", rmi),
            timeout=timeout,
            volumes=volumes,
        ),
        verify=verify,
    )
    runtime.preview(plan)


DEFINITION = Definition(call=down, usage=("[OPTIONS] [SERVICE...]",))
