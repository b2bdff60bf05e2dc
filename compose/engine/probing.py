"""Healthchecks run by ourselves while a container starts, before and between the engine's own.

The engine waits a whole interval before its first probe. This runs the same `test` in the same way at once and every
moment after, and marks the container as `ready` when it passes. What the engine says of its health is left to it.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from compose.base.clock import Clock
from compose.base.errors import EngineError
from compose.base.value import Value
from compose.engine import inside
from compose.engine.events import Occurrence
from compose.engine.lookout import Lookout, Seen
from compose.engine.port import Connection, Engine
from compose.engine.streams import written
from compose.engine.workers import Workers
from compose.health.observation import Observation

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.025, 0.5, 1.3
_SHELL = ("/bin/sh", "-c")
_KINDS = frozenset({"CMD", "CMD-SHELL"})


class _Attempt(Value, frozen=True, kw_only=True):
    """One container in one run of it, and how long to rest after the next probe that fails."""

    seen: Seen
    pause: float = _FIRST_PAUSE

    @property
    def observation(self) -> Observation:
        return self.seen.observation


class Probing:
    """Probes every container that a lookout watches from its start until it passes, is healthy, or ends.

    A listener of the lookout. A probe that fails counts for nothing: only the engine says `unhealthy`. Containers in
    which a probe cannot be run at all are left to the engine.
    """

    def __init__(self, engine: Engine, lookout: Lookout, clock: Clock) -> None:
        self._engine = engine
        self._lookout = lookout
        self._clock = clock
        self._under_way: dict[str, float] = {}
        self._workers = Workers(name="engine-probe")
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()
        self._closed = False
        lookout.listen(self)

    def close(self) -> None:
        """Give up the probes that are under way."""
        with self._lock:
            self._closed = True
            connections = tuple(self._connections)
        for connection in connections:
            connection.close()
        self._workers.close()

    # -- on the lookout's thread

    def seen(self, seen: Seen) -> None:
        """Begin to probe a container that has begun to run."""
        found = seen.observation
        if _is_starting(found) and self._under_way.get(found.id) != found.started_at:
            self._under_way[found.id] = found.started_at
            self._again(_Attempt(seen=seen))

    def happened(self, occurrence: Occurrence) -> None:
        """Do nothing: the lookout looks at what is of interest."""

    def lost(self, error: EngineError) -> None:
        """Do nothing: those who wait are told."""

    def _again(self, attempt: _Attempt) -> None:
        replica = self._lookout.tracker.replica(attempt.observation.id)
        run = attempt.observation.started_at
        if replica is not None and replica.seen.started_at == run and _is_starting(replica.seen):
            self._workers.submit(partial(self._probe, attempt))

    def _passed(self, attempt: _Attempt) -> None:
        seen = attempt.seen
        change = self._lookout.tracker.mark_ready(seen.observation.id, seen.observation.started_at, self._clock.now())
        if change is not None:
            self._lookout.tell(Seen(observation=seen.observation, order=self._lookout.mark(), change=change))

    def _did_not_pass(self, attempt: _Attempt) -> None:
        later = _Attempt(seen=attempt.seen, pause=min(attempt.pause * _GROWTH, _LONGEST_PAUSE))
        self._lookout.after(attempt.pause, partial(self._again, later))

    # -- on a worker

    def _probe(self, attempt: _Attempt) -> None:
        try:
            passed = self._run(attempt.observation) == 0
        except EngineError:
            return  # it ended, or nothing can be run in it: the engine's word decides
        self._lookout.call(partial(self._passed if passed else self._did_not_pass, attempt))

    def _run(self, container: Observation) -> int:
        """Run the healthcheck's command to its end and return its exit code."""
        identifier = inside.create(self._engine, container.id, body(container.probe_command))
        connection = inside.start(self._engine, identifier, tty=False)
        with connection:
            with self._lock:
                if self._closed:
                    return 1
                self._connections.add(connection)
            for _ in written(connection.chunks()):
                pass
            with self._lock:
                self._connections.discard(connection)
        return inside.exit_code(self._engine, identifier)


def body(test: tuple[str, ...]) -> dict[str, Any]:
    """Return the body of POST containers/{id}/exec for a healthcheck's `test`."""
    kind, *words = test
    command = [*_SHELL, " ".join(words)] if kind == "CMD-SHELL" else words
    return {"Cmd": command, "AttachStdout": True, "AttachStderr": True}


def _is_starting(found: Observation) -> bool:
    return (
        found.state == "running"
        and found.readiness == "starting"
        and bool(found.probe_command)
        and found.probe_command[0] in _KINDS
    )
