"""What rules of watch ask for that needs plans: restarts and rebuilds."""

from __future__ import annotations

import copy
import threading

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.base.events import ActionState, Event, PlanFinished, PlanStarted, StepFailed, StepFinished, StepStarted, WatchAction
from compose.build.planning import BuildOptions, plan_build
from compose.commands.converge import converge
from compose.commands.perform import perform
from compose.commands.session import Emit, Session
from compose.commands.stopping import Abortable
from compose.commands.underway import Underway
from compose.engine.observe import list_containers
from compose.engine.port import Call, path
from compose.model.project import Project
from compose.plan.options import LifecycleOptions, UpOptions
from compose.plan.restart import plan_restart
from compose.state.observed import Observed

_GRACE_SECONDS = 10.0


class WatchActions:
    """Restarts and rebuilds services of a project; see `compose.watch.worker.Actions`."""

    def __init__(self, session: Session, project: Project, underway: Underway, *, prune: bool, quiet: bool) -> None:
        self._session = session
        self._project = project
        self._underway = underway
        self._prune = prune
        self._quiet = quiet
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._building: Abortable | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def restart(self, service: str) -> None:
        """Restart a service, with what depends on it that way, and say when its process ignored the signal to stop.

        Raises:
            ComposeError: it could not be restarted.
        """
        session = silent(self._session)
        began = session.clock.monotonic()
        found = list_containers(session.engine, self._project.name)
        observed = Observed(project=self._project.name, engine=session.engine.facts, containers=found)
        with self._underway.one():
            perform(session, plan_restart(observed, LifecycleOptions(services=(service,)), self._project), self._project)
        took = session.clock.monotonic() - began
        grace = self._project.services[service].stop_grace_period
        seconds = grace.seconds if grace is not None else _GRACE_SECONDS
        if seconds and took >= seconds:
            signal = self._project.services[service].stop_signal or "SIGTERM"
            summary = f"{service} ignored {signal} for {seconds:g} s and was killed"
            hint = "have its first process handle the signal, set `init: true` or a shorter `stop_grace_period`"
            self._session.warn(Diagnostic(severity="note", code="watch-signal-ignored", summary=summary, hint=hint))

    def rebuild(self, service: str) -> None:
        """Have a service built anew; a build of it that runs is outdated, and ends."""
        with self._lock:
            if self._closed:
                return
            self._wanted.add(service)
            if self._building is not None:
                self._building.abort()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch-rebuild", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            self._closed = True
            self._wanted.clear()
            if self._building is not None:
                self._building.abort()
            thread = self._thread
        if thread is not None:
            thread.join(_GRACE_SECONDS)

    def _run(self) -> None:
        while True:
            with self._lock:
                services = tuple(sorted(self._wanted))
                self._wanted = set()
                if not services:
                    self._thread = None
                    return
                self._building = Abortable(self._session.stop)
                stop = self._building
            try:
                self._rebuild(services, stop)
            except Cancelled:
                with self._lock:
                    outdated = bool(self._wanted) and not self._closed
                    self._wanted |= set(services) if outdated else set()
                self._act(
                    services, "started" if outdated else "failed", "an outdated build was stopped" if outdated else "stopped"
                )
            except ComposeError as error:
                self._act(services, "failed", str(error).partition("\n")[0])
                self._session.warn(*(replace(one, severity="warning") for one in error.diagnostics))

    def _rebuild(self, services: tuple[str, ...], stop: Abortable) -> None:
        """Build, then replace the containers whose image is another one now.

        Raises:
            ComposeError: the build or the replacement failed; before the latter, the containers go on as they were.
            Cancelled: the build is outdated, or the user asked to stop.
        """
        session = copy.copy(self._session)
        session.stop = stop
        began = session.clock.monotonic()
        self._act(services, "started")
        try:
            perform(session, plan_build(self._project, BuildOptions(services=services, quiet=self._quiet)), self._project)
        finally:
            with self._lock:
                self._building = None
        session.stop = self._session.stop
        options = UpOptions(command="watch", services=services, images_ready=True, ignore_orphans=True, now=session.clock.now())
        with self._underway.one():
            converge(session, self._project, options)
        self._act(services, "done", seconds=session.clock.monotonic() - began)
        if self._prune:
            self._remove_old_images(session)

    def _remove_old_images(self, session: Session) -> None:
        """Remove images of the project that lost their name; one that is in use stays."""
        filters = {"dangling": ["true"], "label": [f"com.docker.compose.project={self._project.name}"]}
        try:
            for image in session.engine.call(Call(method="GET", path="/images/json", query={"filters": filters})) or ():
                session.engine.call(Call(method="DELETE", path=path("/images/{}", image["Id"])))
        except ComposeError:
            return  # it is tidying up, nothing depends on it

    def _act(self, services: tuple[str, ...], state: ActionState, detail: str = "", *, seconds: float = 0.0) -> None:
        for service in services:
            self._session.emit(
                WatchAction(
                    time=self._session.clock.now(),
                    service=service,
                    action="rebuild",
                    state=state,
                    detail=detail,
                    seconds=seconds,
                )
            )


def silent(session: Session) -> Session:
    """Return a session whose steps are not shown, but for those that fail."""
    quiet = copy.copy(session)
    quiet.emit = _without_steps(session.emit)
    return quiet


def _without_steps(emit: Emit) -> Emit:
    def some(event: Event) -> None:
        if not isinstance(event, PlanStarted | StepStarted | StepFinished | PlanFinished | StepFailed):
            emit(event)

    return some
