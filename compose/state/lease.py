"""Leases: for whom, and until when, a project's objects are there; written in their labels. Pure.

An object with a lease goes when its owner (a process) has gone, or, where nobody can tell whether it has, when its time
is over. A live owner keeps what it has for as long as it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from compose.base import labels
from compose.base.value import Value

_FORM = "1"
"""The form of the labels; a lease of another form is left alone."""

Verdict = Literal["live", "unknown", "dead", "expired"]


class Owner(Value, frozen=True, kw_only=True):
    """A process that cannot be mistaken for a later one with the same number.

    `host` is the machine's name and id, and the user's; `boot` is another one after each start of the machine; `namespace` is the
    space of process numbers that `pid` belongs to; `started` is when the process began, in the system's own form.
    """

    host: str
    boot: str
    namespace: str
    pid: int
    started: str


class Lease(Value, frozen=True, kw_only=True):
    """Whose something is and how long it stays: `expires` in seconds since the epoch, 0 = no limit."""

    owner: Owner | None = None
    expires: float = 0.0


class Machine(Value, frozen=True, kw_only=True):
    """What one machine knows of owners: who it is, and `started`: when a process began, "" when there is none."""

    host: str
    boot: str
    namespace: str
    started: Callable[[int], str]


class Leased(Value, frozen=True, kw_only=True):
    """An object on the engine with its lease; `id` is what the engine's API takes, `name` what people call it."""

    kind: Literal["container", "network", "volume"]
    id: str
    name: str
    project: str
    lease: Lease


def lease_labels(lease: Lease) -> dict[str, str]:
    """Return the labels that say a lease."""
    found = {labels.LEASE: _FORM}
    if lease.owner is not None:
        found |= {label: str(getattr(lease.owner, field)) for field, label in _OWNER.items()}
    if lease.expires:
        found[labels.EXPIRES] = f"{lease.expires:.0f}"
    return found


def lease_of(found: Mapping[str, str]) -> Lease | None:
    """Return the lease that labels say, None when they say none that can be understood."""
    if found.get(labels.LEASE) != _FORM:
        return None
    try:
        expires = float(found.get(labels.EXPIRES) or 0)
        pid = int(found.get(labels.OWNER_PID) or 0)
    except ValueError:
        return None
    if not pid:
        return Lease(expires=expires) if expires else None
    texts = {field: found.get(label, "") for field, label in _OWNER.items() if field != "pid"}
    return Lease(owner=Owner(pid=pid, **texts), expires=expires)


def verdict(lease: Lease, machine: Machine, now: float) -> Verdict:
    """Return what has become of a lease, as this machine sees it at `now`.

    `dead`: its owner has certainly ended. `live`: the owner runs, or there is time left and no owner. Owners of other
    machines (or containers) are `unknown`, and `expired` once their time is over.
    """
    late = bool(lease.expires) and lease.expires <= now
    if lease.owner is None:
        return "expired" if late else "live"
    is_alive = _is_alive(lease.owner, machine)
    if is_alive is not None:
        return "live" if is_alive else "dead"
    return "expired" if late else "unknown"


def _is_alive(owner: Owner, machine: Machine) -> bool | None:
    """Return whether a process runs, None when it cannot be known here."""
    if owner.host != machine.host:
        return None
    if owner.boot != machine.boot:
        return False
    if owner.namespace != machine.namespace or not owner.started:
        return None
    return machine.started(owner.pid) == owner.started


def may_go(lease: Lease, holds: Iterable[Lease], machine: Machine, now: float) -> bool:
    """Whether something with this lease may be removed: all holds on its project are over, without any, the lease.

    A hold is a lease that came after the labels were written, which cannot be changed (`compose.commands.lease`).
    """
    return all(verdict(one, machine, now) in {"dead", "expired"} for one in tuple(holds) or (lease,))


_OWNER = {
    "host": labels.OWNER_HOST,
    "boot": labels.OWNER_BOOT,
    "namespace": labels.OWNER_NAMESPACE,
    "pid": labels.OWNER_PID,
    "started": labels.OWNER_STARTED,
}
