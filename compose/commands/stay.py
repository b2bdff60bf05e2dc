"""How long a project stays: `up --ttl` and `up --owner`."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands import lease as leases
from compose.commands import reaper
from compose.commands.gc import GcOptions, gc
from compose.commands.session import Session
from compose.model.project import Project
from compose.state.lease import Lease, Owner, lease_labels


class Stay(Value, frozen=True, kw_only=True):
    """When a project goes by itself: `seconds` after it was brought up (0 = it stays, after all), or when a process ends."""

    seconds: float | None = None
    owner: int = 0


def leased(session: Session, project: Project, stay: Stay) -> Project:
    """Return the project with a lease for all that will be made of it; somebody waits for its end from now on.

    What earlier leases left behind is removed first. What the project has already keeps its labels: where they say no
    lease, it stays, which is told.

    Raises:
        ComposeError: there is no such process, or cleaning up failed.
    """
    machine = leases.this_machine()
    if stay.owner:
        owner = leases.owner_of(stay.owner, machine)
        if not owner.started:
            raise fail("no-such-process", f"there is no process {stay.owner}", hint="`--owner $$` is the shell itself")
        lease = Lease(owner=owner)
    else:
        expires = session.clock.now() + stay.seconds if stay.seconds else 0.0
        lease = Lease(owner=Owner(host=machine.host), expires=float(round(expires)))
    result = replace(project, labels={**project.labels, **lease_labels(lease)})
    gc(session, GcOptions())
    if session.options.dry_run:
        return result
    _tell_unleased(session, project)
    place = leases.place_of(session.environ, session.endpoint.url, project.name)
    leases.renew(place, lease)
    if stay.owner or stay.seconds:
        reaper.start_detached(session.endpoint, session.environ, project.name, lease)
    return result


def _tell_unleased(session: Session, project: Project) -> None:
    from compose.engine.observe import list_containers  # noqa: PLC0415 - needs the engine

    found = [one.name for one in list_containers(session.engine, project.name) if labels.LEASE not in one.labels]
    if found:
        summary = f"made without `--ttl` or `--owner`, and not removed by them: {', '.join(found)}"
        hint = "`--force-recreate` makes them anew"
        session.warn(Diagnostic(severity="warning", code="lease-not-on-all", summary=summary, hint=hint))
