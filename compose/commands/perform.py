"""Carrying a plan out, or not, in a dry run: the one way every mutating command ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compose.base.errors import Cancelled, ComposeError
from compose.base.events import ResourceUnchanged
from compose.commands.session import Session
from compose.plan.operation import BuildImage, PublishProject, PushImage, RunProvider
from compose.plan.plan import Plan

if TYPE_CHECKING:
    from compose.commands.providers import Providers
    from compose.engine.execute import Outcome
    from compose.engine.work import Handler, Handlers
    from compose.model.project import Project


def perform(
    session: Session, plan: Plan, project: Project | None = None, *, providers: Providers | None = None
) -> Outcome | None:
    """Carry a plan out and return what came of it; None in a dry run, which changes nothing.

    `project` is needed where images are built and providers run; `providers` runs them where it matters what they say.

    Raises:
        ComposeError: steps failed; it carries the diagnostics of all of them.
        Cancelled: the user asked to stop.
    """
    session.warn(*plan.warnings)
    if session.options.dry_run:
        return None
    for kept in plan.unchanged:
        session.emit(
            ResourceUnchanged(time=session.clock.now(), address=str(kept.address), resource=kept.resource, action=kept.action)
        )
    if not plan.steps:
        return None
    from compose.commands.blame import placing, with_consequences  # noqa: PLC0415 - a plan without steps does without
    from compose.commands.timings import Performed  # noqa: PLC0415 - a plan without steps does without
    from compose.engine.execute import execute  # noqa: PLC0415 - likewise

    if project is not None and _has_images(plan):
        from compose.build.planning import refine  # noqa: PLC0415 - only where something is built

        plan = refine(plan, project)
    parallel = session.options.parallel if session.options.parallel > 0 else None
    handlers = _handlers(session, plan, project, providers)
    began = session.clock.monotonic()
    outcome = execute(
        plan,
        session.engine,
        handlers,
        session.emit,
        session.clock,
        session.stop,
        parallel=parallel,
        explain=placing(project),
        probe=session.probes,
    )
    session.runs.append(Performed(plan=plan, outcome=outcome, began=began))
    if session.stop.level:
        raise Cancelled(*outcome.diagnostics)
    if outcome.failed:
        raise ComposeError(*with_consequences(outcome, plan), exit_code=outcome.exit_code)
    return outcome


def _handlers(session: Session, plan: Plan, project: Project | None, providers: Providers | None) -> Handlers:
    handlers: dict[type, Handler] = {}
    if not all(isinstance(step.operation, BuildImage) for step in plan.steps):
        from compose.engine.handlers import HANDLERS  # noqa: PLC0415 - nothing of it is needed to build

        handlers |= HANDLERS
    if project is not None and _has_images(plan):
        from compose.build.handlers import build_handlers  # noqa: PLC0415 - only where something is built

        handlers |= build_handlers(
            plan,
            project,
            session.engine,
            environ=session.environ,
            clock=session.clock,
            endpoint=session.endpoint,
            stdin=session.input,
            stop=session.stop,
        )
    if project is not None and any(isinstance(step.operation, PublishProject) for step in plan.steps):
        from compose.build.publishing import publish_handlers  # noqa: PLC0415 - as above

        handlers |= publish_handlers(project)
    if project is not None and any(isinstance(step.operation, RunProvider) for step in plan.steps):
        from compose.commands.providers import Providers  # noqa: PLC0415 - only where there are some

        handlers |= (providers or Providers(session, project)).handlers
    return handlers


def _has_images(plan: Plan) -> bool:
    return any(isinstance(step.operation, (BuildImage, PushImage)) for step in plan.steps)
