"""Keeping a project as its files ask for it: what goes, stops or is changed behind our back is restored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.base.stop import Stop
from compose.commands.converge import converge, planned
from compose.commands.session import Session
from compose.engine.events import Occurrence, Signal, Subscription
from compose.model.project import Project
from compose.plan.operation import RunProvider, WaitCondition
from compose.plan.options import UpOptions
from compose.plan.plan import Plan, Step

_SETTLE_SECONDS = 0.2
"""How long events may follow each other before a look: a removal is a kill, a death and a destruction."""
_UNREST_SECONDS = 2.0
"""When to look though events go on: a container that restarts again and again must not hide what happens to others."""
_LOOK_SECONDS = 30.0
"""When to look without an event: what happens to networks and volumes does not name its project."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_CALM_SECONDS = 60.0
"""After so long without a repair the next one is made at once again."""


class Keeper:
    """Looks when something happens, and repairs; a second repair soon after the first waits, ever longer."""

    def __init__(self, session: Session, project: Project, options: UpOptions, stop: Stop) -> None:
        self._session = session
        self._project = project
        self._options = options_of_repairs(options)
        self._stop = stop
        self._inbox: SimpleQueue[None] = SimpleQueue()
        self._killed: set[str] = set()
        self._pause = 0.0
        self._repaired: float | None = None
        self._failure: tuple[str, ...] = ()

    def run(self) -> None:
        """Keep the project until a stop is asked for; failures are told, and tried again."""
        session = self._session
        self._stop.subscribe(lambda _level: self._inbox.put(None))
        subscription = Subscription(session.engine, self._project.name, self._happened, session.clock)
        try:
            self._inbox.put(None)  # what happened since the project was brought up
            while self._sleep(_LOOK_SECONDS):
                self._settle()
                self._keep()
        except Cancelled:
            return
        finally:
            subscription.close()

    def _differences(self) -> tuple[Step, ...]:
        """Return what would have to be done.

        Raises:
            Cancelled: the user asked to stop.
            ComposeError: that cannot be told.
        """
        self._options = replace(self._options, stopped=frozenset(self._killed))
        return repairs(planned(self._session, self._project, self._options))

    def _keep(self) -> None:
        """Put right what differs; a failure is told once, however often the same attempt fails."""
        try:
            steps = () if self._failure and not self._may_repair() else self._differences()
            if steps and not self._failure and self._may_repair() and self._pause:
                steps = self._differences()  # time has passed
            if self._stop.level:
                return
            if steps:
                self._repair(steps)
            self._failure = ()
        except Cancelled:
            raise
        except ComposeError as error:
            self._failed(error)

    def _repair(self, steps: tuple[Step, ...]) -> None:
        self._session.warn(*_told(steps))
        converge(self._session, self._project, self._options)
        self._repaired = self._session.clock.monotonic()
        self._learn(steps)

    def _learn(self, steps: tuple[Step, ...]) -> None:
        """Compare fields no longer where a repair did not change what they are: that would never come to an end."""
        before = _fields(steps)
        if before and before & _fields(self._differences()):
            self._options = replace(self._options, drift=False)
            summary = "some fields differ right after a repair: from now on only what is removed or stopped is restored"
            self._session.warn(Diagnostic(severity="warning", code="repair-without-effect", summary=summary))

    def _failed(self, error: ComposeError) -> None:
        """Say why it failed, and look again, a little later each time, even if nothing happens."""
        failure = tuple(one.summary for one in error.diagnostics)
        if failure != self._failure:
            self._session.warn(*(replace(one, severity="warning") for one in error.diagnostics))
        self._failure = failure
        self._repaired = self._session.clock.monotonic()
        self._inbox.put(None)

    def _may_repair(self) -> bool:
        """Let time pass before a repair that follows another one; False when a stop was asked for."""
        now = self._session.clock.monotonic()
        if self._repaired is None or now - self._repaired > self._pause + _CALM_SECONDS:
            self._pause = 0.0
            return True
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        end = self._repaired + self._pause
        while not self._stop.level and (left := end - self._session.clock.monotonic()) > 0:
            self._sleep(left)
        return not self._stop.level

    def _happened(self, signal: Signal) -> None:
        """Take in an event (on the subscription's thread); a container that is killed or stopped did not end by itself."""
        if isinstance(signal, Occurrence) and signal.action == "kill":
            self._killed.add(signal.container)
        elif isinstance(signal, Occurrence) and signal.action in {"start", "destroy"}:
            self._killed.discard(signal.container)
        self._inbox.put(None)

    def _settle(self) -> None:
        """Take in what follows at once."""
        end = self._session.clock.monotonic() + _UNREST_SECONDS
        with suppress(Empty):  # it has settled
            while not self._stop.level and self._session.clock.monotonic() < end:
                self._inbox.get(timeout=_SETTLE_SECONDS)

    def _sleep(self, seconds: float) -> bool:
        """Wait for something to happen, at most so long; False when a stop was asked for."""
        if not self._stop.level:
            with suppress(Empty):  # time to look
                self._inbox.get(timeout=seconds)
        return not self._stop.level


def options_of_repairs(options: UpOptions) -> UpOptions:
    """Return the options under which a project is kept: only what differs is touched, and jobs that are done rest."""
    return replace(
        options,
        force_recreate=False,
        always_recreate_deps=False,
        renew_anon_volumes=False,
        build=False,
        pull="missing",
        outdated="leave",
        stale={},
        wait=False,
        drift=True,
        jobs="keep",
        resting=True,
        ignore_orphans=True,
        remove_orphans=False,
    )


def repairs(plan: Plan) -> tuple[Step, ...]:
    """Return the steps that change something; providers and waits are part of every plan."""
    return tuple(step for step in plan.steps if not isinstance(step.operation, RunProvider | WaitCondition))


def _fields(steps: tuple[Step, ...]) -> set[tuple[str, str]]:
    """Return the fields that make steps necessary, each with its container."""
    return {(step.resource, change.path) for step in steps for change in step.reason.changes}


def _told(steps: tuple[Step, ...]) -> Iterator[Diagnostic]:
    """Say what is restored and why, once for each thing."""
    for resource in dict.fromkeys(step.resource for step in steps):
        reason = next(step.reason for step in steps if step.resource == resource)
        text = f": {reason.text}" if reason.text else ""
        yield Diagnostic(severity="note", code="restoring", summary=f"restoring {resource}{text}")
