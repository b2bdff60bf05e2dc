"""The ends of several containers, in the order in which they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from queue import SimpleQueue

from compose.engine.attach import Ending
from compose.engine.port import Engine
from compose.engine.workers import Future, Workers


def endings(engine: Engine, containers: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the id and the exit code of each container when it has ended; those that have already come first.

    Closing the iterator ends the waiting (POST containers/{id}/wait).

    Raises:
        EngineError: the engine could not wait.
    """
    identifiers = tuple(containers)
    workers = Workers(len(identifiers), name="engine-wait")
    ended: SimpleQueue[tuple[str, Future[int]]] = SimpleQueue()
    waiting: list[Ending] = []
    try:
        for identifier in identifiers:
            ending = Ending(engine, identifier, "not-running")
            waiting.append(ending)
            workers.submit(partial(_wait, ended, identifier, ending))
        for _ in identifiers:
            identifier, code = ended.get()
            yield identifier, code.result()
    finally:
        for ending in waiting:
            ending.close()
        workers.close()


def _wait(ended: SimpleQueue[tuple[str, Future[int]]], identifier: str, ending: Ending) -> None:
    code: Future[int] = Future()
    code.fill(ending.code)
    ended.put((identifier, code))
