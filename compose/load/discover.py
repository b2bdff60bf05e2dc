"""Which files make the project, from which directory, and what interpolation sees.

Specification: loading, sections 2 and 3.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject, fail
from compose.base.value import Value
from compose.load import remote
from compose.load.files import STDIN, Files, absolute, in_home, is_file
from compose.load.interpolate import Unset
from compose.load.request import LoadRequest
from compose.source.document import Map, Origin
from compose.source.dotenv import read
from compose.source.template import Outcome

_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})


class Located(Value, frozen=True, kw_only=True):
    """The files of a project and its surroundings.

    `files` are absolute or `-`, in order; `directory` is what relative paths are relative to, `named_after` the one
    that may give the project its name; `variables` are those of env files, with marks.
    """

    files: tuple[str, ...]
    directory: str
    named_after: str
    environment: dict[str, str]
    env_files: tuple[str, ...] = ()
    variables: Map
    warnings: tuple[Diagnostic, ...] = ()


def locate(request: LoadRequest, files: Files, repositories: remote.Remote, unset: Unset) -> Located:
    """Return the files that make the project.

    Raises:
        InvalidProject: an env file or a file of `COMPOSE_FILE` cannot be read.
    """
    home = request.environment.get("HOME")
    environment = dict(request.environment)
    environment.setdefault("PWD", request.cwd)
    variables = Map()
    given = tuple(absolute(in_home(path, home), request.cwd) for path in _explicit_env_files(request))
    paths = tuple(_given(path, request.cwd) for path in request.files)
    env_files = given or _default_env_file(request, _directory(request, paths))
    add_env_files(environment, variables, env_files, files, unset)
    warnings: list[Diagnostic] = []
    if not paths:
        paths = _from_variable(environment, request.cwd) or _discover(_directory(request, ()), warnings)
    directory = _directory(request, paths)
    if not given:
        again = _default_env_file(request, directory)
        if again != env_files:
            add_env_files(environment, variables, again, files, unset)
    local = tuple(repositories.local(path) if remote.is_remote(path) else path for path in paths)
    return Located(
        files=local,
        directory=_of_copy(request, paths, local) or directory,
        named_after=directory,
        environment=environment,
        env_files=given,
        variables=variables,
        warnings=tuple(warnings),
    )


def add_env_files(environment: dict[str, str], variables: Map, paths: tuple[str, ...], files: Files, unset: Unset) -> None:
    """Add what env files set to `environment`, which wins over them, and to `variables`, with marks.

    Raises:
        InvalidProject: a file is missing, a directory, or breaks the grammar.
    """
    values, problems = Map(), []
    outcome = Outcome()
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110 - paths here are text
            raise InvalidProject(_error("env-file-not-found", f"couldn't find env file: {path}"))
        if os.path.isdir(path):  # noqa: PTH112 - paths here are text
            raise InvalidProject(_error("env-file-is-directory", f"{path} is a directory"))
        problems.extend(read(Origin(files.shown(path), files.text(path)), environment.get, values, outcome))
    if problems:
        raise InvalidProject(*problems)
    for name in outcome.unset:
        unset.add(name, None)
    for name, value in values.items():
        if name not in environment:
            environment[name] = value
            variables[name] = value
            variables.marks[name] = values.marks[name]


def profiles_of(request: LoadRequest, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the active profiles: those given, else those of `COMPOSE_PROFILES`."""
    listed = environment.get("COMPOSE_PROFILES", "").split(",")
    return request.profiles or tuple(name for item in listed if (name := item.strip()))


def no_file() -> InvalidProject:
    """Return the error for a project without any file."""
    hint = f"none of {', '.join(remote.NAMES)} is here or above; name a file with `-f`"
    return InvalidProject(
        Diagnostic(severity="error", code="no-compose-file", summary="no configuration file provided: not found", hint=hint)
    )


def _explicit_env_files(request: LoadRequest) -> tuple[str, ...]:
    listed = request.environment.get("COMPOSE_ENV_FILES", "").split(",")
    return request.env_files or tuple(path for path in listed if path)


def _default_env_file(request: LoadRequest, directory: str) -> tuple[str, ...]:
    disabled = request.environment.get("COMPOSE_DISABLE_ENV_FILE", "")
    if disabled and parse_bool("COMPOSE_DISABLE_ENV_FILE", disabled):
        return ()
    path = absolute(".env", directory)
    return (path,) if is_file(path) else ()


def parse_bool(name: str, text: str) -> bool:
    """Return the truth of a boolean environment variable.

    Raises:
        ComposeError: it is none of the words for it.
    """
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise fail(
        "bad-boolean-variable", f'{name}: strconv.ParseBool: parsing "{text}": invalid syntax', hint="use `true` or `false`"
    )


def _given(path: str, cwd: str) -> str:
    return path if path == STDIN or remote.is_remote(path) else absolute(path, cwd)


def _directory(request: LoadRequest, paths: tuple[str, ...]) -> str:
    if request.project_directory:
        return absolute(request.project_directory, request.cwd)
    for path in paths:
        if path == STDIN:
            continue
        return request.cwd if remote.is_remote(path) else os.path.dirname(path)  # noqa: PTH120 - paths here are text
    return request.cwd


def _of_copy(request: LoadRequest, paths: tuple[str, ...], local: tuple[str, ...]) -> str:
    """Return the directory of the local copy of the main file, where that is remote."""
    main = next((index for index, path in enumerate(paths) if path != STDIN), None)
    if main is None or request.project_directory or not remote.is_remote(paths[main]):
        return ""
    return os.path.dirname(local[main])  # noqa: PTH120 - paths here are text


def _from_variable(environment: Mapping[str, str], cwd: str) -> tuple[str, ...]:
    listed = environment.get("COMPOSE_FILE", "")
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    paths = tuple(_given(path, cwd) for path in listed.split(separator)) if listed else ()
    missing = [path for path in paths if path.startswith("/") and not os.path.exists(path)]  # noqa: PTH110 - paths here are text
    if missing:
        hint = "it is named by COMPOSE_FILE"
        raise InvalidProject(*(_error("file-not-found", f"stat {path}: no such file or directory", hint) for path in missing))
    return paths


def _discover(directory: str, warnings: list[Diagnostic]) -> tuple[str, ...]:
    while True:
        main = _first(remote.NAMES, directory, "config", warnings)
        if main:
            return main + _first(_OVERRIDES, directory, "override", warnings)
        parent = os.path.dirname(directory)  # noqa: PTH120 - paths here are text
        if parent == directory:
            return ()
        directory = parent


def _first(names: tuple[str, ...], directory: str, kind: str, warnings: list[Diagnostic]) -> tuple[str, ...]:
    found = [path for name in names if os.path.exists(path := absolute(name, directory))]  # noqa: PTH110 - paths here are text
    if len(found) > 1:
        summary = f"Found multiple {kind} files with supported names: {', '.join(found)}"
        warnings.append(Diagnostic(severity="warning", code="several-compose-files", summary=summary, detail=f"Using {found[0]}"))
    return tuple(found[:1])


def _error(code: str, summary: str, hint: str = "") -> Diagnostic:
    return Diagnostic(severity="error", code=code, summary=summary, hint=hint)
