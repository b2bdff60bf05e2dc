"""What each condition of a dependency asks of one container, as a table.

Source: reconcile section 10 (dependencies) and section 8 (`--wait`); `docker compose` texts are the core of the reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from compose.base.value import Value
from compose.health.observation import GONE, Observation

Condition = Literal["service_started", "service_healthy", "service_completed_successfully", "running_or_healthy"]
FailureCode = Literal["unhealthy", "exited", "no-healthcheck", "job-failed", "gone", "missing"]

_ENDED = frozenset({"exited", "dead"})
_OF_HEALTH = frozenset({"service_healthy", "running_or_healthy"})
_RESTARTS_NEVER = frozenset({"", "no"})


class Pending(Value, frozen=True, kw_only=True):
    """Not decided; `waiting` names the containers that are not there yet, with the word for where they are."""

    waiting: tuple[tuple[str, str], ...] = ()


class Met(Value, frozen=True, kw_only=True):
    """Every container satisfies the condition; `since` is when the last of them began to, by the observer's clock.

    `early`: our own probe passed before the engine's did.
    """

    since: float = 0.0
    early: bool = False


class Failed(Value, frozen=True, kw_only=True):
    """The condition cannot come true any more; `container` is the culprit (None: there is no container at all)."""

    code: FailureCode
    reason: str
    container: Observation | None = None


Verdict = Pending | Met | Failed
Judgement = Met | Failed | None


def judge(condition: Condition, seen: Observation, *, exit_ok: bool = False, ready: bool = False) -> Judgement:
    """Return whether one container satisfies a condition; None = not yet.

    With `exit_ok` a container without restart policy that exited with 0 satisfies `running_or_healthy`. `ready`: a
    probe of our own has passed in this run of the container, which is as good as the engine's while that is undecided.
    """
    if seen.state in {GONE, "removing"}:
        return Failed(code="gone", reason=f"container {seen.name} was removed", container=seen)
    found = _JUDGES[condition](seen, exit_ok)
    return Met(early=True) if found is None and ready and condition in _OF_HEALTH and seen.state == "running" else found


def _started(seen: Observation, _exit_ok: bool) -> Judgement:  # noqa: FBT001 - one shape for the table
    return None if seen.state == "created" else Met()


def _healthy(seen: Observation, _exit_ok: bool) -> Judgement:  # noqa: FBT001 - likewise
    if seen.state in _ENDED:
        return _exited(seen)
    if seen.state == "created":
        return None
    if not seen.has_healthcheck:
        return Failed(code="no-healthcheck", reason=f"container {seen.name} has no healthcheck configured", container=seen)
    return _by_probe(seen)


def _completed(seen: Observation, _exit_ok: bool) -> Judgement:  # noqa: FBT001 - likewise
    if seen.state not in _ENDED:
        return None
    if seen.exit_code == 0 and seen.state == "exited":
        return Met()
    reason = f'service "{seen.service}" didn\'t complete successfully: exit {seen.exit_code}'
    return Failed(code="job-failed", reason=reason, container=seen)


def _running_or_healthy(seen: Observation, exit_ok: bool) -> Judgement:  # noqa: FBT001 - likewise
    if seen.state in _ENDED:
        done = exit_ok and seen.exit_code == 0 and seen.state == "exited" and seen.restart_policy in _RESTARTS_NEVER
        return Met() if done else _exited(seen)
    if seen.has_healthcheck:
        return _by_probe(seen) if seen.state != "created" else None
    return Met() if seen.state == "running" else None


def _by_probe(seen: Observation) -> Judgement:
    if seen.state == "restarting":
        return None
    if seen.readiness == "unhealthy":
        return Failed(code="unhealthy", reason=f"container {seen.name} is unhealthy", container=seen)
    return Met() if seen.readiness == "healthy" else None


def _exited(seen: Observation) -> Failed:
    return Failed(code="exited", reason=f"container {seen.name} exited ({seen.exit_code})", container=seen)


_JUDGES: dict[Condition, Callable[[Observation, bool], Judgement]] = {
    "service_started": _started,
    "service_healthy": _healthy,
    "service_completed_successfully": _completed,
    "running_or_healthy": _running_or_healthy,
}
