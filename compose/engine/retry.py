"""Which failures of an engine pass by themselves, and how long to wait for that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from compose.base.errors import EngineError, EngineUnreachable
from compose.base.pattern import lazy_pattern
from compose.engine.errors import CONFLICT, NOT_IMPLEMENTED, SERVER_ERROR

Made = TypeVar("Made")

PAUSES = (0.05, 0.15, 0.4, 1.0, 2.0, 3.0)
"""Seconds between attempts: an engine that restarts is back within their sum."""

_PASSING_STATUS = {429, 503}
"""Too many requests (a registry that asks for patience), and not available."""
_LOST = {"engine-connection-lost", "engine-unreachable"}
_PASSING = lazy_pattern(
    r"is being removed|removal of container .* is already in progress|marked for removal|device or resource busy"
    r"|resource temporarily unavailable|i/o timeout|TLS handshake timeout|connection reset|unexpected EOF"
    r"|shutting down|context canceled|broken pipe|toomanyrequests|did not receive an exit event"
    r"|has dependent containers which must be removed before it"
)
_NAME_TAKEN = lazy_pattern(r'name "?/?[^"]*"? is already in use')


def is_lost(error: EngineError) -> bool:
    """Whether nobody knows if the engine did what was asked."""
    return isinstance(error, EngineUnreachable) or error.diagnostics[0].code in _LOST


def is_passing(error: EngineError) -> bool:
    """Whether the same call, which must be one that can be repeated, may well succeed a little later."""
    if is_lost(error) or error.status in _PASSING_STATUS:
        return True
    return (error.status >= SERVER_ERROR or error.status == CONFLICT) and _PASSING.search(error.message) is not None


def is_passing_for_reads(error: EngineError) -> bool:
    """Whether a call that only reads may well succeed a moment later, from an engine that was there just now."""
    if isinstance(error, EngineUnreachable):
        return False
    return is_passing(error) or (error.status >= SERVER_ERROR and error.status != NOT_IMPLEMENTED)


def is_trouble(error: EngineError) -> bool:
    """Whether what went wrong may be the engine's trouble of the moment; for what must be tried by all means."""
    return is_passing(error) or error.status >= SERVER_ERROR


def is_name_taken(error: EngineError) -> bool:
    """Whether a container's name belongs to another one, which may be on its way out."""
    return error.status == CONFLICT and _NAME_TAKEN.search(error.message) is not None


def persist(
    action: Callable[[], Made],
    abort: threading.Event,
    *,
    again: Callable[[EngineError], bool] = is_passing,
    pauses: tuple[float, ...] | None = None,
) -> Made:
    """Do something that may be repeated, again after each pause (`PAUSES`) as long as `again` says that it may succeed.

    Setting `abort` ends the pauses: the last error is raised at once.

    Raises:
        EngineError: the last attempt's.
    """
    for pause in PAUSES if pauses is None else pauses:
        try:
            return action()
        except EngineError as error:
            if not again(error) or abort.wait(pause):
                raise
    return action()
