"""`start`, `stop`, `restart`, `kill`, `pause`, `unpause` and `rm`: one life-cycle step for containers that exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from compose.base.value import Value
from compose.commands.look import see
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.model.project import Project
from compose.plan.lifecycle import plan_kill, plan_pause, plan_rm, plan_start, plan_stop, plan_unpause
from compose.plan.options import LifecycleOptions
from compose.plan.plan import Plan
from compose.plan.restart import plan_restart
from compose.state.observed import Observed

Planner = Callable[[Observed, LifecycleOptions, Project | None], Plan]

PLANNERS: Mapping[str, Planner] = {
    "start": plan_start,
    "stop": plan_stop,
    "restart": plan_restart,
    "kill": plan_kill,
    "pause": plan_pause,
    "unpause": plan_unpause,
    "rm": plan_rm,
}


class LifecycleResult(Value, frozen=True, kw_only=True):
    """What was done; `declined` = the user said no, so that nothing was."""

    plan: Plan
    declined: bool = False


def lifecycle(session: Session, command: str, options: LifecycleOptions) -> LifecycleResult:
    """Carry out one of `PLANNERS` for the services named (all when none are); works by project name alone.

    Raises:
        ComposeError: an unknown service, or a step failed.
        Cancelled: the user asked to stop.
    """
    scope = session.scope(options.services)
    observed = see(session, scope.name)
    plan = PLANNERS[command](observed, options, scope.project)
    questions = {one.key: one.question for one in plan.confirmations}
    if questions and not session.options.dry_run:
        yes = frozenset(key for key, question in questions.items() if session.confirm(question))
        if not yes:
            return LifecycleResult(plan=plan, declined=True)
        plan = PLANNERS[command](observed, replace(options, confirmed=options.confirmed | yes), scope.project)
    perform(session, plan, scope.project)
    return LifecycleResult(plan=plan)
