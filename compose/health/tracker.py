"""One state per replica, folded from observations; whoever waits reads verdicts here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from compose.base.events import HealthChanged
from compose.base.value import Value
from compose.health.conditions import Condition, Failed, Met, Pending, Verdict, judge
from compose.health.observation import GONE, Observation

State = Literal["created", "starting", "ready", "healthy", "unhealthy", "running", "restarting", "exited", "gone"]

_STATES: dict[str, State] = {
    "created": "created",
    "restarting": "restarting",
    "exited": "exited",
    "dead": "exited",
    "removing": "gone",
    GONE: "gone",
}
_READINESS: dict[str, State] = {"": "running", "starting": "starting", "healthy": "healthy", "unhealthy": "unhealthy"}


class Replica(Value, frozen=True, kw_only=True):
    """A container's state and since when, in seconds of the observer's clock, it has been in it."""

    state: State
    since: float
    seen: Observation
    ready: bool = False
    """A probe of our own has passed in this run of it."""


def state_of(seen: Observation) -> State:
    """Return the one word for where a container is."""
    return _STATES.get(seen.state) or _READINESS[seen.readiness]


class HealthTracker:
    """Folds observations into one state per container and answers whether a condition holds.

    Observations are levels: each replaces what was known, so missed engine events cost nothing once someone
    looks again. Those that arrive late (older than what is known by the engine's own times) are dropped. Not safe
    for several threads at once.
    """

    def __init__(self) -> None:
        self._replicas: dict[str, Replica] = {}

    def apply(self, observation: Observation, now: float) -> HealthChanged | None:
        """Take in one look, made at `now` (seconds since the epoch); return the change if the state is another."""
        known = self._replicas.get(observation.id)
        if known is not None and _is_late(observation, known.seen):
            return None
        same_run = known is not None and known.seen.started_at == observation.started_at
        ready = known is not None and known.ready and same_run
        state: State = "ready" if ready and state_of(observation) == "starting" else state_of(observation)
        since = known.since if known is not None and known.state == state and same_run else now
        self._replicas[observation.id] = Replica(state=state, since=since, seen=observation, ready=ready)
        if known is not None and known.state == state:
            return None
        return HealthChanged(
            time=now, service=observation.service, container=observation.name, state=state, detail=_detail(state, observation)
        )

    def mark_ready(self, container: str, started_at: float, now: float) -> HealthChanged | None:
        """Take in that a probe of our own passed in the run of a container that began at `started_at`.

        Return the change, None when it runs no more or the engine has decided by itself.
        """
        known = self._replicas.get(container)
        if known is None or known.ready or known.seen.started_at != started_at or known.state != "starting":
            return None
        self._replicas[container] = Replica(state="ready", since=now, seen=known.seen, ready=True)
        return HealthChanged(time=now, service=known.seen.service, container=known.seen.name, state="ready")

    def forget(self, container: str) -> None:
        """Drop what is known of a container id (it was replaced and is of no interest any more)."""
        self._replicas.pop(container, None)

    def replica(self, container: str) -> Replica | None:
        """Return what is known of a container id."""
        return self._replicas.get(container)

    def replicas(self, service: str) -> tuple[Replica, ...]:
        """Return what is known of a service's containers, by number, then name."""
        found = [replica for replica in self._replicas.values() if replica.seen.service == service]
        return tuple(sorted(found, key=lambda replica: (replica.seen.number, replica.seen.name)))

    def verdict(
        self, service: str, condition: Condition, containers: Collection[str] | None = None, *, exit_ok: bool = False
    ) -> Verdict:
        """Return whether `condition` holds for a service.

        `containers` are the ids that must satisfy it, all known ones of the service when None; one that was never
        observed is waited for. Every container must satisfy it, and the first that cannot any more decides.
        Without any container the verdict is a failure. `exit_ok`: see `compose.health.conditions.judge`.
        """
        ids = [replica.seen.id for replica in self.replicas(service)] if containers is None else containers
        if not ids:
            return Failed(code="missing", reason=f"no container of service {service}")
        waiting: list[tuple[str, str]] = []
        since, early = 0.0, False
        for identifier in ids:
            replica = self._replicas.get(identifier)
            if replica is None:
                waiting.append((identifier, "unknown"))
                continue
            found = judge(condition, replica.seen, exit_ok=exit_ok, ready=replica.ready)
            if isinstance(found, Failed):
                return found
            if found is None:
                waiting.append((replica.seen.name, replica.state))
            since, early = max(since, replica.since), early or (isinstance(found, Met) and found.early)
        return Pending(waiting=tuple(waiting)) if waiting else Met(since=since, early=early)


def _is_late(observation: Observation, known: Observation) -> bool:
    if known.state == GONE:
        return True
    return observation.state != GONE and observation.newest < known.newest


def _detail(state: State, seen: Observation) -> str:
    if state == "exited":
        return f"exit code {seen.exit_code}" + (", out of memory" if seen.oom_killed else "")
    if state == "unhealthy" and seen.probes:
        return f"probe exited with {seen.probes[-1].exit_code}"
    return ""
