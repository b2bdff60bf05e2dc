"""The files that services name in `env_file` and `label_file`, folded into their environment and labels.

Specification: loading, sections 6.2 and 6.3. A file is read once, however many services name it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.place import Path
from compose.load.files import Files
from compose.load.interpolate import Unset
from compose.model.project import Project
from compose.model.service import EnvFile, Service
from compose.source.document import Map, Origin, SourceMap
from compose.source.dotenv import read, read_raw
from compose.source.template import Lookup, Outcome


class _Reader:
    """Reads the files of one project and gathers what is wrong with them."""

    def __init__(self, project: Project, files: Files, places: SourceMap, unset: Unset) -> None:
        self.project = project
        self.files = files
        self.places = places
        self.unset = unset
        self.problems: list[Diagnostic] = []

    def environment(self, service: Service) -> Service:
        """Return a service with its variables complete and no env files."""
        environment = self._completed(service.environment)
        if not service.env_file:
            return service if environment == service.environment else msgspec.structs.replace(service, environment=environment)

        def lookup(name: str) -> str | None:
            value = self.project.environment.get(name)
            return environment.get(name) if value is None else value

        values = Map({name: value for name, value in environment.items() if value is not None})
        for index, env_file in enumerate(service.env_file):
            self._read(env_file, ("services", service.name, "env_file", index), lookup, values)
        for name, mark in values.marks.items():
            self.places.also(("services", service.name, "environment", name), mark)
        return msgspec.structs.replace(service, environment={**values, **environment}, env_file=())

    def _completed(self, environment: dict[str, str | None]) -> dict[str, str | None]:
        if None not in environment.values():
            return environment
        known = self.project.environment
        return {name: known.get(name) if value is None else value for name, value in environment.items()}

    def labels(self, service: Service) -> Service:
        """Return a service with the labels of its label files and no label files."""
        if not service.label_file:
            return service
        values = Map()
        for index, path in enumerate(service.label_file):
            place = ("services", service.name, "label_file", index)
            if os.path.exists(path):  # noqa: PTH110 - paths here are text
                self._parse(EnvFile(path=path), place, lambda _name: None, values)
            else:
                self._fail("label-file-not-found", f"label file {path} not found", place)
        for name, mark in values.marks.items():
            self.places.also(("services", service.name, "labels", name), mark)
        return msgspec.structs.replace(service, labels={**values, **service.labels}, label_file=())

    def _read(self, env_file: EnvFile, place: Path, lookup: Lookup, values: Map) -> None:
        if os.path.exists(env_file.path):  # noqa: PTH110 - paths here are text
            self._parse(env_file, place, lookup, values)
        elif env_file.required:
            summary = f"env file {env_file.path} not found: stat {env_file.path}: no such file or directory"
            hint = "create it, or write `{path: FILE, required: false}`"
            self._fail("env-file-not-found", summary, place, hint)

    def _parse(self, env_file: EnvFile, place: Path, lookup: Lookup, values: Map) -> None:
        try:
            text = self.files.text(env_file.path, span=self.places.nearest(place))
        except InvalidProject as error:
            self.problems.extend(error.diagnostics)
            return
        origin = Origin(self.files.shown(env_file.path), text, via="env_file", cause=self.places.nearest(place))
        parse = _FORMATS.get(env_file.format)
        if parse is None:
            hint = "use `raw`, or leave `format` out"
            self._fail("unknown-env-file-format", f'unsupported env_file format "{env_file.format}"', place, hint)
            return
        outcome = Outcome()
        self.problems.extend(parse(origin, lookup, values, outcome))
        for name in outcome.unset:
            self.unset.add(name, None)

    def _fail(self, code: str, summary: str, place: Path, hint: str = "") -> None:
        span = self.places.nearest(place)
        self.problems.append(Diagnostic(severity="error", code=code, summary=summary, span=span, path=place, hint=hint))


def _raw(origin: Origin, lookup: Lookup, values: Map, _outcome: Outcome) -> list[Diagnostic]:
    return read_raw(origin, lookup, values)


_FORMATS: dict[str, Callable[[Origin, Lookup, Map, Outcome], list[Diagnostic]]] = {"": read, "raw": _raw}


def fold(project: Project, files: Files, places: SourceMap, unset: Unset, *, environment: bool = True) -> Project:
    """Return the project with env files (unless `environment` is false) and label files read, for enabled services.

    Raises:
        InvalidProject: a file is missing or breaks the grammar; carries every such problem.
    """
    reader = _Reader(project, files, places, unset)
    services = {}
    for name, service in project.services.items():
        folded = reader.environment(service) if environment else service
        services[name] = reader.labels(folded)
    if reader.problems:
        raise InvalidProject(*reader.problems)
    return msgspec.structs.replace(project, services=services)
