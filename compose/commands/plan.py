"""`plan`: what a command would do, kept so that it can be done later."""

from __future__ import annotations

from compose.base.errors import fail
from compose.commands.session import Sighting
from compose.plan.encode import save
from compose.plan.operation import RunProvider
from compose.plan.plan import Plan


def keep(plan: Plan, sighting: Sighting | None) -> bytes:
    """Return a plan in the form that `apply` takes, with the state of the engine it was made for.

    Raises:
        ComposeError: it cannot be kept: nobody looked at the engine, or bodies depend on what providers will say.
    """
    if sighting is None:
        raise fail("plan-not-kept", f"a plan of `{plan.command}` cannot be kept: it is not about what a project has")
    providers = sorted({step.resource for step in plan.steps if isinstance(step.operation, RunProvider)})
    if providers:
        names = ", ".join(f"`{name}`" for name in providers)
        raise fail("plan-not-kept", f"this plan cannot be kept: what it does depends on what {names} will answer")
    return save(plan, sighting.observed, sighting.sight)
