"""A loaded project, and the way to its engine: what the methods of `compose.Project` are made with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from compose.base.diagnostics import Diagnostic
from compose.base.events import Event
from compose.commands.apart import run
from compose.commands.held import HeldSession, Rewrite, Source
from compose.commands.stopping import Cancellation

if TYPE_CHECKING:
    from compose.commands.timings import Performed
    from compose.engine.endpoint import Endpoint
    from compose.engine.port import Engine
    from compose.model.project import Project as Model

OnEvent = Callable[[Event], None]
Made = TypeVar("Made")


def ignore(_event: Event) -> None:
    """Nobody wants to know."""


class Handle:
    """What a project is, and the connections to its engine; safe to use from several threads."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._endpoint: Endpoint | None = None
        self.runs: tuple[Performed, ...] = ()
        """The plans that the last call carried out, with what came of them and when."""

    def rewritten(self, rewrite: Rewrite) -> Self:
        """Return a project like this one whose model went through a function, whatever services it is asked for."""
        return type(self)(self._source.rewritten(rewrite))

    # -- what it is

    @property
    def model(self) -> Model:
        """What the files ask for, typed as the specification names things."""
        return self._session().load()

    def selected(self, *services: str) -> Model:
        """Return the model with these services and what they depend on only; all of it when none is named."""
        return self._session().load(services)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that interpolation and the way to the engine are found with."""
        return self._source.environ

    @property
    def name(self) -> str:
        """The project's name."""
        return self.model.name

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the enabled services."""
        return tuple(self.model.services)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What was noticed while loading."""
        return self._source.warnings

    @property
    def endpoint(self) -> Endpoint:
        """Where the engine is."""
        with self._lock:
            if self._endpoint is None:
                from compose.engine.endpoint import resolve  # noqa: PLC0415 - loading alone does without

                options = self._source.options
                self._endpoint = resolve(self._source.environ, host=options.host or None, context=options.context or None)
            return self._endpoint

    @property
    def engine(self) -> Engine:
        """The engine itself, for calls that this API does not have."""
        endpoint = self.endpoint
        with self._lock:
            if self._engine is None:
                from compose.engine.connect import connect  # noqa: PLC0415 - loading alone does without

                self._engine = connect(endpoint)
            return self._engine

    def close(self) -> None:
        """Release the connections to the engine; a later call opens new ones. Containers are left as they are."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self.close()

    # -- inner

    def _session(
        self,
        stop: Cancellation | None = None,
        emit: OnEvent = ignore,
        *,
        dry_run: bool = False,
        source: Source | None = None,
    ) -> HeldSession:
        return HeldSession(source or self._source, self.engine, stop=stop or Cancellation(), emit=emit, dry_run=dry_run)

    def _perform(
        self,
        work: Callable[[HeldSession], Made],
        on_event: OnEvent | None,
        stop: Cancellation | None,
        *,
        probe: bool = False,
        source: Source | None = None,
    ) -> Made:
        """Do work that changes something, on a thread, with its events told on this one."""
        stop = stop or Cancellation()
        sessions: list[HeldSession] = []

        def perform(emit: OnEvent) -> Made:
            session = self._session(stop, emit, source=source)
            session.probes = probe
            sessions.append(session)
            return work(session)

        try:
            return run(perform, on_event or ignore, stop)
        finally:
            self.runs = tuple(performed for session in sessions for performed in session.runs)
