"""What is to be loaded, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compose.base.diagnostics import Diagnostic
from compose.base.value import Value
from compose.model.project import Project
from compose.source.document import Map, SourceMap


class LoadRequest(Value, frozen=True, kw_only=True):
    """Which project, as the command line names it.

    - `files`: as given (`-` = standard input); empty = `COMPOSE_FILE`, else found from `project_directory` or `cwd`.
    - `environment`, `cwd`: the caller's process; nothing else is read from it.
    - `instance`: which copy of the project; empty = `COMPOSE_INSTANCE`, else the project itself (`compose.load.instances`).
    - `services`: names or shell patterns; empty = all. `no_deps`: without what they depend on.
    - `all_resources`: keep networks, volumes, secrets and configs that no enabled service uses.
    - `artifacts`: returns the path of the local copy of an `oci://` reference; without it there is no loading those.
    - `no_*`: leave a stage out, as the flags of `config` do; `no_name_check` lets two services have one container
      name, as commands that make no container do.
    """

    files: tuple[str, ...] = ()
    project_name: str = ""
    instance: str = ""
    project_directory: str = ""
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}
    cwd: str = "/"
    no_deps: bool = False
    all_resources: bool = False
    compatibility: bool = False
    stdin: Callable[[], str] | None = None
    artifacts: Callable[[str], str] | None = None
    no_interpolate: bool = False
    no_normalize: bool = False
    no_path_resolution: bool = False
    no_consistency: bool = False
    no_env_resolution: bool = False
    no_name_check: bool = False


class Model(Value, frozen=True, kw_only=True):
    """The merged tree before it is bound to types: what `config --no-interpolate` prints and `--variables` reads.

    With an `instance` of the project `original`, `name` is that of the copy.
    `data` is canonical; `places` says where each of its values was written. `variables` are those of `environment`
    that came from env files, with marks.
    """

    name: str
    instance: str = ""
    original: str = ""
    directory: str
    data: dict[str, Any]
    places: SourceMap
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    variables: Map = Map()
    profiles: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


class Loaded(Value, frozen=True, kw_only=True):
    """A project, with everything to be told about it and the tree it was decoded from."""

    project: Project
    warnings: tuple[Diagnostic, ...] = ()
    model: Model
