"""`run`: one container of a service, made for one command."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from compose.base.errors import ComposeError, EngineError
from compose.base.value import Value
from compose.commands import overrides
from compose.commands.converge import converge
from compose.commands.look import surroundings
from compose.commands.perform import perform
from compose.commands.session import Session, unknown_service
from compose.commands.up import prepared
from compose.engine import attach
from compose.engine.observe import list_containers
from compose.engine.port import Call, Connection, path
from compose.engine.talk import Talk
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.payloads import ContainerPayload
from compose.payload.run import RunOptions, overridden, render_run
from compose.plan.inherit import under_lease
from compose.plan.one_off import plan_one_off, plan_one_off_hooks
from compose.plan.operation import Target
from compose.plan.options import UpOptions
from compose.plan.plan import Plan

if TYPE_CHECKING:
    from compose.engine.talk import Terminal
    from compose.state.observed import ContainerState

_SLUG_BYTES = 32
_NO_SUCH_COMMAND = "executable file", "no such file or directory"
_NOT_EXECUTABLE = "permission denied", "is a directory"


class RunRequest(Value, frozen=True, kw_only=True):
    """Options of run, as they were written; `up` are those for what the service depends on."""

    service: str
    up: UpOptions
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    entrypoint: str | None = None
    labels: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    service_ports: bool = False
    volumes: tuple[str, ...] = ()
    name: str = ""
    user: str = ""
    working_dir: str = ""
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    use_aliases: bool = False
    remove: bool = False
    detach: bool = False
    tty: bool = False
    interactive: bool = True
    detach_keys: str = ""
    remove_orphans: bool | None = None


class RunResult(Value, frozen=True, kw_only=True):
    """What came of it: the exit code, and the container's id when it was left running; `plans` in a dry run."""

    code: int = 0
    container: str = ""
    plans: tuple[Plan, ...] = ()


def run(session: Session, request: RunRequest, terminal: Terminal) -> RunResult:
    """Bring up what a service depends on, run a command in a new container of it, and return its exit code.

    Raises:
        ComposeError: the project, the image or the container is not to be had; a container that could not be started
            for want of its command has the exit code 126 or 127, as docker has it.
        Cancelled: the user asked to stop before the container was started.
    """
    up = replace(request.up, command="run", services=(request.service,), one_off=request.service)
    project, up = prepared(session, up, remove_orphans=request.remove_orphans)
    if request.service not in project.services:
        raise unknown_service(request.service, project)
    options = _options(session, request, project)
    before = converge(session, project, up)
    if session.sighting is not None:
        project = under_lease(project, session.sighting.observed)
    service = overridden(project.services[request.service], options)
    payload = _payload(session, project, project.services[request.service], options, terminal)
    making = plan_one_off(project.name, service, payload, start=request.detach)
    outcome = perform(session, making, project)
    if outcome is None:
        return RunResult(plans=(before, making))
    identifier = outcome.containers[service.name, payload.number]
    if request.detach:
        return RunResult(container=identifier)
    target = Target(service=service.name, number=payload.number, name=payload.name, id=identifier)
    return RunResult(code=_Attached(session, request, terminal, project=project.name, service=service, target=target).run())


def _options(session: Session, request: RunRequest, project: Project) -> RunOptions:
    """Return what the container is to be like."""
    return RunOptions(
        slug=secrets.token_hex(_SLUG_BYTES),
        name=request.name,
        command=request.command,
        entrypoint=overrides.entrypoint(request.entrypoint),
        user=request.user,
        working_dir=request.working_dir,
        environment=overrides.variables(request.environment, request.env_files, project.environment, session.cwd),
        labels=overrides.labels(request.labels),
        cap_add=request.cap_add,
        cap_drop=request.cap_drop,
        ports=overrides.ports(request.publish),
        service_ports=request.service_ports,
        volumes=overrides.volumes(request.volumes, cwd=session.cwd, home=session.environ.get("HOME")),
        tty=request.tty,
        interactive=request.interactive,
        use_aliases=request.use_aliases,
        auto_remove=request.remove,
    )


def _payload(session: Session, project: Project, service: Service, options: RunOptions, terminal: Terminal) -> ContainerPayload:
    links: dict[str, list[ContainerState]] = {}
    if service.links:
        for one in list_containers(session.engine, project.name):
            if not one.oneoff:
                links.setdefault(one.service, []).append(one)
    around = surroundings(session, project)
    payload = render_run(project, service, options, session.engine.facts, links=links, surroundings=around)
    size = terminal.size() if options.tty else None
    if size is None:
        return payload
    return replace(payload, body={**payload.body, "HostConfig": {**payload.body["HostConfig"], "ConsoleSize": list(size)}})


class _Attached:
    """A container that was made, from its start to its end, with the user's terminal at it."""

    def __init__(
        self, session: Session, request: RunRequest, terminal: Terminal, *, project: str, service: Service, target: Target
    ) -> None:
        self._session = session
        self._engine = session.engine
        self._request = request
        self._terminal = terminal
        self._project = project
        self._service = service
        self._target = target
        self._started = False

    def run(self) -> int:
        request, identifier = self._request, self._target.id
        talk = Talk(
            self._terminal,
            tty=request.tty,
            stdin=request.interactive,
            keys=request.detach_keys,
            resize=lambda rows, columns: attach.resize(self._engine, identifier, rows=rows, columns=columns),
            signal=self._forward,
        )
        try:
            connection = self._attached()
            ending = attach.Ending(self._engine, identifier)
            talk.hold(connection, begin=self._start, meanwhile=self._hooks)
        except BaseException:
            if request.remove and not self._started:
                self._remove()
            raise
        if talk.detached:
            ending.close()
            return 0
        code = ending.code()
        if request.remove:
            attach.await_removal(self._engine, identifier)
        return code

    def _attached(self) -> Connection:
        request = self._request
        with _telling_code():  # Podman prepares the command when it is attached to
            return attach.attach(self._engine, self._target.id, stdin=request.interactive, detach_keys=request.detach_keys)

    def _start(self) -> None:
        with _telling_code():
            self._engine.call(Call(method="POST", path=path("/containers/{}/start", self._target.id)))
        self._started = True

    def _hooks(self) -> None:
        """Run the hooks beside the container; that one failed is told, what the container does decides."""
        plan = plan_one_off_hooks(self._project, self._service, self._target)
        try:
            perform(self._session, plan)
        except ComposeError as error:
            self._session.warn(*error.diagnostics)

    def _forward(self, signal: str) -> None:
        call = Call(method="POST", path=path("/containers/{}/kill", self._target.id), query={"signal": signal})
        try:
            self._engine.call(call)
        except EngineError:
            return  # it has ended, or not begun: there is nobody to get the signal

    def _remove(self) -> None:
        call = Call(method="DELETE", path=path("/containers/{}", self._target.id), query={"force": True, "v": True})
        try:
            self._engine.call(call)
        except EngineError:
            return  # the engine removes such a container itself when its start fails; why that failed is told


@contextmanager
def _telling_code() -> Iterator[None]:
    """Give the refusal to start a container the exit code that docker has for it."""
    try:
        yield
    except EngineError as error:
        raise ComposeError(*error.diagnostics, exit_code=_code(error.message)) from error


def _code(message: str) -> int:
    """Return the exit code for a container that could not be started, as docker has it."""
    if any(text in message for text in _NO_SUCH_COMMAND):
        return 127
    return 126 if any(text in message for text in _NOT_EXECUTABLE) else 1
