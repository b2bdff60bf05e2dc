"""`gc`: remove what nobody owns any more: of processes that were killed, of times that are over."""

from __future__ import annotations

from contextlib import ExitStack

from compose.base.value import Value
from compose.commands.lease import elsewhere, place_of, settled, this_machine, tidy
from compose.commands.perform import perform
from compose.commands.session import Session
from compose.plan.collect import plan_gc
from compose.plan.plan import Plan
from compose.state.lease import Lease, Leased, may_go, why


class GcOptions(Value, frozen=True, kw_only=True):
    """Options of gc: `projects` limits it to these (empty = all); `any_host` includes times that other machines set."""

    projects: tuple[str, ...] = ()
    any_host: bool = False


def gc(session: Session, options: GcOptions) -> Plan:
    """Remove everything whose lease is over, and return the plan that was carried out (in a dry run: would be).

    What a live owner has, or somebody holds, stays; so does all that has no lease. Nobody can take a hold on the
    projects concerned meanwhile. Fit to be called before a run, to clean up after earlier ones: with nothing to remove
    it costs three list calls.

    Raises:
        ComposeError: the engine refused a call, or something could not be removed.
        Cancelled: the user asked to stop.
    """
    from compose.engine.leased import list_leased  # noqa: PLC0415 - needs the engine

    with ExitStack() as locks:
        found: list[Leased] = []
        reasons: dict[str, str] = {}
        leased = list_leased(session.engine)
        for project in sorted({one.project for one in leased}):
            own = tuple(one for one in leased if one.project == project)
            if options.projects and project not in options.projects:
                continue
            over = _over(session, options, project, own, locks)
            found += over
            if over:
                reasons[project] = why(over[0].lease, this_machine(), session.clock.now())
        plan = plan_gc(found, reasons)
        perform(session, plan)
    if not session.options.dry_run:
        tidy(session.environ)
    return plan


def _over(
    session: Session, options: GcOptions, project: str, objects: tuple[Leased, ...], locks: ExitStack
) -> tuple[Leased, ...]:
    """Return what of a project may go; if anything, the project stays locked until `locks` are released."""
    place = place_of(session.environ, session.engine.address, project)
    machine, now = this_machine(), session.clock.now()

    def among(holds: tuple[Lease, ...]) -> tuple[Leased, ...]:
        return tuple(one for one in objects if may_go(one.lease, holds, machine, now, anywhere=options.any_host))

    with ExitStack() as lock:
        found = among((*lock.enter_context(settled(place)), *elsewhere(place)))
        if found:
            locks.push(lock.pop_all())
    return found
