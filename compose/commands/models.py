"""AI models: the docker model plugin has them ready before the services that use them. Source: reconcile section 16.

Services learn from variables what a model is called and where it answers.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from compose.base.errors import ComposeError, fail
from compose.base.events import StepFinished, StepStarted
from compose.commands.providers import plugin
from compose.commands.session import Session
from compose.engine.halt import Halt
from compose.model.project import Project
from compose.model.service import Model, Service

_NUMBER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_TAKES_FLAGS = (1, 0, 6)
"""The first version of the plugin that takes flags for the program that runs a model."""


def with_models(session: Session, project: Project) -> Project:
    """Pull and configure the models that services use, and return the project with their variables in these services.

    In a dry run the plugin is only asked where models answer.

    Raises:
        ComposeError: the plugin is missing, or failed.
        Cancelled: the user asked to stop.
    """
    models = {name: model for name, model in project.models.items() if any(name in one.models for one in _services(project))}
    if not models:
        return project
    runner = _Plugin(session, project)
    if not session.options.dry_run:
        there = {tag for found in runner.json("ls", "--json", what="available models") for tag in found.get("tags", ())}
        for name, model in sorted(models.items()):
            runner.ready(model.name or name, model, is_there=model.model in there)
    endpoint = runner.json("status", "--json", what="docker-model status").get("endpoint", "")
    services = {name: _told(service, models, endpoint) for name, service in project.services.items()}
    return replace(project, services=services)


def _services(project: Project) -> Iterable[Service]:
    return project.services.values()


def _told(service: Service, models: dict[str, Model], endpoint: str) -> Service:
    """Return a service with what it is to know of its models: `AI_MODEL` and `AI_URL` for one that it calls `ai`."""
    given: dict[str, str | None] = {}
    for name, binding in service.models.items():
        prefix = name.upper().replace("-", "_")
        given[(binding.model_var if binding else "") or f"{prefix}_MODEL"] = models[name].model
        given[(binding.endpoint_var if binding else "") or f"{prefix}_URL"] = endpoint
    return replace(service, environment=service.environment | given) if given else service


class _Plugin:
    """The docker model plugin."""

    def __init__(self, session: Session, project: Project) -> None:
        self._session = session
        self._halt = Halt(session.stop)
        self._environment = {**project.environment, "DOCKER_HOST": session.endpoint.url}
        self._span = project.span("models")
        found = plugin("model", session.environ)
        if found is None:
            hint = "install the docker plugin `docker-model` (it comes with Docker Desktop, or as `docker-model-plugin`)"
            raise fail("model-plugin-missing", "'models' support requires Docker Model plugin", span=self._span, hint=hint)
        self._program = found

    def ready(self, name: str, model: Model, *, is_there: bool) -> None:
        """Have a model pulled, unless it is there, and configured."""
        if not is_there:
            self._step(name, "Pulling", "Pulled", ("pull", model.model))
        size = ("--context-size", str(model.context_size)) if model.context_size > 0 else ()
        flags = ("--", *model.runtime_flags) if model.runtime_flags and self._takes_flags() else ()
        self._step(name, "Configuring", "Configured", ("configure", *size, model.model, *flags))

    def json(self, *arguments: str, what: str) -> Any:  # noqa: ANN401 - JSON
        """Return what the plugin answers; `what` is asked for, in words."""
        text = self._run(arguments, f"error checking {what}")
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise self._failed(f"error checking {what}: its answer is no JSON", text) from error

    def _step(self, name: str, doing: str, done: str, arguments: Sequence[str]) -> None:
        clock, resource = self._session.clock, f"Model {name}"
        begun, step = clock.monotonic(), f"{arguments[0]} {resource}"
        self._session.emit(StepStarted(time=clock.now(), step=step, address=f"model:{name}", resource=resource, action=doing))
        self._run(arguments, f"cannot {arguments[0]} model `{arguments[-1] if doing == 'Pulling' else name}`")
        self._session.emit(
            StepFinished(
                time=clock.now(),
                step=step,
                address=f"model:{name}",
                resource=resource,
                action=done,
                seconds=clock.monotonic() - begun,
            )
        )

    def _run(self, arguments: Sequence[str], what: str) -> str:
        process = subprocess.Popen(  # noqa: S603 - a plugin of docker's
            (self._program, *arguments),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        with process, self._halt.ending(process.terminate):
            told, errors = process.communicate()
        if process.returncode:
            raise self._failed(f"{what}: exit status {process.returncode}", errors or told)
        return told

    def _takes_flags(self) -> bool:
        told = self.json("docker-cli-plugin-metadata", what="the docker model plugin")
        number = _NUMBER.match(str(told.get("Version", "")))
        return number is not None and tuple(map(int, number.groups())) >= _TAKES_FLAGS

    def _failed(self, summary: str, told: str) -> ComposeError:
        return fail("model-failed", summary, span=self._span, detail=told.strip())
