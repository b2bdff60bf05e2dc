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
    boot: str = ""
    namespace: str = ""
    pid: int = 0
    started: str = ""


class Lease(Value, frozen=True, kw_only=True):
    """Whose something is and how long it stays: `expires` in seconds since the epoch, 0 = no limit.

    An owner with `pid` 0 is no process: it tells on which machine the time may have been prolonged since.
    """

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
    texts = {field: found.get(label, "") for field, label in _OWNER.items() if field != "pid"}
    if not texts["host"]:
        return Lease(expires=expires) if expires else None
    return Lease(owner=Owner(pid=pid, **texts), expires=expires)


def verdict(lease: Lease, machine: Machine, now: float) -> Verdict:
    """Return what has become of a lease, as this machine sees it at `now`.

    `dead`: its owner has certainly ended. `live`: the owner runs, or there is time left and no owner. Owners on other
    machines (or in other containers) are `unknown`, and `expired` once their time is over. A time without a process is
    over on the machine where it was set, because it may have been prolonged there.
    """
    late = bool(lease.expires) and lease.expires <= now
    if lease.owner is None or not lease.owner.pid:
        is_foreign = lease.owner is not None and lease.owner.host != machine.host
        return "live" if not late else "unknown" if is_foreign else "expired"
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


def may_go(lease: Lease, holds: Iterable[Lease], machine: Machine, now: float, *, anywhere: bool = False) -> bool:
    """Whether something with this lease may be removed: all holds on its project are over, without any, the lease.

    A hold is a lease that came after the labels were written, which cannot be changed (`compose.commands.lease`).
    With `anywhere` a time that another machine set counts as over when it is.
    """
    return all(_is_over(one, machine, now, anywhere=anywhere) for one in tuple(holds) or (lease,))


def _is_over(lease: Lease, machine: Machine, now: float, *, anywhere: bool) -> bool:
    found = verdict(lease, machine, now)
    return found in {"dead", "expired"} or (anywhere and found == "unknown" and bool(lease.expires) and lease.expires <= now)


def why(lease: Lease, machine: Machine, now: float) -> str:
    """Return in words why something with this lease may go."""
    if lease.owner is not None and verdict(lease, machine, now) == "dead":
        return f"its owner, process {lease.owner.pid}, has ended"
    return f"its time was over {max(now - lease.expires, 0):.0f} s ago"


_OWNER = {
    "host": labels.OWNER_HOST,
    "boot": labels.OWNER_BOOT,
    "namespace": labels.OWNER_NAMESPACE,
    "pid": labels.OWNER_PID,
    "started": labels.OWNER_STARTED,
}
