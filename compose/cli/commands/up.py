"""`compose up`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from compose.base.errors import fail
from compose.base.units import Duration
from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.process import is_terminal
from compose.cli.reporting import Report, reported
from compose.cli.runtime import Runtime
from compose.commands import up as use_case
from compose.commands.session import Session
from compose.plan.options import UpOptions
from compose.view.logs import LogStyle

if TYPE_CHECKING:
    from compose.commands.aside import Switch
    from compose.commands.stay import Stay
    from compose.model.project import Project


def up(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    abort_on_container_exit: Annotated[
        bool, param.Option("--abort-on-container-exit", help="Stop everything when any container ends")
    ] = False,
    abort_on_container_failure: Annotated[
        bool, param.Option("--abort-on-container-failure", help="Stop everything when a container ends with another code than 0")
    ] = False,
    always_recreate_deps: shared.AlwaysRecreateDeps = False,
    attach: Annotated[
        list[str] | None, param.Option("--attach", help="Show the output of this service only; may be repeated")
    ] = None,
    attach_dependencies: Annotated[
        bool, param.Option("--attach-dependencies", help="Also show the output of what the named services depend on")
    ] = False,
    build: shared.Build = "false",
    detach: Annotated[bool, param.Option("-d", "--detach", help="Return when everything is started")] = False,
    exit_code_from: Annotated[
        str, param.Option("--exit-code-from", help="Return the exit code of this service; stops everything when a container ends")
    ] = "",
    drift: shared.Drift = False,
    force_recreate: shared.ForceRecreate = False,
    menu: Annotated[
        bool | None,
        param.Option("--menu", help="Show on a terminal which keys detach, stop, choose logs and watch files (COMPOSE_MENU)"),
    ] = None,
    no_attach: Annotated[
        list[str] | None, param.Option("--no-attach", help="Do not show the output of this service; may be repeated")
    ] = None,
    no_build: shared.NoBuild = False,
    no_color: shared.NoColor = False,
    no_deps: shared.NoDeps = False,
    no_log_prefix: shared.NoLogPrefix = False,
    no_recreate: shared.NoRecreate = False,
    no_start: Annotated[bool, param.Option("--no-start", help="Only create, as `create` does")] = False,
    open_page: Annotated[
        bool, param.Option("--open", help="Open the page that the first service with one publishes, in a browser")
    ] = False,
    owner: Annotated[
        int, param.Option("--owner", metavar="PID", help="Remove everything when this process ends, however it does")
    ] = 0,
    pull: shared.Pull = "",
    quiet_build: shared.QuietBuild = False,
    quiet_pull: shared.QuietPull = False,
    reconcile: Annotated[
        bool, param.Option("--reconcile", help="Restore what is removed, stopped or changed by others, until Ctrl-C")
    ] = False,
    remove_orphans: shared.RemoveOrphans = None,
    renew_anon_volumes: shared.RenewAnonVolumes = False,
    report: Report = "",
    scale: shared.Scale = None,
    timeout: shared.Timeout = None,
    timings: Annotated[
        bool, param.Option("--timings", help="Show how long each service took to be pulled, created, started and ready")
    ] = False,
    timestamps: Annotated[bool, param.Option("--timestamps", help="Begin each line with its time")] = False,
    trace: Annotated[
        str,
        param.Option("--trace", metavar="FILE", help="Write what took how long as a Chrome trace (chrome://tracing, Perfetto)"),
    ] = "",
    ttl: Annotated[
        str, param.Option("--ttl", metavar="TIME", help="Remove everything after this time, such as 2h; 0 to let it stay")
    ] = "",
    wait: shared.Wait = False,
    wait_timeout: shared.WaitTimeout = 0,
    watch: Annotated[bool, param.Option("-w", "--watch", help="Carry changes of files into containers, as `watch` does")] = False,
    yes: shared.Yes = False,
) -> int:
    """Create and start containers, and show what they write until they end."""
    check(locals())
    runtime = Runtime.of(ctx)
    options = UpOptions(
        services=shared.many(services),
        no_deps=no_deps,
        drift=drift,
        force_recreate=force_recreate,
        no_recreate=no_recreate,
        always_recreate_deps=always_recreate_deps,
        renew_anon_volumes=renew_anon_volumes,
        scale=shared.replicas(scale),
        timeout=timeout,
        wait=wait,
        wait_timeout=shared.seconds(wait_timeout),
        pull=shared.pull_policy(pull),
        **shared.build_mode(build),
        no_build=no_build,
        quiet_pull=quiet_pull,
        quiet_build=quiet_build,
        start=not no_start,
        assume_yes=yes,
    )
    stay = _stay(ttl, owner)
    took = _Timings(runtime, trace, shows=timings)
    if detach or wait or no_start or runtime.options.dry_run:
        session = runtime.session(quiet_build=quiet_build)

        def run() -> int:
            with took.of(session):
                runtime.preview(use_case.up(session, options, remove_orphans=remove_orphans, stay=stay))
            if open_page:
                _open(session, options)
            return 0

        return reported(runtime, session, report, run)
    from compose.cli.menu import MenuKeys, wants_menu  # noqa: PLC0415 - detached runs do without
    from compose.commands.aside import Aside  # noqa: PLC0415 - likewise
    from compose.commands.attached import AttachOptions, up_attached  # noqa: PLC0415 - likewise
    from compose.view.watch import MARK, WatchPrinter  # noqa: PLC0415 - likewise

    terminal = is_terminal(runtime.process.stdout)
    logs = LogStyle(
        prefix=not no_log_prefix,
        colour=runtime.has_colour(runtime.process.stdout) and not no_color,
        timestamps="local" if timestamps else "",
        split=True,
        terminal=terminal,
    )
    shown = AttachOptions(
        attach=shared.many(attach),
        no_attach=shared.many(no_attach),
        dependencies=attach_dependencies,
        abort_on_exit=abort_on_container_exit,
        abort_on_failure=abort_on_container_failure,
        exit_code_from=exit_code_from,
        reconcile=reconcile,
    )
    watched = WatchPrinter(runtime.process.stdout, prefix=MARK, colour=logs.colour)
    session = runtime.session(logs=logs, quiet_build=quiet_build, watched=watched)
    keys = MenuKeys(runtime, runtime.view) if wants_menu(runtime, menu) else None

    def is_up() -> None:
        took.write(session)
        if open_page:
            threading.Thread(target=_open, args=(session, options), name="open-page", daemon=True).start()

    def run_attached() -> int:
        aside = Aside(is_up=is_up, keys=keys, watcher=_watcher(must=watch), watch=watch)
        with took.of(session):
            return up_attached(session, options, shown, remove_orphans=remove_orphans, stay=stay, aside=aside)

    return reported(runtime, session, report, run_attached)


def _stay(ttl: str, owner: int) -> Stay | None:
    """Return what `--ttl` and `--owner` ask for.

    Raises:
        ComposeError: the time cannot be read.
    """
    if not ttl and not owner:
        return None
    from compose.commands.stay import Stay  # noqa: PLC0415 - hardly ever asked for

    try:
        seconds = Duration.parse(ttl).seconds if ttl else None
    except ValueError:
        seconds = -1
    if seconds is not None and seconds < 0:
        raise fail("invalid-value", f'invalid value "{ttl}" for --ttl', hint="write 90s, 30m or 2h")
    return Stay(seconds=seconds, owner=owner)


def _open(session: Session, options: UpOptions) -> None:
    from compose.commands.open import open_page  # noqa: PLC0415 - hardly ever asked for

    if not session.options.dry_run:
        open_page(session, options.services)


def _watcher(*, must: bool) -> Callable[[Session, Project], Switch | None]:
    """Return what makes the watching of a project, None for one that has nothing to watch; `must`: that is an error."""

    def make(session: Session, project: Project) -> Switch | None:
        if not must and not any(service.develop for service in project.services.values()):
            return None
        from compose.commands.watch import switch  # noqa: PLC0415 - only where there is something to watch

        return switch(session, project, must=must)

    return make


class _Timings:
    """Says once, when a project is up or could not be brought up, where the time went."""

    def __init__(self, runtime: Runtime, trace: str, *, shows: bool) -> None:
        self._runtime = runtime
        self._trace = trace
        self._shows = shows

    @contextmanager
    def of(self, session: Session) -> Iterator[None]:
        """Tell at the end at the latest, also of what failed."""
        try:
            yield
        finally:
            self.write(session)

    def write(self, session: Session) -> None:
        """Tell what was asked for, if that was not done yet.

        Raises:
            ComposeError: the trace cannot be written.
        """
        if self._runtime.options.dry_run or not (self._shows or self._trace):
            return
        from compose.commands.timings import render, trace  # noqa: PLC0415 - hardly ever asked for

        shows, file = self._shows, self._trace
        self._shows, self._trace = False, ""
        if shows:
            self._runtime.write(render(session.runs))
        if file:
            self._runtime.save(file, trace(session.runs))


def check(given: Mapping[str, Any]) -> None:
    """Refuse combinations of flags that contradict each other, before anything is read.

    Raises:
        ComposeError: some do.
    """
    aborts = given["abort_on_container_exit"] or given["abort_on_container_failure"]
    attaches = given["attach"] or given["attach_dependencies"]
    shared.refuse(
        (
            given["abort_on_container_exit"] and given["abort_on_container_failure"],
            "--abort-on-container-failure cannot be combined with --abort-on-container-exit",
        ),
        (
            given["wait"] and (given["abort_on_container_exit"] or attaches),
            "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies",
        ),
        (
            (given["detach"] or given["wait"]) and (aborts or attaches or given["watch"]),
            (
                "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach,"
                " --attach-dependencies or --watch"
            ),
        ),
        (
            given["reconcile"] and (given["detach"] or given["wait"] or given["no_start"] or aborts or given["exit_code_from"]),
            "--reconcile cannot be combined with --detach, --wait, --no-start, --abort-on-container-* or --exit-code-from",
        ),
        (given["ttl"] and given["owner"], "--ttl cannot be combined with --owner"),
        (given["open_page"] and given["no_start"], "--open cannot be combined with --no-start"),
        (given["build"] != "false" and given["no_build"], "--build and --no-build are incompatible"),
        (given["no_build"] and given["watch"], "--no-build and --watch are incompatible"),
        (given["no_recreate"] and given["renew_anon_volumes"], "--no-recreate and --renew-anon-volumes are incompatible"),
        (given["force_recreate"] and given["no_recreate"], "--force-recreate and --no-recreate are incompatible"),
        (given["always_recreate_deps"] and given["no_recreate"], "--always-recreate-deps and --no-recreate are incompatible"),
    )


DEFINITION = Definition(call=up, usage=("[OPTIONS] [SERVICE...]",))
