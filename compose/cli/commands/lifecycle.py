"""`compose start`, `stop`, `restart`, `kill`, `pause`, `unpause`, `rm`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.reporting import Report, reported
from compose.cli.runtime import Runtime
from compose.commands.lifecycle import lifecycle
from compose.plan.options import LifecycleOptions

_USAGE = ("[OPTIONS] [SERVICE...]",)


def start(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    report: Report = "",
    wait: Annotated[bool, param.Option("--wait", help="Return when every service is running or healthy")] = False,
    wait_timeout: shared.WaitTimeout = 0,
) -> int:
    """Start containers that exist."""
    options = LifecycleOptions(services=shared.many(services), wait=wait, wait_timeout=shared.seconds(wait_timeout))
    runtime = Runtime.of(ctx)
    session = runtime.session()

    def run() -> int:
        runtime.preview(lifecycle(session, "start", options).plan)
        return 0

    return reported(runtime, session, report, run)


def stop(ctx: param.Context, *, services: shared.Services = None, timeout: shared.Timeout = None) -> None:
    """Stop containers."""
    _perform(ctx, "stop", LifecycleOptions(services=shared.many(services), timeout=timeout))


def restart(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    no_deps: Annotated[bool, param.Option("--no-deps", help="Leave the services alone that depend on the named ones")] = False,
    timeout: shared.Timeout = None,
) -> None:
    """Stop and start containers again."""
    _perform(ctx, "restart", LifecycleOptions(services=shared.many(services), no_deps=no_deps, timeout=timeout))


def kill(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    remove_orphans: shared.RemoveOrphans = None,
    signal: Annotated[str, param.Option("-s", "--signal", help="Signal to send")] = "SIGKILL",
) -> None:
    """Send a signal to containers."""
    orphans = shared.orphans(remove_orphans, Runtime.of(ctx).process.environ)
    _perform(ctx, "kill", LifecycleOptions(services=shared.many(services), signal=signal, remove_orphans=orphans))


def pause(ctx: param.Context, *, services: shared.Services = None) -> None:
    """Freeze the processes of containers."""
    _perform(ctx, "pause", LifecycleOptions(services=shared.many(services)))


def unpause(ctx: param.Context, *, services: shared.Services = None) -> None:
    """Let the processes of containers go on."""
    _perform(ctx, "unpause", LifecycleOptions(services=shared.many(services)))


def rm(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    force: Annotated[bool, param.Option("-f", "--force", help="Do not ask")] = False,
    stop: Annotated[bool, param.Option("-s", "--stop", help="Stop them first")] = False,
    volumes: Annotated[bool, param.Option("-v", "--volumes", help="Also remove their anonymous volumes")] = False,
    everything: Annotated[bool, param.Option("-a", "--all", hidden=True, help="Has no effect")] = False,  # noqa: ARG001 - kept for scripts
) -> None:
    """Remove stopped containers."""
    _perform(ctx, "rm", LifecycleOptions(services=shared.many(services), force=force, stop=stop, volumes=volumes))


def _perform(ctx: param.Context, command: str, options: LifecycleOptions) -> None:
    runtime = Runtime.of(ctx)
    runtime.preview(lifecycle(runtime.session(), command, options).plan)


DEFINITIONS = {
    "start": Definition(call=start, usage=_USAGE),
    "stop": Definition(call=stop, usage=_USAGE),
    "restart": Definition(call=restart, usage=_USAGE),
    "kill": Definition(call=kill, usage=_USAGE),
    "pause": Definition(call=pause, usage=("[SERVICE...]",)),
    "unpause": Definition(call=unpause, usage=("[SERVICE...]",)),
    "rm": Definition(call=rm, usage=_USAGE),
}
