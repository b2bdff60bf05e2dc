"""`up` in the foreground: the containers' output until they end, and what their ends and the user's signals do."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, fail
from compose.base.events import Attached, ContainerExited, ContainerRecreated, Event, LogLine
from compose.base.value import Value
from compose.commands.aside import Aside, Switch
from compose.commands.converge import converge
from compose.commands.perform import perform
from compose.commands.reconcile import Keeper
from compose.commands.session import Session, unknown_service
from compose.commands.stopping import Abortable, Shifted
from compose.commands.up import prepared
from compose.engine.lookout import Lookout
from compose.engine.merge import Merger
from compose.engine.observe import list_containers, observe
from compose.engine.output import RUNS, Output
from compose.model.project import Project
from compose.payload.naming import display_name
from compose.plan.lifecycle import plan_kill, plan_stop
from compose.plan.operation import CreateContainer, StartContainer
from compose.plan.options import LifecycleOptions, UpOptions
from compose.plan.plan import Plan

if TYPE_CHECKING:
    from compose.commands.stay import Stay

_WATCH_DOCUMENTATION = "https://docs.docker.com/compose/file-watch/"


class AttachOptions(Value, frozen=True, kw_only=True):
    """Whose output is shown, and which end ends everything.

    - `attach` replaces the services shown, `no_attach` leaves some out, `dependencies` adds those of the named ones.
    - `abort_on_exit`, `abort_on_failure`: stop all when a container ends (not zero).
    - `reconcile`: keep everything as the files ask for it, also what ends by itself, until the user asks to stop.
    - `exit_code_from`: the service whose exit code is returned; implies one of the two.
    - `until`: the service that is all about: its end ends everything, its output is shown, its code is returned; of
      another that fails meanwhile is told.
    """

    attach: tuple[str, ...] = ()
    no_attach: tuple[str, ...] = ()
    dependencies: bool = False
    abort_on_exit: bool = False
    abort_on_failure: bool = False
    exit_code_from: str = ""
    until: str = ""
    reconcile: bool = False


def up_attached(
    session: Session,
    options: UpOptions,
    attach: AttachOptions,
    *,
    remove_orphans: bool | None = None,
    aside: Aside | None = None,
    stay: Stay | None = None,
) -> int:
    """Bring a project up, show what it writes until it ends, and return the exit code.

    The first request to stop stops the services in order, the second kills them; output is shown to the end.

    Raises:
        ComposeError: the project cannot be loaded or brought up; what was started stays.
        Cancelled: the user asked to stop, and everything is stopped now.
    """
    project, options = prepared(session, options, remove_orphans=remove_orphans, stay=stay)
    if session.options.dry_run:
        converge(session, project, options)
        return 0
    everything = bool(attach.until) or not options.services
    watched = frozenset(project.services if everything else options.services) | ({attach.exit_code_from} - {""})
    shown = _shown(project, options, attach)
    foreground = _Foreground(session, project, options, attach, aside or Aside(), watched=watched, shown=shown)
    return foreground.run()


class _Foreground:
    """One attached run: `watched` services keep it going, `shown` ones are seen."""

    def __init__(
        self,
        session: Session,
        project: Project,
        options: UpOptions,
        attach: AttachOptions,
        aside: Aside,
        *,
        watched: frozenset[str],
        shown: frozenset[str],
    ) -> None:
        self._session = session
        self._project = project
        self._options = options
        self._attach = attach
        self._aside = aside
        self._watched = watched
        self._shown = shown
        self._stop = Abortable(session.stop)
        self._lock = threading.Lock()
        self._exits: list[ContainerExited] = []
        self._merger = Merger(session.emit_all, session.clock)
        self._is_up = self._is_detached = False
        self._switch: Switch | None = None
        self._is_on = False

    # -- what the user can do (on the keys' thread)

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(name for name in self._project.services if name in self._shown)

    @property
    def watches(self) -> bool | None:
        return None if self._switch is None else self._is_on

    def detach(self) -> bool:
        with self._lock:
            self._is_detached = True
            if not self._is_up:
                return False
        self._stop.abort()
        return True

    def toggle_watch(self) -> None:
        if self._switch is None:
            raise fail("watch-not-configured", f"watch is not yet configured. Learn more: {_WATCH_DOCUMENTATION}")
        if self._is_on:
            self._switch.stop()
        else:
            self._switch.start()
        self._is_on = not self._is_on

    # -- the run

    def run(self) -> int:
        session, name, separator = self._session, self._project.name, self._project.separator
        lookout = Lookout(session.engine, name, session.clock)
        outputs = [
            Output(session.engine, lookout, name, self._post, session.clock, services=services, separator=separator)
            for services in (self._watched, self._shown - self._watched)
            if services
        ]
        try:
            there = list_containers(session.engine, name)
            for output in outputs:
                output.open(there)
            self._bring_up()
            self._aside.is_up()
            self._stay(outputs)
        finally:
            self._end_aside()
            for output in outputs:
                output.close()
            self._merger.close()
            lookout.close()
        if self._stop.is_users:
            raise Cancelled
        if self._is_detached:
            session.warn(_note("detached", "detached: the containers go on running", "`compose logs -f` shows them again"))
            return 0
        return self._exit_code()

    def _stay(self, outputs: Sequence[Output]) -> None:
        """Wait until everything has ended, or somebody wants that, or to leave."""
        with self._lock:
            self._is_up = True
        if not self._is_detached and not self._stop.level:
            self._begin_aside()
            if self._attach.reconcile:
                self._keep()
            elif outputs:
                self._watch_over(outputs[0])
        if self._stop.is_users or (self._stop.level and not self._is_detached):
            self._end_aside()
            self._take_down()
            outputs[0].wait(Shifted(self._session.stop))

    def _watch_over(self, output: Output) -> None:
        """Wait for the end of all that keeps the run going; what is restarted or replaced meanwhile has not ended."""
        while True:
            output.wait(self._stop)
            if self._stop.level or self._switch is None or not self._is_on:
                return
            self._switch.settle()
            there = list_containers(self._session.engine, self._project.name)
            if not any(one.state in RUNS and not one.oneoff and one.service in self._watched for one in there):
                return

    def _begin_aside(self) -> None:
        if self._aside.watch and not self._is_on:
            self.toggle_watch()

    def _end_aside(self) -> None:
        if self._aside.keys is not None:
            self._aside.keys.close()
        if self._switch is not None and self._is_on:
            self._is_on = False
            self._switch.stop()

    def _bring_up(self) -> None:
        user_stop, self._session.stop = self._session.stop, self._stop
        try:
            converge(self._session, self._project, self._options, ready=self._announce)
        except Cancelled:
            return
        finally:
            self._session.stop = user_stop

    def _keep(self) -> None:
        """Restore what goes or changes until the user asks to stop."""
        user_stop, self._session.stop = self._session.stop, self._stop
        try:
            Keeper(self._session, self._project, self._options, self._stop).run()
        finally:
            self._session.stop = user_stop

    def _take_down(self) -> None:
        """Stop what runs, in order; kill it when the user asks again meanwhile."""
        session = self._session
        if self._attach.until and not self._stop.is_users:
            pass
        elif self._stop.is_users:
            session.warn(_note("stopping", "Gracefully Stopping... press Ctrl+C again to force"))
        else:
            session.warn(_note("aborting", "Aborting on container exit..."))
        options = LifecycleOptions(services=tuple(self._project.services), timeout=self._options.timeout)
        observed = observe(session.engine, self._project.name)
        user_stop, session.stop = session.stop, Shifted(session.stop, at_once=True)
        try:
            perform(session, plan_stop(observed, options, self._project), self._project)
        except Cancelled:
            session.stop = Shifted(user_stop, by=2, at_once=True)
            perform(session, plan_kill(observe(session.engine, self._project.name), options, self._project))
        finally:
            session.stop = user_stop

    def _announce(self, plan: Plan) -> None:
        """Say whose output comes, before anything is started."""
        targets = [one.operation.container for one in plan.steps if isinstance(one.operation, StartContainer)]
        targets += [one.operation.target for one in plan.steps if isinstance(one.operation, CreateContainer)]
        found = {(target.service, target.number): target.name for target in targets}
        for kept in plan.unchanged:
            if kept.address.kind == "container":
                found[kept.address.key, kept.address.number] = kept.resource.removeprefix("Container ")
        names = {
            display_name(
                self._project.name, name, service_name=service, number=number, separator=self._project.separator
            ): service
            for (service, number), name in found.items()
            if service in self._shown
        }
        if names:
            self._session.emit(Attached(time=self._session.clock.now(), containers=dict(sorted(names.items()))))
        self._switch = self._aside.watcher(self._session, self._project)
        if self._aside.keys is not None and not self._stop.level:
            self._aside.keys.open(self)

    def _post(self, events: Sequence[Event]) -> None:
        """Show what is to be shown; end everything when an end is to do that (`events` are of one container)."""
        first = events[0]
        if not isinstance(first, (LogLine, ContainerExited, ContainerRecreated)) or first.service in self._shown:
            self._merger.push(events)
        if isinstance(first, ContainerExited) and not first.restarting and first.service in self._watched:
            self._ended(first)

    def _ended(self, event: ContainerExited) -> None:
        with self._lock:
            if self._is_detached:
                return
            self._exits.append(event)
        by_failure = self._attach.abort_on_failure
        on_exit = self._attach.abort_on_exit or (bool(self._attach.exit_code_from) and not by_failure)
        until = self._attach.until
        if on_exit or (by_failure and event.exit_code) or event.service == until:
            self._stop.abort()
        elif until and event.exit_code and not self._stop.level:
            summary = f"{event.container} exited with code {event.exit_code} while `{until}` runs"
            self._session.warn(Diagnostic(severity="warning", code="other-failed", summary=summary))

    def _exit_code(self) -> int:
        with self._lock:
            exits = list(self._exits)
        wanted = self._attach.exit_code_from or self._attach.until
        if wanted:
            return next((one.exit_code for one in exits if one.service == wanted), 0)
        if self._attach.abort_on_failure:
            return next((one.exit_code for one in exits if one.exit_code), 0)
        return exits[0].exit_code if self._attach.abort_on_exit and exits else 0


def _shown(project: Project, options: UpOptions, attach: AttachOptions) -> frozenset[str]:
    """Return the services whose output is shown.

    Raises:
        ComposeError: flags name services that are not part of this, or contradict each other.
    """
    if attach.attach and attach.dependencies:
        raise fail("contradicting-options", "cannot combine --attach and --attach-dependencies")
    if attach.exit_code_from and attach.exit_code_from not in project.services:
        raise unknown_service(attach.exit_code_from, project)
    outside = sorted({*attach.attach, *attach.no_attach} - project.services.keys())
    if outside:
        raise fail("not-part-of-up", f"cannot attach to services not included in up: {', '.join(outside)}")
    if attach.attach:
        chosen = set(attach.attach)
    else:
        named = set(options.services)
        everything = not named or attach.dependencies
        chosen = {name for name, one in project.services.items() if name in named or (everything and one.attach is not False)}
    return frozenset(chosen - set(attach.no_attach))


def _note(code: str, summary: str, hint: str = "") -> Diagnostic:
    return Diagnostic(severity="note", code=code, summary=summary, hint=hint)
