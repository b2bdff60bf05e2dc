"""The plan for what a one-off container needs before it is made. Source: reconcile section 14."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base.errors import fail
from compose.model.project import Project
from compose.payload.surroundings import Surroundings
from compose.plan.options import UpOptions
from compose.plan.plan import Plan
from compose.plan.up import NOWHERE, plan_up
from compose.state.observed import Observed


def plan_run(
    project: Project, observed: Observed, service: str, options: UpOptions, surroundings: Surroundings = NOWHERE
) -> Plan:
    """Return the plan that gets the image of `service`, brings up what it depends on, and waits for its conditions.

    The service's own containers are left alone; making the one-off container is left to the caller. With `no_deps`
    only the image is seen to.

    Raises:
        ComposeError: there is no such service, and as `plan_up`.
    """
    if service not in project.services:
        disabled = ": disabled" if service in project.disabled else ": not found"
        raise fail("unknown-service", f"no such service: {service}{disabled}")
    return plan_up(project, observed, replace(options, command="run", one_off=service, start=True), surroundings)
