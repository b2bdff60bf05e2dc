"""A session for programs: the project is loaded once, may be rewritten, and is what every use case is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compose.base.diagnostics import Diagnostic
from compose.base.stop import Stop
from compose.commands.session import Emit, GlobalOptions, Scope, Session, unknown_service
from compose.commands.stopping import Cancellation
from compose.engine.port import Engine
from compose.load.pipeline import load
from compose.model.project import Project

Rewrite = Callable[[Project], Project]
_Selection = tuple[tuple[str, ...], frozenset[tuple[str, bool]]]


class Source:
    """The files of one project, read again only for another selection of services.

    - `overrides`: the text of one more file, merged over the others (named `-` in messages).
    """

    def __init__(self, options: GlobalOptions, *, environ: Mapping[str, str], cwd: str, overrides: str = "") -> None:
        self.options = options
        self.environ = dict(environ)
        self.cwd = cwd
        self._rewrites: tuple[Rewrite, ...] = ()
        self._overrides = overrides
        self._known: dict[_Selection, Project] | None = {}
        self.warnings: tuple[Diagnostic, ...] = ()

    def rewritten(self, rewrite: Rewrite) -> Source:
        """Return a source of the same files, whose projects go through `rewrite` last."""
        source = Source(self.options, environ=self.environ, cwd=self.cwd, overrides=self._overrides)
        source._rewrites = (*self._rewrites, rewrite)
        source.warnings = self.warnings
        source._known = {key: rewrite(project) for key, project in (self._known or {}).items()}
        return source

    def forgetful(self) -> Source:
        """Return a source that reads the files again each time, for work that follows their changes."""
        source = self.rewritten(lambda project: project)
        source._known = None  # noqa: SLF001 - of this class
        return source

    def project(self, services: tuple[str, ...] = (), **switches: bool) -> Project:
        """Return the project with these services and what they depend on (all of them when none is named).

        Raises:
            InvalidProject: the files do not describe a valid project.
        """
        if self._known is None:
            return self._load(services, switches)
        key = (services, frozenset(switches.items()))
        if key not in self._known:
            self._known[key] = self._load(services, switches)
        return self._known[key]

    def _load(self, services: tuple[str, ...], switches: Mapping[str, bool]) -> Project:
        session = Session(
            self.options,
            environ=self.environ,
            cwd=self.cwd,
            stop=Cancellation(),
            emit=lambda _event: None,
            stdin=lambda: self._overrides,
        )
        try:
            loaded = load(session.request(services, **switches))
        finally:
            session.close()
        self.warnings = tuple(dict.fromkeys((*self.warnings, *loaded.warnings)))
        project = loaded.project
        for rewrite in self._rewrites:
            project = rewrite(project)
        return project


class HeldSession(Session):
    """A session about the project of a `Source`, on an engine that outlives it."""

    def __init__(self, source: Source, engine: Engine, *, stop: Stop, emit: Emit, dry_run: bool = False) -> None:
        options = GlobalOptions(host=source.options.host, context=source.options.context, dry_run=dry_run)
        super().__init__(options, environ=source.environ, cwd=source.cwd, stop=stop, emit=emit)
        self._source = source
        self.use(engine)

    def load(self, services: tuple[str, ...] = (), **switches: bool) -> Project:
        """Return the project, or the copy of it that is meant; see `Source.project`."""
        project = self._source.project(services, **switches)
        if not project.instance:
            return project
        from compose.commands.instance import isolated  # noqa: PLC0415 - hardly any project is a copy

        self.isolated = isolated(self, project)
        return self.isolated.project

    def scope(self, services: tuple[str, ...] = ()) -> Scope:
        """Return the project, or refuse a service that it does not have."""
        project = self.load()
        for name in services:
            if name not in project.services:
                raise unknown_service(name, project)
        return Scope(name=project.name, project=project)

    def name(self) -> str:
        """Return the project's name."""
        return self.load().name
