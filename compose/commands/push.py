"""`push`: bring images that were built to their registries. Source: commands section 6."""

from __future__ import annotations

from compose.build.planning import PushOptions, plan_push
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.plan.plan import Plan


def push(session: Session, options: PushOptions) -> Plan:
    """Push the images of services, and return the plan that was carried out (in a dry run: would be).

    Raises:
        ComposeError: the project cannot be loaded, or a push failed.
        Cancelled: the user asked to stop.
    """
    plan = plan_push(session.load(options.services), options)
    perform(session, plan)
    return plan
