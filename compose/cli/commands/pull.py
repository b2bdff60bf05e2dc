"""`compose pull`."""

from __future__ import annotations

from typing import Annotated

from compose.base.diagnostics import Diagnostic
from compose.build.pulling import PullOptions
from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import pull as use_case


def pull(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    ignore_buildable: Annotated[bool, param.Option("--ignore-buildable", help="Leave images that can be built")] = False,
    ignore_pull_failures: Annotated[
        bool, param.Option("--ignore-pull-failures", help="Pull what can be pulled, and succeed")
    ] = False,
    include_deps: Annotated[
        bool, param.Option("--include-deps", help="Also pull the images of what the named services depend on")
    ] = False,
    policy: Annotated[str, param.Option("--policy", help="When to pull, whatever the files say: missing or always")] = "",
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Print nothing but errors")] = False,
    parallel: Annotated[bool | None, param.Option("--parallel", hidden=True, show_default="true", help="Has no effect")] = None,
    no_parallel: Annotated[
        bool | None, param.Option("--no-parallel", hidden=True, show_default="true", help="Has no effect")
    ] = None,
) -> None:
    """Pull images."""
    runtime = Runtime.of(ctx)
    session = runtime.session(quiet=quiet)
    for flag, given in (("--parallel", parallel), ("--no-parallel", no_parallel)):
        if given is not None:
            session.warn(_deprecated(flag))
    options = PullOptions(
        services=shared.many(services),
        include_deps=include_deps,
        ignore_buildable=ignore_buildable,
        ignore_failures=ignore_pull_failures,
        policy=policy,
    )
    runtime.preview(use_case.pull(session, options))


def _deprecated(flag: str) -> Diagnostic:
    return Diagnostic(severity="warning", code="deprecated-flag", summary=f"option '{flag}' is DEPRECATED and will be ignored.")


DEFINITION = Definition(call=pull, usage=("[OPTIONS] [SERVICE...]",))
