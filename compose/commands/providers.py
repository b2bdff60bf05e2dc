"""Providers: programs that stand in for containers, run before what depends on them. Source: reconcile section 15.

What a provider says (`setenv`) is part of the services that depend on it, so providers run before those are planned.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, fail
from compose.base.value import Value
from compose.commands.session import Session
from compose.engine.contexts import config_directory
from compose.engine.halt import Halt
from compose.engine.work import Finished, Handler, Work
from compose.graph.dependency import dependencies, order
from compose.model.project import Project
from compose.model.service import Provider
from compose.payload.comparison.podman import ADDED_VARIABLES
from compose.payload.surroundings import Surroundings
from compose.plan.operation import RunProvider
from compose.state.observed import Observed

if TYPE_CHECKING:
    from compose.base.place import Span

_PLUGIN_DIRECTORIES = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)
_METADATA_SECONDS = 30.0
_FAILED = {"up": "create", "down": "remove", "stop": "stop"}


class Variables(Value, frozen=True, kw_only=True):
    """What one provider gives to the services that depend on it, by final name; `raw` may replace what they have."""

    named: dict[str, str] = {}
    raw: dict[str, str] = {}


class Message(Value, frozen=True, kw_only=True):
    """One line of a provider's output; other fields are ignored."""

    type: str = ""
    message: str = ""


class Parameter(Value, frozen=True, kw_only=True):
    """An option that a provider declares for a command."""

    name: str
    required: bool = False


class Declared(Value, frozen=True, kw_only=True):
    """What a provider declares for one of its commands."""

    parameters: tuple[Parameter, ...] = ()


class Metadata(Value, frozen=True, kw_only=True):
    """What a provider says of itself; a command it does not speak of is None."""

    up: Declared | None = None
    down: Declared | None = None
    stop: Declared | None = None


