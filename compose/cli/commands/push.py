"""`compose push`."""

from __future__ import annotations

from typing import Annotated

from compose.build.planning import PushOptions
from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import push as use_case


def push(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    ignore_push_failures: Annotated[
        bool, param.Option("--ignore-push-failures", help="Push what can be pushed, and succeed")
    ] = False,
    include_deps: Annotated[
        bool, param.Option("--include-deps", help="Also push the images of what the named services depend on")
    ] = False,
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Show no progress of layers")] = False,
) -> None:
    """Push images."""
    runtime = Runtime.of(ctx)
    options = PushOptions(
        services=shared.many(services),
        include_deps=include_deps,
        ignore_failures=ignore_push_failures,
        quiet=quiet,
    )
    runtime.preview(use_case.push(runtime.session(), options))


DEFINITION = Definition(call=push, usage=("[OPTIONS] [SERVICE...]",))
