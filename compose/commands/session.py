"""What every command needs: the options that stand before it, the project, the engine, a way to say things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Protocol

from msgspec.structs import replace

from compose.base.clock import Clock, SystemClock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, fail
from compose.base.stop import Stop
from compose.base.value import Value

if TYPE_CHECKING:
    from compose.base.events import Event
    from compose.commands.timings import Performed
    from compose.engine.endpoint import Endpoint
    from compose.engine.port import Engine
    from compose.load.isolation import Isolated
    from compose.load.pipeline import Loaded, LoadRequest
    from compose.model.project import Project
    from compose.plan.sight import Sight
    from compose.state.observed import Observed

Emit = Callable[["Event"], None]
EmitAll = Callable[[Sequence["Event"]], None]


class Confirm(Protocol):
    """Asks the user a yes/no question; `default` is what no answer at all means."""

    def __call__(self, question: str, /, *, default: bool = False) -> bool:
        """Return whether the answer is yes."""
        ...


def _no(_question: str, /, *, default: bool = False) -> bool:
    """Say no where nobody can be asked."""
    del default
    return False


class GlobalOptions(Value, frozen=True, kw_only=True):
    """The options before the command, as given; environment variables are applied by the command line."""

    files: tuple[str, ...] = ()
    project_name: str = ""
    instance: str = ""
    project_directory: str = ""
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    parallel: int = -1
    progress: str = ""
    ansi: str = "auto"
    dry_run: bool = False
    context: str = ""
    host: str = ""
    all_resources: bool = False
    compatibility: bool = False
    insecure_registries: tuple[str, ...] = ()


class Scope(Value, frozen=True, kw_only=True):
    """What a command acts on: a project by name, with its model when files were read."""

    name: str
    project: Project | None = None


class Sighting(Value, frozen=True, kw_only=True):
    """What a plan was made from: where was looked, and what was there."""

    sight: Sight
    observed: Observed


class Session:
    """One run of one command.

    - `environ` and `cwd`: the caller's, never read from the process here.
    - `emit`: receives every event, warnings as `Notice` among them; `emit_all` the same for many at once (log lines).
    - `confirm`: asks the user a yes/no question; the default says no.
    - `isolated`: how the project that was loaded last differs from its files, when it is a copy.
    - `stdin`: reads standard input to its end as text, `input` gives it as bytes.
    - `probes`: run healthchecks by ourselves too while something is waited for, so that a long interval costs nothing.
    - `sighting`: what the last plan was made from. `runs`: the plans that were carried out. `project`: the last one loaded.
    """

    def __init__(
        self,
        options: GlobalOptions,
        *,
        environ: Mapping[str, str],
        cwd: str,
        stop: Stop,
        emit: Emit,
        emit_all: EmitAll | None = None,
        clock: Clock | None = None,
        confirm: Confirm = _no,
        stdin: Callable[[], str] | None = None,
        input: Callable[[], IO[bytes]] | None = None,  # noqa: A002 - the word for what comes in
    ) -> None:
        self.options = options
        self.environ = environ
        self.cwd = cwd
        self.stop = stop
        self.emit = emit
        self.emit_all = emit_all or self._one_by_one
        self.clock = clock or SystemClock()
        self.confirm = confirm
        self.stdin = stdin
        self.isolated: Isolated | None = None
        self.input = input
        self.probes = False
        self.sighting: Sighting | None = None
        self.runs: list[Performed] = []
        self.project: Project | None = None
        self._engine: Engine | None = None
        self._endpoint: Endpoint | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where the engine is, as the options and the environment say."""
        if self._endpoint is None:
            from compose.engine.endpoint import resolve  # noqa: PLC0415 - as below

            self._endpoint = resolve(self.environ, host=self.options.host or None, context=self.options.context or None)
        return self._endpoint

    @property
    def engine(self) -> Engine:
        """The endpoint the options and the environment name, connected on first use; read-only in a dry run."""
        if self._engine is None:
            from compose.engine.connect import connect  # noqa: PLC0415 - only commands that use an engine pay for it

            self._engine = connect(self.endpoint)
            if self.options.dry_run:
                from compose.engine.record import ReadOnly  # noqa: PLC0415 - only here

                self._engine = ReadOnly(self._engine)
        return self._engine

    def use(self, engine: Engine) -> None:
        """Talk to this engine from now on (a read-only or recording one around the real one)."""
        self._engine = engine

    def request(self, services: tuple[str, ...] = (), **switches: bool) -> LoadRequest:
        """Return what to load for these services; `switches` are fields of `LoadRequest`."""
        from compose.load.pipeline import LoadRequest  # noqa: PLC0415 - `version` and `--help` never load the loader

        options = self.options
        request = LoadRequest(
            files=options.files,
            project_name=options.project_name,
            instance=options.instance,
            project_directory=options.project_directory,
            profiles=options.profiles,
            env_files=options.env_files,
            services=services,
            environment=dict(self.environ),
            cwd=self.cwd,
            all_resources=options.all_resources,
            compatibility=options.compatibility,
            stdin=self.stdin,
            artifacts=self._artifact,
        )
        return replace(request, **switches)

    def _artifact(self, reference: str) -> str:
        """Return the path of the local copy of an `oci://` reference."""
        from compose.build.oci import artifact_fetcher  # noqa: PLC0415 - hardly ever needed

        return artifact_fetcher(lambda: self.engine, self.environ, insecure=self.options.insecure_registries)(reference)

    def loaded(self, services: tuple[str, ...] = (), **switches: bool) -> Loaded:
        """Load the project and emit its warnings.

        Raises:
            InvalidProject: the files do not describe a valid project.
        """
        from compose.load.pipeline import load  # noqa: PLC0415 - as above

        result = load(self.request(services, **switches))
        self.warn(*result.warnings)
        if result.project.instance:
            result = self._as_copy(result)
        self.project = result.project
        return result

    def _as_copy(self, result: Loaded) -> Loaded:
        """Return a project that is a copy so that it shares nothing with other copies."""
        from compose.commands.instance import isolated  # noqa: PLC0415 - hardly any project is a copy

        self.isolated = isolated(self, result.project)
        return replace(result, project=self.isolated.project)

    def load(self, services: tuple[str, ...] = (), **switches: bool) -> Project:
        """Load the project and emit its warnings; see `loaded`."""
        return self.loaded(services, **switches).project

    def scope(self, services: tuple[str, ...] = ()) -> Scope:
        """Return the project for commands that also work by name alone.

        With a project name and no file the files are not read; when they cannot be loaded but the environment
        names the project, the name is enough. What the env files of services hold is not needed, so they are not read.

        Raises:
            InvalidProject: neither files nor a name.
        """
        options = self.options
        if options.project_name and not options.files:
            return Scope(name=self._copy(options.project_name))
        try:
            project = self.load(no_env_resolution=True)
        except ComposeError:
            name = self.environ.get("COMPOSE_PROJECT_NAME", "")
            if not name:
                raise
            return Scope(name=self._copy(name))
        unknown = [name for name in services if name not in project.services]
        if unknown:
            raise unknown_service(unknown[0], project)
        return Scope(name=project.name, project=project)

    def name(self) -> str:
        """Return the project's name for commands that need nothing else."""
        if self.options.project_name:
            return self._copy(self.options.project_name)
        if self.environ.get("COMPOSE_PROJECT_NAME"):
            return self._copy(self.environ["COMPOSE_PROJECT_NAME"])
        return self.load().name

    def _copy(self, name: str) -> str:
        """Return the name of a project without looking at its files, that of the copy where one is meant."""
        instance = self.options.instance or self.environ.get("COMPOSE_INSTANCE", "")
        if not instance:
            return name.lower()
        from compose.load.instances import AUTO, copy_name, resolve  # noqa: PLC0415 - hardly any project is a copy

        if instance == AUTO:  # the worktree is that of the files, which need not be valid
            from compose.load.pipeline import project_name  # noqa: PLC0415 - likewise

            return project_name(self.request()) or name.lower()
        return copy_name(name.lower(), resolve(instance, name.lower(), self.cwd))

    def _one_by_one(self, events: Sequence[Event]) -> None:
        for event in events:
            self.emit(event)

    def warn(self, *diagnostics: Diagnostic) -> None:
        """Emit diagnostics as notices."""
        if not diagnostics:
            return
        from compose.base.events import Notice  # noqa: PLC0415 - needed where there is something to tell

        for diagnostic in diagnostics:
            self.emit(Notice(time=self.clock.now(), diagnostic=diagnostic))

    def close(self) -> None:
        """Release the engine's connections."""
        if self._engine is not None:
            self._engine.close()


def unknown_service(name: str, project: Project) -> ComposeError:
    """Return the error for a service name that the files do not have."""
    if name in project.disabled:
        profiles = ", ".join(f"`{profile}`" for profile in project.disabled[name].profiles)
        return fail(
            "service-disabled", f"no such service: {name}: disabled", hint=f"it belongs to profile {profiles}: add `--profile`"
        )
    from compose.base.similar import closest  # noqa: PLC0415 - difflib is only for mistakes

    near = closest(name, project.services)
    return fail("unknown-service", f"no such service: {name}", hint=f"did you mean `{near}`?" if near else "")
