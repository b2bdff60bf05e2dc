"""Models that a file brings in whole (specification: loading, section 10)."""

from __future__ import annotations

import os
from typing import Any, Protocol

from compose.base.diagnostics import Diagnostic, Note
from compose.base.errors import InvalidProject
from compose.base.similar import did_you_mean
from compose.load import remote
from compose.load.context import Scope, span_of
from compose.load.discover import add_env_files
from compose.load.files import absolute, is_file
from compose.source.document import Map, Mark, mark_of, set_marked

_SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")
_KEYS = ("path", "project_directory", "env_file")
MAX_CHAIN = 50
"""Files that include one another."""
_DEV_NULL = "/dev/null"


class LoadModel(Protocol):
    """Returns the whole tree of an included model (`compose.load.assemble`)."""

    def __call__(self, scope: Scope, files: tuple[str, ...], mark: Mark | None, /) -> Map:
        """Load `files` as the model of `scope`; `mark` is where they are named."""
        ...


class _Entry:
    """One item of `include`."""

    def __init__(self, value: Any, mark: Mark | None) -> None:  # noqa: ANN401 - YAML data
        fields = value if isinstance(value, dict) else {"path": value}
        self.mark = mark
        self.paths = _texts(fields.get("path"))
        self.path_mark = mark_of(fields, "path") or mark
        self.directory = fields.get("project_directory")
        self.env_files = _texts(fields.get("env_file"))
        self.env_mark = mark_of(fields, "env_file") or mark

        self.unknown = [(key, mark_of(fields, key)) for key in fields if key not in _KEYS]

    @property
    def is_valid(self) -> bool:
        """Whether it names files at all, in the types it should."""
        return bool(self.paths) and isinstance(self.directory, str | None)


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - YAML data
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item]


def apply(scope: Scope, data: Map, path: str, load_model: LoadModel) -> None:
    """Bring the models that a document includes into it, in place."""
    if "include" not in data:
        return
    items, mark = data.pop("include"), mark_of(data, "include")
    if items is None:
        return
    if not isinstance(items, list):
        scope.context.fail("include-not-a-list", "`include` must be a list", mark, hint="write `include: [PATH, ...]`")
        return
    chain = (*scope.chain, path)
    if len(chain) > MAX_CHAIN:
        scope.context.fail("include-too-deep", f"more than {MAX_CHAIN} files include one another", mark)
        return
    for index, item in enumerate(items):
        entry = _Entry(item, mark_of(items, index) or mark)
        if not entry.is_valid:
            hint = "an entry is a path, or a mapping with `path`, `project_directory` and `env_file`"
            scope.context.fail("bad-include", "an `include` entry must name a file", entry.mark, hint=hint)
            continue
        _warn_unknown(scope, entry)
        try:
            model = _load(scope, entry, chain, load_model)
        except InvalidProject as error:
            scope.context.broken(error)
            continue
        if model is not None:
            _import(scope, model, data)


def _warn_unknown(scope: Scope, entry: _Entry) -> None:
    for key, mark in entry.unknown:
        summary = f"`{key}` is no key of an `include` entry and is ignored"
        hint = did_you_mean(key, _KEYS)
        span = mark[0].span(mark[1]) if mark is not None else None
        scope.context.warnings.append(Diagnostic(severity="warning", code="unknown-key", summary=summary, span=span, hint=hint))


def _load(scope: Scope, entry: _Entry, chain: tuple[str, ...], load_model: LoadModel) -> Map | None:
    files = tuple(_path(scope, path, entry.path_mark) for path in entry.paths)
    if files[0] in chain:
        _circular(scope, entry, (*chain, files[0]))
        return None
    given = entry.directory
    directory = absolute(given, scope.directory) if given else os.path.dirname(files[0])  # noqa: PTH120 - paths here are text
    environment, variables = dict(scope.environment), Map(scope.variables)
    add_env_files(environment, variables, _env_files(scope, entry, directory), scope.context.files, scope.context.unset)
    interpolate = scope.interpolation is not None
    inner = Scope(scope.context, directory, environment, variables=variables, interpolate=interpolate, chain=chain)
    return load_model(inner, files, entry.path_mark)


def _path(scope: Scope, path: str, mark: Mark | None) -> str:
    if remote.is_remote(path):
        return scope.context.remote.local(path, span_of(mark))
    return absolute(path, scope.directory)


def _circular(scope: Scope, entry: _Entry, chain: tuple[str, ...]) -> None:
    shown = [scope.context.files.shown(path) for path in chain]
    summary = "include cycle detected: " + " -> ".join(shown)
    detail = f"{shown[0]}\n include " + "\n include ".join(shown[1:])
    scope.context.fail("include-cycle", summary, entry.path_mark, detail=detail, hint="remove one of these `include` entries")


def _env_files(scope: Scope, entry: _Entry, directory: str) -> tuple[str, ...]:
    if not entry.env_files:
        default = absolute(".env", directory)
        return (default,) if is_file(default) else ()
    found = []
    for name in entry.env_files:
        path = absolute(name, scope.directory)
        if path == _DEV_NULL:
            continue
        if not os.path.exists(path):  # noqa: PTH110 - paths here are text
            scope.context.fail("env-file-not-found", f"stat {path}: no such file or directory", entry.env_mark)
        elif os.path.isdir(path):  # noqa: PTH112 - paths here are text
            scope.context.fail("env-file-is-directory", f"{path} is not a file", entry.env_mark)
        else:
            found.append(path)
    return tuple(found)


def _import(scope: Scope, model: Map, data: Map) -> None:
    for section in _SECTIONS:
        imported = model.get(section)
        if not isinstance(imported, dict):
            continue
        local = data.get(section)
        if local is None:
            local = Map()
            set_marked(data, section, local, mark_of(model, section))
        if isinstance(local, Map):
            for name, resource in imported.items():
                _import_one(scope, local, section, name, (resource, mark_of(imported, name)))


def _import_one(scope: Scope, local: Map, section: str, name: str, imported: tuple[Any, Mark | None]) -> None:
    resource, mark = imported
    if name not in local:
        set_marked(local, name, resource, mark)
    elif local[name] != resource:
        origin = mark[0] if mark is not None else None
        notes = [Note(message=f"`{name}` is imported from here", span=span_of(mark))]
        if origin is not None and origin.cause is not None:
            notes.append(Note(message="which is included here", span=origin.cause))
        summary = f"{section}.{name} conflicts with imported resource"
        hint = "rename one of the two, or override the included one in a second `path` of its `include` entry"
        scope.context.fail("include-conflict", summary, mark_of(local, name), notes=tuple(notes), hint=hint)
