"""Requests to stop, seen by one part of a command differently than by another."""

from __future__ import annotations

import threading

from compose.base.stop import Stop, StopCallback

_AT_ONCE = 2


class Cancellation:
    """A request to stop (`compose.base.stop.Stop`) that any thread may raise: once = orderly, twice = at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._level = 0
        self._callbacks: list[StopCallback] = []

    @property
    def level(self) -> int:
        """How often it was asked for."""
        return self._level

    @property
    def is_watched(self) -> bool:
        """Whether somebody reacts."""
        return bool(self._callbacks)

    def subscribe(self, callback: StopCallback) -> None:
        """Call `callback(level)` on each rise from now on."""
        with self._lock:
            self._callbacks.append(callback)

    def cancel(self) -> int:
        """Ask to stop, or to stop at once when that was asked for before; return the level."""
        with self._lock:
            self._level += 1
            level, callbacks = self._level, tuple(self._callbacks)
        for callback in callbacks:
            callback(level)
        return level


class Shifted:
    """A request whose first levels belong to somebody else: with `by` 1, the user's second Ctrl-C is our first.

    With `at_once` our first is an urgent one already: nothing that is under way is waited for.
    """

    def __init__(self, stop: Stop, *, by: int = 1, at_once: bool = False) -> None:
        self._stop = stop
        self._by = by
        self._at_once = at_once

    @property
    def level(self) -> int:
        """The level that is left for us."""
        return self._ours(self._stop.level)

    def subscribe(self, callback: StopCallback) -> None:
        """Call `callback(level)` on each rise that is ours."""
        self._stop.subscribe(lambda level: callback(self._ours(level)) if level > self._by else None)

    def _ours(self, level: int) -> int:
        left = max(0, level - self._by)
        return max(left, _AT_ONCE) if left and self._at_once else left


class Abortable:
    """The user's request, which the command itself may raise as well (`abort`)."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._aborted = False
        self._callbacks: list[StopCallback] = []
        self._lock = threading.Lock()

    @property
    def level(self) -> int:
        """The higher of the user's level and our own."""
        return max(self._stop.level, int(self._aborted))

    @property
    def is_users(self) -> bool:
        """Whether the user asked."""
        return self._stop.level > 0

    def subscribe(self, callback: StopCallback) -> None:
        """Call `callback(level)` on each rise from now on."""
        self._stop.subscribe(callback)
        with self._lock:
            self._callbacks.append(callback)

    def abort(self) -> None:
        """Ask for an orderly stop; has no effect when that was asked for already."""
        with self._lock:
            if self._aborted or self._stop.level:
                return
            self._aborted = True
            callbacks = tuple(self._callbacks)
        for callback in callbacks:
            callback(1)
