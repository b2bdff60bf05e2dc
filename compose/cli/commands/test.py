"""`compose test`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.process import is_terminal
from compose.cli.runtime import Runtime
from compose.commands import test as use_case
from compose.plan.options import UpOptions
from compose.view.logs import LogStyle


def run_test(
    ctx: param.Context,
    *,
    service: shared.Service = "",
    attach_dependencies: Annotated[
        bool, param.Option("--attach-dependencies", help="Also show the output of what the service depends on")
    ] = False,
    build: shared.Build = "false",
    in_place: Annotated[
        bool, param.Option("--in-place", help="Use the project itself, not a copy of it; its volumes stay")
    ] = False,
    keep: Annotated[bool, param.Option("--keep", help="Leave everything as it is at the end, to look at it")] = False,
    no_color: shared.NoColor = False,
    pull: shared.Pull = "",
    quiet_build: shared.QuietBuild = False,
    quiet_pull: shared.QuietPull = False,
    timeout: shared.Timeout = None,
    timestamps: Annotated[bool, param.Option("--timestamps", help="Begin each line with its time")] = False,
    wait_timeout: shared.WaitTimeout = 0,
) -> int:
    """Run a service with all it needs, remove everything again, and return the exit code of the service."""
    runtime = Runtime.of(ctx)
    logs = LogStyle(
        prefix=attach_dependencies,
        bare=not attach_dependencies,
        colour=runtime.has_colour(runtime.process.stdout) and not no_color,
        timestamps="local" if timestamps else "",
        split=True,
        terminal=is_terminal(runtime.process.stdout),
    )
    request = use_case.Trial(
        service=service,
        up=UpOptions(
            command="test",
            **shared.build_mode(build),
            pull=shared.pull_policy(pull),
            quiet_pull=quiet_pull,
            timeout=timeout,
            wait_timeout=shared.seconds(wait_timeout),
            assume_yes=True,
        ),
        in_place=in_place,
        keep=keep,
        dependencies=attach_dependencies,
    )
    session = runtime.session(logs=logs, quiet_build=quiet_build)
    if runtime.options.dry_run:
        runtime.preview(use_case.plan_test(session, request))
        return 0
    return use_case.run_test(session, request)


DEFINITION = Definition(
    call=run_test,
    arity=arity.exactly(1),
    usage=("[OPTIONS] SERVICE",),
    notes=(
        "Services that it depends on are up, healthy or completed before it starts, as its `depends_on` says. It runs in a copy"
        " of the project (instance `test`) with volumes of its own, so that what runs already is left alone. Other"
        " services may end meanwhile; one that ends with another code than 0 is told of."
    ),
)
