"""What a handler of an operation is given, and what it gives back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError, fail
from compose.base.events import Event, Notice, StepOutput, StepProgress
from compose.base.value import Value
from compose.engine import duplicates, retry
from compose.engine.halt import Halt
from compose.engine.port import JSON, Call, Engine
from compose.engine.streams import StreamName
from compose.engine.workers import Future
from compose.plan.operation import Target
from compose.plan.plan import Step

Made = TypeVar("Made")


class Finished(Value, frozen=True, kw_only=True):
    """How a step went.

    `action` replaces the usual word for it (`Created`); `detail` is shown beside it; `container` is the id of a
    container that was created.
    """

    action: str = ""
    detail: str = ""
    container: str = ""


class Run:
    """What the steps of one execution share: the engine, the containers made so far, what was looked up once.

    `abort` is set when the user wants everything to end at once; `halt` ends transfers as soon as a stop is asked for.
    `lost` is set when a connection was lost: the engine may have restarted, and its containers may have ended with it.
    """

    def __init__(self, engine: Engine, project: str, clock: Clock, post: Callable[[Event], None]) -> None:
        self.engine = engine
        self.project = project
        self.clock = clock
        self.post = post
        self.abort = threading.Event()
        self.lost = threading.Event()
        self.halt = Halt(what="the transfer")
        self.containers: dict[tuple[str, int], str] = {}
        self._once: dict[object, Future[Any]] = {}
        self._lock = threading.Lock()

    def container(self, target: Target) -> str:
        """Return the id of a container: the one it had already, else that of the one this run made.

        Raises:
            ComposeError: no step made it.
        """
        found = target.id or self.containers.get((target.service, target.number), "")
        if not found:
            raise fail("container-missing", f"container {target.name} was not created")
        return found

    def has(self, target: Target | None) -> bool:
        """Whether a container is there to act on; None, for operations on other things, counts as there."""
        return target is None or bool(target.id) or (target.service, target.number) in self.containers

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made by the first who asks for `key`; an exception is raised for all."""
        with self._lock:
            known = self._once.get(key)
            mine = known is None
            future: Future[Made] = known or Future()
            if mine:
                self._once[key] = future
        if mine:
            future.fill(make)
        return future.result()


class Work:
    """One step's view of the run."""

    def __init__(self, run: Run, step: Step) -> None:
        self.run = run
        self.step = step
        self.engine = run.engine

    def id(self, target: Target) -> str:
        """Return the id of a container; see `Run.container`."""
        return self.run.container(target)

    def call(self, method: str, where: str, *, timeout: float | None = None, body: JSON = None, **query: Any) -> JSON:  # noqa: ANN401 - as in Call
        """Do one request that may be repeated, again when a failure of it passes by itself.

        Raises:
            EngineError: it failed for good.
        """
        request = Call(method=method, path=where, query=query, body=body, timeout=timeout)
        return self.persist(lambda: self.engine.call(request))

    def persist(self, action: Callable[[], Made], *, again: Callable[[EngineError], bool] = retry.is_passing) -> Made:
        """Do something that may be repeated, see `retry.persist`; it is also when networks of one name stood in its way."""
        return retry.persist(action, self.run.abort, again=partial(self._may_succeed, again))

    def _may_succeed(self, again: Callable[[EngineError], bool], error: EngineError) -> bool:
        if retry.is_lost(error):
            self.run.lost.set()
        return again(error) or duplicates.are_settled(self.run, error)

    def progress(self, detail: str = "", *, part: str = "", current: int = 0, total: int = 0) -> None:
        """Tell that the step moved on."""
        self.run.post(
            StepProgress(
                time=self.run.clock.now(),
                step=self.step.id,
                resource=self.step.resource,
                part=part,
                detail=detail,
                current=current,
                total=total,
            )
        )

    def output(self, text: str, *, part: str = "", stream: StreamName = "stdout") -> None:
        """Pass on a line that a program wrote."""
        self.run.post(
            StepOutput(
                time=self.run.clock.now(), step=self.step.id, resource=self.step.resource, text=text, part=part, stream=stream
            )
        )

    def notice(self, diagnostic: Diagnostic) -> None:
        """Tell the user something that does not make the step fail."""
        self.run.post(Notice(time=self.run.clock.now(), diagnostic=diagnostic))


Handler = Callable[[Any, Work], Finished]
"""Carries out one operation; raises ComposeError when it cannot."""

Handlers = Mapping[type, Handler]
