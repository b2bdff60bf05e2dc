"""Work on a thread beside the caller's, whose events come to the caller's own thread.

So a caller can be interrupted (Ctrl-C) and the work still ends in an orderly way, and nothing depends on whether the
caller's thread runs an event loop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue
from typing import Generic, TypeVar

from compose.base.events import Event
from compose.commands.session import Emit
from compose.commands.stopping import Cancellation

Made = TypeVar("Made")


class _Done(Generic[Made]):
    """How the work ended."""

    def __init__(self, work: Callable[[], Made]) -> None:
        self._error: BaseException | None = None
        try:
            self._made = work()
        except BaseException as error:  # noqa: BLE001 - it is raised again on the caller's thread
            self._error = error

    def result(self) -> Made:
        if self._error is not None:
            raise self._error
        return self._made


def run(work: Callable[[Emit], Made], emit: Emit, stop: Cancellation) -> Made:
    """Do `work(emit)` on a thread, hand its events to `emit` on this one, and return what it makes.

    When this thread is interrupted, or `emit` raises, the work is stopped and awaited before that goes on.
    """
    inbox = _begin(work)
    interrupted: BaseException | None = None
    while True:
        try:
            item = inbox.get()
            if isinstance(item, _Done):
                break
            if interrupted is None:
                emit(item)
        except BaseException as error:  # noqa: BLE001 - it is raised again once the work has ended
            interrupted = interrupted or error
            stop.cancel()
    if interrupted is not None:
        raise interrupted
    return item.result()


def iterate(work: Callable[[Emit], object], stop: Cancellation) -> Iterator[Event]:
    """Yield the events of `work(emit)`, done on a thread; closing the iterator stops it."""
    inbox = _begin(work)
    ended = False
    try:
        while True:
            item = inbox.get()
            if isinstance(item, _Done):
                ended = True
                item.result()
                return
            yield item
    finally:
        if not ended:
            stop.cancel()


def _begin(work: Callable[[Emit], Made]) -> SimpleQueue[Event | _Done[Made]]:
    inbox: SimpleQueue[Event | _Done[Made]] = SimpleQueue()

    def perform() -> None:
        inbox.put(_Done(partial(work, inbox.put)))

    threading.Thread(target=perform, name="compose-work", daemon=True).start()
    return inbox
