"""`publish`: a project's files as an OCI artifact of a registry. Source: commands section 9."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base.errors import Cancelled
from compose.build.publish import questions, refuse
from compose.build.publishing import PublishOptions, plan_publish
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.plan.plan import Plan

EVERYTHING = "*"
"""The profile that enables every service: what is published is whole."""


def publish(session: Session, options: PublishOptions, *, assume_yes: bool = False) -> Plan:
    """Publish a project, and return the plan that was carried out (in a dry run: would be).

    What may give something away is asked about first, unless `assume_yes`.

    Raises:
        ComposeError: the project cannot be loaded or published.
        Cancelled: the user said no, or asked to stop.
    """
    from compose.load.pipeline import load  # noqa: PLC0415 - as every use of the loader

    loaded = load(replace(session.request(), profiles=(EVERYTHING,)))
    session.warn(*loaded.warnings)
    project = loaded.project
    refuse(project)
    plan = plan_publish(project, options)
    for question in questions(project, with_env=options.with_env):
        if not assume_yes and not session.confirm(question.text):
            raise Cancelled
    perform(session, plan, project)
    return plan
