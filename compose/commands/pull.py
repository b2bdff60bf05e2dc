"""`pull`: bring the images of services to the engine. Source: reconcile section 9.3."""

from __future__ import annotations

from collections.abc import Sequence

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.base.events import Event, StepFailed
from compose.build.pulling import PullOptions, must_build, plan_pull, references
from compose.commands.perform import perform
from compose.commands.session import Emit, Session
from compose.engine.observe import observe
from compose.plan.plan import Plan


def pull(session: Session, options: PullOptions) -> Plan:
    """Pull the images of services, and return the plan that was carried out (in a dry run: would be).

    Where an image that can be built cannot be pulled, it is said how to build it.

    Raises:
        ComposeError: the project cannot be loaded, or a pull failed.
        Cancelled: the user asked to stop.
    """
    project = session.load(options.services)
    wanted = references(project, options)
    observed = observe(session.engine, project.name, networks=(), volumes=(), images=wanted, inspect=False)
    plan = plan_pull(project, observed.images, options)
    failures = _Failures(session.emit)
    session.emit = failures
    error: ComposeError | None = None
    try:
        perform(session, plan)
    except Cancelled:
        raise
    except ComposeError as found:
        error = found
    names = must_build(project, plan, tuple(failures.steps))
    if names:
        session.warn(_to_build(names))
    if error is not None:
        raise error
    return plan


class _Failures:
    """Passes events on and keeps which steps failed, also those that may."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self.steps: list[str] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepFailed):
            self.steps.append(event.step)
        self._emit(event)


def _to_build(names: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        severity="warning",
        code="image-to-build",
        summary="Some service image(s) must be built from source by running:",
        detail=f"  docker compose build {' '.join(names)}",
    )
