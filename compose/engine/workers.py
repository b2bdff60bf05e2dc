"""Threads for blocking calls: made when needed, as many as allowed, and never in the way of the process's end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from queue import SimpleQueue
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

DEFAULT_LIMIT = 64


class Future(Generic[Made]):
    """A result that another thread has yet to give. That of the standard library costs a tenth of a command to load."""

    def __init__(self) -> None:
        self._is_there = threading.Event()
        self._made: Made | None = None
        self._error: BaseException | None = None

    def fill(self, function: Callable[[], Made]) -> None:
        """Have what the function returns or raises be the result."""
        try:
            self._made = function()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is wanted
            self._error = error
        self._is_there.set()

    def result(self) -> Made:
        """Wait for the result.

        Raises:
            BaseException: whatever the function raised.
        """
        self._is_there.wait()
        if self._error is not None:
            raise self._error
        return self._made  # type: ignore[return-value] # it is there


class Workers:
    """Runs functions on at most `limit` threads, first come first served.

    The threads are daemons: a call that never returns does not keep the process alive.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT, *, name: str = "engine-worker") -> None:
        self._limit = limit
        self._name = name
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._idle = 0

    def submit(self, task: Callable[[], None]) -> None:
        """Run `task`, which must not raise, on a thread as soon as one is free."""
        with self._lock:
            if self._idle:
                self._idle -= 1
            elif self._threads < self._limit:
                self._threads += 1
                threading.Thread(target=self._run, name=self._name, daemon=True).start()
        self._tasks.put(task)

    def start(self, function: Callable[[], Made]) -> Future[Made]:
        """Run `function` on a thread and return where its result or its exception will be."""
        future: Future[Made] = Future()
        self.submit(partial(future.fill, function))
        return future

    def gather(self, function: Callable[[Given], Made], items: Iterable[Given]) -> list[Made]:
        """Call `function` with every item at once, and return the results in the items' order.

        Raises:
            Exception: whatever the first failing item, in the items' order, raised.
        """
        given = list(items)
        if len(given) == 1:
            return [function(given[0])]
        futures = [self.start(partial(function, item)) for item in given]
        return [future.result() for future in futures]

    def close(self) -> None:
        """Let every thread end after what it is doing."""
        with self._lock:
            threads, self._threads = self._threads, 0
        for _ in range(threads):
            self._tasks.put(None)

    def _run(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            task()
            with self._lock:
                self._idle += 1
