"""Changes to containers that are under way on other threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Underway:
    """Counts changes that may leave a project for a moment without a container that runs."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Do one change."""
        with self._changed:
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def settle(self) -> None:
        """Wait until none is under way."""
        with self._changed:
            self._changed.wait_for(lambda: not self._count)