class Providers:
    """Runs the providers of a project; `variables` is what they said, by service, and grows as they run."""

    def __init__(self, session: Session, project: Project) -> None:
        self._session = session
        self._project = project
        self._halt = Halt(session.stop)
        self.variables: dict[str, Variables] = {}

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Who carries out `RunProvider`."""
        return {RunProvider: self._run}

    def _run(self, operation: RunProvider, work: Work) -> Finished:
        """Run a provider to its end (PROGRAM compose --project-name=NAME ACTION --OPTION=VALUE... SERVICE)."""
        service = self._project.services[operation.service]
        span = self._project.span("services", operation.service, "provider")
        assert service.provider is not None  # planned from it
        program = _program(service.provider.type, self._session.environ, span)
        metadata = self._metadata(program)
        if operation.action == "stop" and (metadata is None or metadata.stop is None):
            return Finished(action="Skipped", detail="it has nothing to stop")
        declared = (getattr(metadata, operation.action) or Declared()) if metadata is not None else None
        options = _options(service.provider, declared, span)
        arguments = [program, "compose", f"--project-name={self._project.name}", operation.action, *options, service.name]
        said = self._converse(arguments, operation, work, span)
        if operation.action == "up":
            self.variables[service.name] = said
        return Finished()

    def _converse(self, arguments: Sequence[str], operation: RunProvider, work: Work, span: Span | None) -> Variables:
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603 - the file names the program
                arguments, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
            assert process.stdout is not None  # asked for above
            with process, self._halt.ending(process.terminate):
                try:
                    said = _listen(process.stdout, operation.service, work, span)
                except ComposeError:
                    process.terminate()
                    raise
            errors.seek(0)
            told = errors.read().decode(errors="replace").strip()
        if process.returncode:
            summary = f"failed to {_FAILED[operation.action]} service provider: exit status {process.returncode}"
            raise fail("provider-failed", summary, span=span, detail=told)
        return said

    def _metadata(self, program: str) -> Metadata | None:
        """Return what the provider says of itself, None when it says nothing that can be read."""
        command = [program, "compose", "metadata"]
        try:
            done = subprocess.run(  # noqa: S603 - as above
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=_METADATA_SECONDS,
            )
            return msgspec.json.decode(done.stdout, type=Metadata)
        except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
            return None  # it is not asked to know the command; then every option is passed on

    def _environment(self) -> dict[str, str]:
        return {**self._project.environment, "DOCKER_HOST": self._session.endpoint.url}


def levels(project: Project) -> list[tuple[str, ...]]:
    """Return the providers of a project: those that can run at once together, in the order of their dependencies."""
    ordered = order(project.services, dependencies(project.services))
    found = (tuple(name for name in level if project.services[name].provider is not None) for level in ordered)
    return [level for level in found if level]


def extended(project: Project, variables: Mapping[str, Variables]) -> tuple[Project, tuple[Diagnostic, ...]]:
    """Return the project with what providers said in the services that depend on them, and what is to be noted."""
    services = dict(project.services)
    notes: list[Diagnostic] = []
    for name, service in project.services.items():
        for provider in sorted(service.depends_on.keys() & variables.keys()):
            given = variables[provider]
            environment = dict(services[name].environment)
            for variable, value in given.raw.items():
                if environment.get(variable, value) != value:
                    notes.append(_overrides(provider, variable, name))
            environment |= given.named | given.raw
            services[name] = replace(services[name], environment=environment)
    return replace(project, services=services), tuple(notes)


def assumed(project: Project, observed: Observed, surroundings: Surroundings) -> dict[str, Variables]:
    """Return what providers seem to have said last time: variables that containers have from nowhere else.

    Plans that are only shown use this, because providers do not run then. Containers must have been inspected.
    """
    found: dict[str, Variables] = {}
    for name in (one for level in levels(project) for one in level):
        given: dict[str, str] = {}
        for service in project.services.values():
            container = next(iter(observed.of(service.name)), None) if name in service.depends_on else None
            if container is not None and container.inspect is not None:
                image = next((one for one in observed.images.values() if one.id == container.image_id), None)
                inherited = {text.partition("=")[0] for text in (image.config.get("Env") or () if image is not None else ())}
                known = inherited | service.environment.keys() | surroundings.proxies.keys()
                known |= ADDED_VARIABLES if observed.engine.name == "podman" else frozenset()
                texts = container.inspect["Config"]["Env"] or ()
                given |= {key: value for key, _, value in (text.partition("=") for text in texts) if key not in known}
        found[name] = Variables(named=given)
    return found


def _listen(lines: Iterable[bytes], service: str, work: Work, span: Span | None) -> Variables:
    """Take in what a provider writes, a JSON object a line, and return the variables among it.

    Raises:
        ComposeError: it tells an error, or what cannot be understood.
    """
    named: dict[str, str] = {}
    raw: dict[str, str] = {}
    for line in lines:
        if not line.strip():
            continue
        message = _message(line, span)
        name, _, value = message.message.partition("=")
        if message.type == "setenv":
            named[f"{service.upper()}_{name}"] = value
        elif message.type == "rawsetenv":
            raw[name] = value
        elif message.type == "info":
            work.progress(message.message)
        elif message.type == "error":
            raise fail("provider-failed", message.message, span=span)
        elif message.type != "debug":
            raise _invalid(message.type, span)
    return Variables(named=named, raw=raw)


def _message(line: bytes, span: Span | None) -> Message:
    try:
        return msgspec.json.decode(line, type=Message)
    except msgspec.DecodeError as error:
        raise _invalid(line.decode(errors="replace").strip(), span) from error


def _invalid(text: str, span: Span | None) -> ComposeError:
    hint = 'a provider writes lines such as {"type": "setenv", "message": "URL=https://example.com"}'
    return fail("provider-answer", f"invalid response from plugin: {text}", span=span, hint=hint)


def _overrides(provider: str, variable: str, service: str) -> Diagnostic:
    summary = f'provider "{provider}" overrides environment variable "{variable}" in service "{service}"'
    return Diagnostic(severity="warning", code="provider-overrides", summary=summary)


def _options(provider: Provider, declared: Declared | None, span: Span | None) -> list[str]:
    """Return a provider's options as arguments: those it declares, or all when it says nothing of itself.

    Raises:
        ComposeError: one that it requires is not there.
    """
    known = declared.parameters if declared is not None else tuple(Parameter(name=name) for name in provider.options)
    missing = next((one.name for one in known if one.required and one.name not in provider.options), None)
    if missing is not None:
        summary = f'required parameter "{missing}" is missing from provider "{provider.type}" definition'
        raise fail("provider-parameter", summary, span=span)
    names = {one.name for one in known}
    return [f"--{name}={value}" for name, values in sorted(provider.options.items()) if name in names for value in values]


def plugin(kind: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of a plugin of the docker command line, None when there is none of that name."""
    directories = (str(config_directory(environ) / "cli-plugins"), *_PLUGIN_DIRECTORIES)
    programs = (Path(directory, f"docker-{kind}") for directory in directories)
    return next((str(program) for program in programs if os.access(program, os.X_OK)), None)


def _program(kind: str, environ: Mapping[str, str], span: Span | None) -> str:
    """Return the path of a provider's program: a plugin of the docker command line, else any program of that name.

    Raises:
        ComposeError: there is none.
    """
    if kind == "compose":
        raise fail("provider-missing", "'compose' is not a valid provider type", span=span)
    found = plugin(kind, environ) or shutil.which(kind, path=environ.get("PATH", os.defpath))
    if found is None:
        hint = f"install the docker plugin `docker-{kind}`, or a program called `{kind}` in PATH"
        raise fail("provider-missing", f'exec: "{kind}": executable file not found in $PATH', span=span, hint=hint)
    return found
