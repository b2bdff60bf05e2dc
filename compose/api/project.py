"""A project on an engine, and everything that the command line does with one, as methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, Self

import msgspec

from compose.api.handle import Handle, OnEvent, ignore
from compose.api.results import Address, checked
from compose.base.errors import Cancelled, fail
from compose.base.events import LogLine
from compose.commands.addresses import reachable_host
from compose.commands.apart import iterate
from compose.commands.captured import Captured, Completed
from compose.commands.stopping import Cancellation
from compose.plan.options import DownOptions, LifecycleOptions, UpOptions

if TYPE_CHECKING:
    from compose.plan.plan import Plan
    from compose.state.engine_event import EngineEvent
    from compose.state.observed import ContainerState


class Project(Handle):
    """A loaded project on an engine; made by `load`. See `help(compose.api)` for how its methods behave.

    Every method raises `ComposeError`: `InvalidProject` when files changed and are wrong now, `EngineUnreachable` when
    no engine answers, `EngineError` when it refuses, plain `ComposeError` for an unknown service and for steps that
    failed, with all their diagnostics. Methods that change something take `on_event`, which is given every event on
    the caller's thread, and `stop`, which another thread can `cancel()`; then they raise `Cancelled`.
    """

    @contextmanager
    def running(self, *services: str, volumes: bool = False, **options: Any) -> Iterator[Self]:  # noqa: ANN401 - those of `up`
        """Have the project up inside a `with` block, and down (with its volumes, if `volumes`) after it."""
        try:
            self.up(*services, **options)
            yield self
        finally:
            self.down(volumes=volumes)

    # -- bringing it up and down

    def plan(self, *services: str, drift: bool = False, **options: Any) -> Plan:  # noqa: ANN401 - fields of UpOptions
        """Return what `up` would do now, step by step with reasons; nothing is changed.

        `drift` compares with what really runs, not only with what was asked for; `options` are those of `UpOptions`
        (`compose.plan.options`). `plan.steps` is empty when there is nothing to do; `str(plan)` is a line a step.

        Raises:
            ComposeError: the files and what is there cannot be brought together (an external network is missing, say).
        """
        from compose.commands.up import up  # noqa: PLC0415 - as every use of the engine

        wanted = UpOptions(services=services, drift=drift, **options)
        return up(self._session(Cancellation(), ignore, dry_run=True), wanted)

    def up(
        self,
        *services: str,
        wait: bool = True,
        timeout: float | None = None,
        build: bool | Literal["auto"] = False,
        pull: str = "",
        force_recreate: bool = False,
        no_deps: bool = False,
        remove_orphans: bool = False,
        scale: Mapping[str, int] | None = None,
        probe: bool = False,
        on_event: OnEvent | None = None,
        stop: Cancellation | None = None,
    ) -> Plan:
        """Create and start the services (all when none is named), and return the plan that was carried out.

        - `wait`: return when every service is healthy, or running where it has no healthcheck, or has ended with 0.
        - `build`: build images first; "auto" = those that are missing or older than their inputs.
        - `timeout`: for how many seconds to wait for that; None = without end.
        - `probe`: also run the healthchecks ourselves, early and often, and go on as soon as one passes (`ready`).
        - the others: as the options of `compose up`.

        Raises:
            ComposeError: something could not be made or started, ended or stayed unhealthy while it was waited for, or was
                not ready within `timeout`; what was made stays.
        """
        from compose.commands.up import up  # noqa: PLC0415 - as every use of the engine

        options = UpOptions(
            services=services,
            wait=wait,
            wait_timeout=timeout,
            build=build is True,
            outdated="build" if build == "auto" else "tell",
            pull=pull,
            force_recreate=force_recreate,
            no_deps=no_deps,
            scale=dict(scale or {}),
        )
        return self._perform(
            lambda session: up(session, options, remove_orphans=remove_orphans or None), on_event, stop, probe=probe
        )

    def create(self, *services: str, no_deps: bool = True, on_event: OnEvent | None = None) -> Plan:
        """Make what `up` would make, and start nothing."""
        from compose.commands.up import up  # noqa: PLC0415 - as every use of the engine

        options = UpOptions(command="create", services=services, start=False, no_deps=no_deps)
        return self._perform(lambda session: up(session, options), on_event, None)

    def down(
        self,
        *services: str,
        volumes: bool = False,
        images: str = "",
        timeout: int | None = None,
        remove_orphans: bool = False,
        on_event: OnEvent | None = None,
        stop: Cancellation | None = None,
    ) -> Plan:
        """Stop and remove containers and networks, with `volumes` also those; `images`: "", "local" or "all".

        Raises:
            ComposeError: something could not be removed; the rest was.
        """
        from compose.commands.down import down  # noqa: PLC0415 - as every use of the engine

        wanted = {"services": services, "volumes": volumes, "rmi": images, "timeout": timeout, "remove_orphans": remove_orphans}
        options = msgspec.convert(wanted, DownOptions)
        return self._perform(lambda session: down(session, options), on_event, stop)

    def scale(self, replicas: Mapping[str, int], *, no_deps: bool = False, on_event: OnEvent | None = None) -> Plan:
        """Have as many containers of services as asked for."""
        from compose.commands.up import up  # noqa: PLC0415 - as every use of the engine

        options = UpOptions(command="scale", services=tuple(replicas), scale=dict(replicas), no_deps=no_deps)
        return self._perform(lambda session: up(session, options), on_event, None)

    def start(
        self,
        *services: str,
        wait: bool = True,
        timeout: float | None = None,
        probe: bool = False,
        on_event: OnEvent | None = None,
    ) -> Plan:
        """Start containers that exist, and wait as `up` does."""
        options = LifecycleOptions(services=services, wait=wait, wait_timeout=timeout)
        return self._lifecycle("start", options, on_event, probe=probe)

    def stop(self, *services: str, timeout: int | None = None, on_event: OnEvent | None = None) -> Plan:
        """Stop containers; `timeout` in seconds, None = their own grace period."""
        return self._lifecycle("stop", LifecycleOptions(services=services, timeout=timeout), on_event)

    def restart(self, *services: str, timeout: int | None = None, no_deps: bool = False, on_event: OnEvent | None = None) -> Plan:
        """Stop and start containers again, with those that `depends_on` them with `restart: true` unless `no_deps`."""
        return self._lifecycle("restart", LifecycleOptions(services=services, timeout=timeout, no_deps=no_deps), on_event)

    def kill(self, *services: str, signal: str = "SIGKILL", on_event: OnEvent | None = None) -> Plan:
        """Send a signal to containers."""
        return self._lifecycle("kill", LifecycleOptions(services=services, signal=signal), on_event)

    def pause(self, *services: str, on_event: OnEvent | None = None) -> Plan:
        """Freeze the processes of containers."""
        return self._lifecycle("pause", LifecycleOptions(services=services), on_event)

    def unpause(self, *services: str, on_event: OnEvent | None = None) -> Plan:
        """Let the processes of containers go on."""
        return self._lifecycle("unpause", LifecycleOptions(services=services), on_event)

    # -- looking

    def ps(self, *services: str, all: bool = False) -> tuple[ContainerState, ...]:  # noqa: A002 - the command's own word
        """Return the containers that run, with `all` also those that ended, sorted by name.

        Raises:
            ComposeError: an unknown service.
        """
        from compose.commands.ps import PsOptions, ps  # noqa: PLC0415 - as every use of the engine

        return ps(self._session(), PsOptions(services=services, all=all))

    def logs(
        self,
        *services: str,
        follow: bool = False,
        since: str = "",
        until: str = "",
        tail: str = "all",
        index: int = 0,
        stop: Cancellation | None = None,
    ) -> Iterator[LogLine]:
        """Yield the lines that containers wrote, by the engine's time; with `follow` those to come until none runs.

        `since` and `until` are RFC 3339 times, seconds since the epoch, or durations back from now (`5m`). Closing the
        iterator, or `stop`, ends following.

        Raises:
            ComposeError: an unknown service, or a time that cannot be understood.
        """
        from compose.commands.logs import LogsOptions, logs  # noqa: PLC0415 - as every use of the engine

        options = LogsOptions(services=services, follow=follow, since=since, until=until, tail=tail, index=index)
        asked = stop or Cancellation()
        for event in iterate(lambda emit: logs(self._session(asked, emit), options), asked):
            if isinstance(event, LogLine):
                yield event

    def events(self, *services: str, since: str = "", until: str = "", stop: Cancellation | None = None) -> Iterator[EngineEvent]:
        """Yield what happens to the containers, as the engine tells it, until `until` or until `stop` is cancelled.

        Raises:
            ComposeError: an unknown service, or a time that cannot be understood.
        """
        from compose.commands.events import EventsOptions, events  # noqa: PLC0415 - as every use of the engine

        return events(self._session(), EventsOptions(services=services, since=since, until=until), stop)

    def watch(self, *services: str, up: bool = True, stop: Cancellation | None = None, on_event: OnEvent | None = None) -> None:
        """Carry changes of files into the containers, as `develop.watch` of the files says, until `stop` is cancelled.

        With `up` the project is brought up before. `on_event` tells of what is carried over, built and restarted.

        Raises:
            ComposeError: no service has anything to watch, or the project could not be brought up.
        """
        from compose.commands.watch import WatchOptions, watch  # noqa: PLC0415 - as every use of the engine

        asked = stop or Cancellation()
        options = WatchOptions(services=services, up=UpOptions(command="watch", services=services) if up else None)
        with suppress(Cancelled):
            self._perform(lambda session: watch(session, options), on_event, asked, source=self._source.forgetful())

    def wait(self, *services: str) -> dict[str, int]:
        """Wait until the running containers of services (all when none is named) have ended; return exit codes by id.

        Raises:
            ComposeError: an unknown service, or nothing of them runs.
        """
        from compose.commands.wait import WaitOptions, wait  # noqa: PLC0415 - as every use of the engine

        codes: dict[str, int] = {}
        wait(self._session(), WaitOptions(services=services or self.services), codes.__setitem__)
        return codes

    def port(self, service: str, port: int, *, protocol: str = "tcp", index: int = 0) -> Address:
        """Return where a published port of a service can be reached from here, also when the engine is elsewhere.

        Raises:
            ComposeError: no container of it runs, the port is not published, or only on the engine's own loopback address.
        """
        from compose.commands import port as command  # noqa: PLC0415 - as every use of the engine

        found = command.port(self._session(), command.PortOptions(service=service, private=port, protocol=protocol, index=index))
        host = reachable_host(self.endpoint.url, found.address)
        if not host:
            where = f"port {port} of `{service}` is published on {found.address} of the engine's machine"
            raise fail("no-such-port", where, hint="publish it on another address")
        return Address(host, found.public)

    def url(self, service: str, port: int, path: str = "", *, scheme: str = "http", index: int = 0) -> str:
        """Return the URL of a published port: `http://127.0.0.1:49153` and `path`. Raises what `port` does."""
        return f"{scheme}://{self.port(service, port, index=index)}{path}"

    # -- commands inside

    def exec(
        self,
        service: str,
        *command: str,
        input: str | bytes | None = None,  # noqa: A002 - as subprocess.run has it
        environment: Mapping[str, str] | None = None,
        user: str = "",
        workdir: str = "",
        index: int = 0,
        check: bool = False,
    ) -> Completed:
        """Run a command in a running container and return its exit code and output; `input` is what it reads.

        Raises:
            CommandFailed: with `check`, when it ends with another code than 0.
        """
        from compose.commands.exec import ExecOptions, execute  # noqa: PLC0415 - as every use of the engine

        terminal = Captured(_bytes(input))
        options = ExecOptions(
            service=service,
            command=command,
            index=index,
            environment=_assignments(environment),
            user=user,
            working_dir=workdir,
            stdin=input is not None,
        )
        try:
            completed = terminal.completed(execute(self._session(), options, terminal))
        finally:
            terminal.close()
        return checked(completed, service, command) if check else completed

    def run(
        self,
        service: str,
        *command: str,
        input: str | bytes | None = None,  # noqa: A002 - as subprocess.run has it
        environment: Mapping[str, str] | None = None,
        user: str = "",
        workdir: str = "",
        entrypoint: str | None = None,
        volumes: Sequence[str] = (),
        no_deps: bool = False,
        check: bool = False,
        on_event: OnEvent | None = None,
    ) -> Completed:
        """Run a command in a new container of a service, inside its networks, and remove the container afterwards.

        What the service depends on is brought up before, unless `no_deps`. Without a command it is the service's own.

        Raises:
            CommandFailed: with `check`, when it ends with another code than 0.
        """
        from compose.commands import run as use_case  # noqa: PLC0415 - as every use of the engine

        terminal = Captured(_bytes(input))
        request = use_case.RunRequest(
            service=service,
            up=UpOptions(no_deps=no_deps),
            command=command,
            environment=_assignments(environment),
            user=user,
            working_dir=workdir,
            entrypoint=entrypoint,
            volumes=tuple(volumes),
            remove=True,
            interactive=input is not None,
        )
        try:
            result = self._perform(lambda session: use_case.run(session, request, terminal), on_event, None)
        finally:
            terminal.close()
        completed = terminal.completed(result.code)
        return checked(completed, service, command) if check else completed

    def _lifecycle(self, command: str, options: LifecycleOptions, on_event: OnEvent | None, *, probe: bool = False) -> Plan:
        from compose.commands.lifecycle import lifecycle  # noqa: PLC0415 - as every use of the engine

        return self._perform(lambda session: lifecycle(session, command, options), on_event, None, probe=probe).plan


def _bytes(data: str | bytes | None) -> bytes | None:
    return data.encode() if isinstance(data, str) else data


def _assignments(environment: Mapping[str, str] | None) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in (environment or {}).items())
