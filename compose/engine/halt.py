"""Ending builds and transfers at once when the user asks to stop: half an image is worth nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from compose.base.errors import Cancelled, fail
from compose.base.stop import Stop


class Halt:
    """The wish to stop, as builds and transfers see it: any level ends them. Safe to use from several threads.

    `what` is what was stopped, in the message.
    """

    def __init__(self, stop: Stop | None = None, *, what: str = "the build") -> None:
        self._lock = threading.Lock()
        self._what = what
        self._enders: list[Callable[[], None]] = []
        self._asked = False
        if stop is not None:
            stop.subscribe(self.rise)
            self.rise(stop.level)

    def check(self) -> None:
        """Stop here if that was asked for.

        Raises:
            Cancelled: the user asked to stop.
        """
        if self._asked:
            raise Cancelled(fail("build-stopped", f"{self._what} was stopped").diagnostics[0])

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """While inside, call `end` (from another thread) as soon as a stop is asked for; then `check`."""
        with self._lock:
            self._enders.append(end)
            asked = self._asked
        if asked:
            end()
        try:
            yield
        finally:
            with self._lock:
                self._enders.remove(end)
            self.check()

    def guarded(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield blocks until a stop is asked for.

        Raises:
            Cancelled: the user asked to stop.
        """
        for block in blocks:
            self.check()
            yield block

    def rise(self, level: int) -> None:
        """Take in how far the user has gone; 0 is nothing."""
        if not level:
            return
        with self._lock:
            self._asked = True
            enders = tuple(self._enders)
        for end in enders:
            end()
