"""`apply`: carry out a plan that was kept, if the engine is still as it was."""

from __future__ import annotations

from compose.commands.lock import locked
from compose.commands.look import see
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.plan.encode import SavedPlan, complete, load, verify
from compose.plan.operation import BuildImage, PushImage
from compose.plan.plan import Plan


def apply(session: Session, data: bytes) -> Plan:
    """Carry out a plan made by `compose plan -o` and return it; the files are only read where it builds or copies.

    Raises:
        ComposeError: it is no plan, the engine or the files have changed since, or a step failed.
        Cancelled: the user asked to stop.
    """
    saved = load(data)
    with locked(session, saved.plan.project, "apply"):
        verify(saved, see(session, saved.plan.project, saved.sight))
        project = session.load() if _needs_files(saved) else None
        plan = complete(saved, project)
        perform(session, plan, project)
    return plan


def _needs_files(saved: SavedPlan) -> bool:
    return bool(saved.digests) or any(isinstance(step.operation, (BuildImage, PushImage)) for step in saved.plan.steps)
