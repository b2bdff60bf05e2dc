"""Services that build on another one, of the same document or of another file (specification: loading, section 9)."""

from __future__ import annotations

import os
from typing import Any

from compose.base.diagnostics import Note
from compose.base.errors import InvalidProject
from compose.base.place import Path
from compose.base.similar import did_you_mean
from compose.load import canonical, paths, remote
from compose.load.context import Scope, span_of
from compose.load.files import absolute
from compose.load.merge import merge, merge_service
from compose.load.problem import Problem
from compose.load.reset import apply_resets
from compose.load.unique import enforce_unicity
from compose.source.document import Map, Mark, clone, count, mark_of

MAX_CHAIN = 100
"""Services that extend one another."""


class _Source:
    """The services of a file that others extend, some of them resolved already."""

    def __init__(self, file: str, services: Any, resets: tuple[Path, ...]) -> None:  # noqa: ANN401 - YAML data
        self.file = file
        self.services = services
        self.resets = resets
        self._sizes: dict[str, int] = {}

    def size_of(self, name: str) -> int:
        """Return how many values a resolved service has."""
        if name not in self._sizes:
            self._sizes[name] = count(self.services[name])
        return self._sizes[name]


class Extender:
    """Resolves `extends` for the documents of one model; files are read once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._sources: dict[str, _Source | None] = {}
        self._stack: list[tuple[str, str, Mark | None]] = []

    def apply(self, data: Map, file: str, resets: tuple[Path, ...]) -> None:
        """Merge each service of a document over the one it extends, in place."""
        services = data.get("services")
        if isinstance(services, Map):
            source = _Source(file, services, resets)
            for name in services:
                self._resolve(source, name)

    def _resolve(self, source: _Source, name: str) -> None:
        service = source.services[name]
        if not isinstance(service, Map) or "extends" not in service:
            return
        mark = mark_of(service, "extends")
        wanted = self._wanted(name, service)
        service.pop("extends")
        if wanted is None:
            return
        if len(self._stack) >= MAX_CHAIN:
            summary = f"more than {MAX_CHAIN} services extend one another"
            self._scope.context.fail("extends-too-deep", summary, mark)
            return
        self._stack.append((source.file, name, mark))
        base = self._base(source, name, *wanted, mark)
        self._stack.pop()
        if base is None:
            return
        whole = Map({"services": Map({name: base})})
        apply_resets(whole, source.resets)
        if name in whole["services"]:
            self._scope.context.found(merge_service(base, service, name), whole)
            source.services[name] = base

    def _wanted(self, name: str, service: Map) -> tuple[str, str | None] | None:
        """Return the service and the file that `extends` names, None when it does not."""
        value = service["extends"]
        if isinstance(value, str):
            return value, None
        if isinstance(value, dict) and isinstance(value.get("service"), str):
            file = value.get("file")
            return value["service"], file if isinstance(file, str) else None
        summary = f"extends.{name}.service is required"
        hint = "write `extends: NAME`, or `extends: {service: NAME, file: PATH}`"
        self._scope.context.fail("extends-without-service", summary, mark_of(service, "extends"), hint=hint)
        return None

    def _base(self, source: _Source, name: str, wanted: str, file: str | None, mark: Mark | None) -> Map | None:
        """Return a copy of the service to build on, with its own `extends` resolved."""
        context = self._scope.context
        other = source if file is None else self._source(name, file, mark)
        if other is None:
            return None
        if any((path, service) == (other.file, wanted) for path, service, _ in self._stack):
            self._circular(other.file, wanted, mark)
            return None
        if wanted not in other.services:
            where = f" in {file}" if file is not None else ""
            summary = f'cannot extend service "{name}" in {context.files.shown(source.file)}: service "{wanted}" not found{where}'
            context.fail("extends-unknown-service", summary, mark, hint=did_you_mean(wanted, other.services))
            return None
        self._resolve(other, wanted)
        base = other.services[wanted]
        if not isinstance(base, Map):
            return None
        context.spend(other.size_of(wanted), mark)
        copy: Map = clone(base)
        return copy

    def _circular(self, file: str, service: str, mark: Mark | None) -> None:
        context = self._scope.context
        start = next(at for at, (path, name, _) in enumerate(self._stack) if (path, name) == (file, service))
        loop = self._stack[start:]
        edges = [*((path, name) for path, name, _ in loop), (file, service)]
        lines = [f"{name} in {context.files.shown(path)}" for path, name in edges]
        notes = tuple(Note(message=f"`{name}` extends here", span=span_of(place)) for _, name, place in loop)
        summary = "Circular reference: " + " -> ".join(name for _, name in edges)
        detail = "  " + "\n  extends ".join(lines)
        context.fail("extends-cycle", summary, mark, detail=detail, notes=notes, hint="remove one of these `extends`")

    def _source(self, name: str, file: str, mark: Mark | None) -> _Source | None:
        """Return the services of another file, with its relative paths made those of the model."""
        if file not in self._sources:
            self._sources[file] = self._read(name, file, mark)
        return self._sources[file]

    def _read(self, name: str, file: str, mark: Mark | None) -> _Source | None:
        scope, context = self._scope, self._scope.context
        tree = Map()
        resets: tuple[Path, ...] = ()
        try:
            path = self._path(file, mark)
            for document in context.documents(path, via="extends", mark=mark):
                scope.interpolate(document)
                if isinstance(document.data, Map):
                    apply_resets(tree, document.resets)
                    context.found(merge(tree, document.data), tree, document.origin)
                    resets += document.resets
        except InvalidProject as error:
            context.broken(error)
            return None
        services = tree.get("services")
        if not isinstance(services, Map):
            reason = "no services section" if services is None else "services must be a mapping"
            context.fail("extends-no-services", f'cannot extend service "{name}" in {context.files.shown(path)}: {reason}', mark)
            return None
        self._prepare(tree, path)
        return _Source(path, services, resets)

    def _path(self, file: str, mark: Mark | None) -> str:
        if remote.is_remote(file):
            return self._scope.context.remote.local(file, span_of(mark))
        return absolute(file, self._scope.directory)

    def _prepare(self, tree: Map, path: str) -> None:
        scope = self._scope
        _, problems = canonical.canonicalise(tree, lenient=scope.interpolation is None)
        scope.context.found(_of_services(problems), tree)
        enforce_unicity(tree)
        directory = os.path.dirname(path)  # noqa: PTH120 - paths here are text
        paths.resolve(tree, directory, scope.context.home)
        for service in tree["services"].values():
            value = service.get("extends") if isinstance(service, dict) else None
            if isinstance(value, dict) and isinstance(value.get("file"), str) and not remote.is_remote(value["file"]):
                value["file"] = absolute(value["file"], directory)


def _of_services(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.path[:1] == ("services",))
