"""`Stack`: a project of its own for tests."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from compose.api.handle import OnEvent
from compose.api.loading import load
from compose.api.project import Project
from compose.api.results import Address
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.events import LogLine
from compose.base.similar import did_you_mean
from compose.commands.addresses import engine_host, is_loopback
from compose.commands.captured import Completed
from compose.model.project import Project as Model
from compose.model.service import Service
from compose.testing.clocks import Clocks
from compose.testing.failure import LAST_LINES, StackFailed, section, told
from compose.testing.isolation import Copy, isolation_of
from compose.testing.naming import fixed_name, stack_name
from compose.testing.overrides import overrides as merged
from compose.testing.ready import Condition, Listening
from compose.testing.service import StackService, moment
from compose.testing.tenure import Tenure

if TYPE_CHECKING:
    from compose.testing.partition import Partition
    from compose.testing.reset import Reset
    from compose.testing.seeds import Seed
    from compose.testing.snapshots import Snapshot

Wanted = Condition | Sequence[Condition]


class Stack:
    """A copy of a project that disturbs no other: its own name, free ports on the loopback address, no fixed names.

        with Stack("compose.yaml", environment={"web": {"DEBUG": "1"}}) as stack:
            urllib.request.urlopen(stack["web"].url(8000))

    - `files`, `profiles`, `env_files`, `directory`, `host`, `context`: as `compose.load` takes them.
    - `services`: only these and what they depend on.
    - `variables`: for interpolation, over those of this process.
    - `environment`, `images`, `files_in`: variables, image and files (path: content) by service, instead of or besides
      what the files say; `overrides`: anything else, as a Compose file would say it.
    - `keep`: what is not changed although two copies cannot both have it, as dotted paths with shell patterns
      (`services.web.ports`, `services.*.container_name`, `volumes.cache`; see `compose.load.isolation.Isolation`).
    - `ready`: conditions by service (`compose.testing.ready`) that must hold too before the stack counts as up.
    - `timeout`: seconds for all of that.
    - `name`: of the project, "" = one of its own; `reuse`: one that stays the same; what runs
      already is taken, and left running.
    - `owner`: the process with whose end the stack goes, whatever ends it; 0 = this one.
    - `reset`: keep how services with data began, for `stack.reset()`.
    - `stop_timeout`: seconds that containers get to end by themselves in the end; 0 = none.

    `changes` has a line for each thing that was changed so that it disturbs no other, or cannot be.
    """

    def __init__(
        self,
        *files: str | os.PathLike[str],
        name: str = "",
        services: Sequence[str] = (),
        profiles: Sequence[str] = (),
        env_files: Sequence[str | os.PathLike[str]] = (),
        directory: str | os.PathLike[str] = "",
        variables: Mapping[str, str] | None = None,
        environment: Mapping[str, Mapping[str, str]] | None = None,
        images: Mapping[str, str] | None = None,
        files_in: Mapping[str, Mapping[str, str]] | None = None,
        overrides: Mapping[str, Any] | None = None,
        keep: Collection[str] = (),
        ready: Mapping[str, Wanted] | None = None,
        timeout: float = 120.0,
        reuse: bool = False,
        reset: bool = False,
        owner: int = 0,
        stop_timeout: int = 0,
        host: str = "",
        context: str = "",
        on_event: OnEvent | None = None,
    ) -> None:
        base = str(Path(files[0]).absolute().parent if files else Path(directory or ".").absolute())
        plain = load(
            *files,
            name=name or (fixed_name(base) if reuse else stack_name(base)),
            directory=directory,
            profiles=profiles,
            env_files=env_files,
            variables={"COMPOSE_INSTANCE": "", **(variables or {})},
            overrides=merged(overrides, environment=environment, images=images, files=files_in),
            host=host,
            context=context,
        )
        self._tenure = None if reuse else Tenure(plain.endpoint, plain.environment, plain.name, owner)
        copy = _copy(plain, fixed_name(base), tuple(keep), self._tenure)
        self.project, self.changes = plain.rewritten(copy), copy.changes
        self.reuse, self.will_reset = reuse, reset
        self._ways: dict[str, Reset] | None = None
        self._snapshots: list[Snapshot] = []
        self._partitions: list[Partition] = []
        self.clocks = Clocks(lambda: self.project.engine)
        self.ready_at, self.timeout, self.stop_timeout = 0.0, timeout, stop_timeout
        self._services = tuple(services)
        self._ready = {service: _conditions(wanted) for service, wanted in (ready or {}).items()}
        self._on_event = on_event
        self._lock = threading.Lock()
        self._addresses: dict[tuple[str, int, str, int], Address] = {}

    # -- as a whole

    @property
    def name(self) -> str:
        """The project's name, as `compose -p NAME` takes it."""
        return self.project.name

    @property
    def services(self) -> tuple[str, ...]:
        """The services that are part of it."""
        return tuple(self._model().services)

    @property
    def changes_of_any_copy(self) -> tuple[str, ...]:
        """The changes in words that are the same for every copy of the project."""
        return tuple(change.replace(self.name, "<project>") for change in self.changes)

    def _model(self) -> Model:
        return self.project.selected(*self._services)

    def up(self) -> Self:
        """Bring it up, and return it when everything is ready.

        A service is ready when its healthcheck has passed (run by ourselves too, early and often), else when something
        listens on a port that it publishes, else when it runs; a job when it has ended with 0.

        Raises:
            StackFailed: something did not get ready in time, or cannot any more.
            ComposeError: the engine, or the plan, refused before anything began.
        """
        deadline = time.monotonic() + self.timeout
        self._forget()
        if self._tenure is not None:
            self._tenure.begin()
        try:
            unfilled = self._seeded()
            self.project.up(*self._services, timeout=self.timeout, build="auto", probe=True, on_event=self._on_event)
            runs = self.project.runs
        except ComposeError as error:
            raise self.failed(error.diagnostics) from error
        self._await({name: self._conditions_of(service) for name, service in self._model().services.items()}, deadline)
        if unfilled:
            from compose.testing.seeds import harvest  # noqa: PLC0415 - hardly any project has some

            harvest(self, unfilled)
        if self.will_reset:
            self.keep_state()
        self._look_for_ended()
        self.project.runs = runs
        self.ready_at = time.time()
        return self

    def _look_for_ended(self) -> None:
        """Notice what counted as ready because it ran, and has ended with another code than 0 since."""
        ended = [one for one in self.project.ps(*self.services, all=True) if one.state in {"exited", "dead"} and not one.oneoff]
        seen = [self[one.service].observe(one.number) for one in ended if one.service not in self._ready]
        wrong = [f"`{one.service}` is not ready: container {one.name} exited ({one.exit_code})" for one in seen if one.exit_code]
        if wrong:
            raise self.failed([Diagnostic(severity="error", code="not-ready", summary=summary) for summary in wrong])

    def _seeded(self) -> tuple[Seed, ...]:
        """Fill the new volumes that have a seed; return the seeds that are to be made yet."""
        model = self._model()
        if not any(SEED in volume.extensions for volume in model.volumes.values()):
            return ()
        from compose.testing.seeds import plant, seeds  # noqa: PLC0415 - hardly any project has some

        found = seeds(model, self.project.environment)
        if any(one.service in model.services for one in self.project.ps(all=True)):
            return ()  # it was brought up before, with the volumes filled
        return plant(self, found)

    def down(self) -> None:
        """Remove everything that belongs to it."""
        while self._partitions:
            self._partitions.pop().heal()
        self._forget()
        if self._tenure is None:
            self._remove()
        else:
            self._tenure.end(self._remove)

    def _remove(self) -> None:
        self.project.down(volumes=True, remove_orphans=True, timeout=self.stop_timeout, on_event=self._on_event)

    def leave(self) -> None:
        """Leave it up, also when this process ends: `compose -p NAME down -v` removes it then."""
        if self._tenure is not None:
            self._tenure.keep()

    def close(self) -> None:
        """Release the connections to the engine; what runs goes on running. Snapshots go too."""
        while self._snapshots:
            self._snapshots.pop().close()
        self.project.close()

    def __enter__(self) -> Self:
        try:
            return self.up()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        try:
            if not self.reuse:
                self.down()
        finally:
            self.close()

    # -- parts

    def __getitem__(self, service: str) -> StackService:
        __tracebackhide__ = True  # pytest's word: the error is in the line that asked
        if service not in self.project.model.services:
            hint = did_you_mean(service, self.project.model.services)
            raise KeyError(f"no such service: {service}{f'; {hint}' if hint else ''}")
        return StackService(self, service)

    def __iter__(self) -> Iterator[str]:
        return iter(self.services)

    def address_of(self, service: str, port: int, *, protocol: str = "tcp", index: int = 0) -> Address:
        """Return where a published port can be reached from here; asked once for each, until something is changed."""
        key = (service, port, protocol, index)
        with self._lock:
            known = self._addresses.get(key)
        if known is None:
            known = self.project.port(service, port, protocol=protocol, index=index)
            with self._lock:
                self._addresses[key] = known
        return known

    def run(
        self,
        service: str,
        *command: str,
        input: str | bytes | None = None,  # noqa: A002 - as subprocess.run has it
        environment: Mapping[str, str] | None = None,
        user: str = "",
        entrypoint: str | None = None,
        volumes: Sequence[str] = (),
        check: bool = False,
    ) -> Completed:
        """Run a command in a new container of a service, inside the stack's networks; see `compose.Project.run`."""
        return self.project.run(
            service,
            *command,
            input=input,
            environment=environment,
            user=user,
            entrypoint=entrypoint,
            volumes=volumes,
            no_deps=True,
            check=check,
        )

    def mark(self) -> float:
        """Return the time by the engine's clock, for `logs(since=…)`."""
        return self.clocks.now()

    def logs(self, *services: str, since: float | str = "", until: float | str = "", tail: str = "all") -> list[LogLine]:
        """Return the lines of services (all when none is named), merged by the engine's time."""
        return list(self.project.logs(*services, since=moment(since), until=moment(until), tail=tail))

    # -- readiness

    def wait_for(self, service: str, conditions: Sequence[Condition], timeout: float) -> None:
        """Wait for conditions of a service, or without any until it is ready as `up` means it; see `StackService.wait`."""
        deadline = time.monotonic() + timeout
        if not conditions:
            try:
                self.project.start(service, timeout=timeout, probe=True, on_event=self._on_event)
            except ComposeError as error:
                raise self.failed(error.diagnostics) from error
            conditions = self._conditions_of(self.project.model.services[service])
        self._await({service: conditions}, deadline)

    def _conditions_of(self, service: Service) -> tuple[Condition, ...]:
        """Return what must hold of a service besides what the engine says of it."""
        asked = self._ready.get(service.name, ())
        ports = frozenset(port.target for port in service.ports if port.protocol in {"", "tcp"})
        if asked or not ports or _has_healthcheck(service):
            return asked
        seen = StackService(self, service.name).observe()
        return (Listening(ports=ports),) if seen.state == "running" and not seen.has_healthcheck else ()

    def _await(self, wanted: Mapping[str, Sequence[Condition]], deadline: float) -> None:
        """Wait for conditions of several services at once."""
        tasks = {name: conditions for name, conditions in wanted.items() if conditions}
        if not tasks:
            return
        from compose.testing.waiting import wait_together  # noqa: PLC0415 - most stacks have health checks only

        services = {StackService(self, name): conditions for name, conditions in tasks.items()}
        wrong = wait_together(services, max(0.0, deadline - time.monotonic()))
        if wrong is not None:
            raise self.failed((wrong,))

    def failed(self, diagnostics: Sequence[Diagnostic]) -> StackFailed:
        """Return the error for a stack that is not as it should be, with what is known of its services."""
        runs = self.project.runs
        told_of = {failure.container for diagnostic in diagnostics for failure in diagnostic.failures}
        sections: list[str] = []
        with suppress(ComposeError):  # what went wrong is said anyhow
            for name in self.services:
                service = StackService(self, name)
                seen = service.observe() if service.containers() else None
                if seen is not None and seen.name in told_of:
                    continue
                if seen is None or seen.state != "running" or seen.readiness not in {"", "healthy"} or len(self.services) == 1:
                    lines = [line.text for line in service.logs(tail=str(LAST_LINES))]
                    sections.append(section(name, seen, lines))
        return StackFailed(diagnostics, told(diagnostics, runs, sections))

    # -- changes

    def changing(self, change: Callable[[Project], object]) -> None:
        """Do something after which containers may have other addresses."""
        self._forget()
        change(self.project)
        self._forget()

    def partition(self, first: str, second: str) -> Partition:
        """Keep two services from reaching each other until `.heal()`, or the end of a `with` block."""
        from compose.testing.partition import Partition  # noqa: PLC0415 - few tests do that

        for name in (first, second):
            self[name]
        self._partitions.append(Partition(self, first, second))
        return self._partitions[-1]

    # -- data

    def snapshot(self, *services: str) -> Snapshot:
        """Keep what the named volumes of services (all when none is named) hold; `.restore()` brings that back."""
        from compose.testing.snapshots import take  # noqa: PLC0415 - few tests do that

        self._snapshots.append(take(self, services))
        return self._snapshots[-1]

    def keep_state(self) -> None:
        """Remember how services with data are now, for `reset`."""
        from compose.testing.reset import ways  # noqa: PLC0415 - few tests do that

        self._ways = ways(self)
        for way in self._ways.values():
            way.keep()

    def reset(self, *services: str) -> None:
        """Bring services (all with data when none is named) back to how they were when their state was kept.

        PostgreSQL is made again of a template, Redis is emptied, `x-reset` of a service names a command of its own,
        others get their named volumes back, and what has none of these a new container.

        Raises:
            ComposeError: nobody kept how a service began (`reset=True`, `keep_state`), or it could not be done.
        """
        from compose.testing.reset import Recreation, not_kept  # noqa: PLC0415 - few tests do that

        if self._ways is None:
            raise not_kept(services[0] if services else self.name)
        for name in services or self._ways:
            self._ways.get(name, Recreation(self[name])).bring_back()

    def _forget(self) -> None:
        with self._lock:
            self._addresses.clear()


SEED = "x-seed"
"""What volumes say that are filled once and for all (`compose.testing.seeds`)."""


def _copy(plain: Project, images: str, keep: tuple[str, ...], tenure: Tenure | None) -> Copy:
    """Return what makes a project a copy; what it builds is called after `images`."""
    isolation = isolation_of(images, keep=keep, is_here=is_loopback(engine_host(plain.endpoint.url)))
    return Copy(isolation, tenure.labels if tenure is not None else {}, lambda: plain.engine)


def _conditions(wanted: Wanted) -> tuple[Condition, ...]:
    return tuple(wanted) if isinstance(wanted, Sequence) else (wanted,)


def _has_healthcheck(service: Service) -> bool:
    return service.healthcheck is not None and not service.healthcheck.disable and bool(service.healthcheck.test)
