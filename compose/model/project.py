"""The Project: the whole of what the files ask for."""

from __future__ import annotations

from typing import Any

import msgspec

from compose.base.place import Path, Places, Span
from compose.model.network import Network
from compose.model.service import Model, Service
from compose.model.storage import FileObject, Volume


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A loaded, checked, selected project.

    - `directory`: absolute path of the project directory; `files`: absolute paths in load order (``-`` = stdin).
    - `env_files`: the files given by `--env-file`/`COMPOSE_ENV_FILES` (not the implicit `.env`).
    - `services`: the enabled and selected ones, by name; `disabled`: the others that the files declare.
    - `networks`, `volumes`, `secrets`, `configs`, `models`: by key; names are resolved.
    - `environment`: what interpolation saw. Holds secrets: never print it whole.
    - `profiles`: the active ones. `places`: where each value was written.
    - `instance`: which copy of the project this is ("" = the project itself); `name` tells copies apart already.
    - `labels`: what this tool adds to everything it makes for the project; no part of what the files ask for.
    - `separator`: between the parts of container names (`-`, or `_` in compatibility mode).
    """

    name: str
    directory: str
    services: dict[str, Service] = {}
    disabled: dict[str, Service] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, FileObject] = {}
    configs: dict[str, FileObject] = {}
    models: dict[str, Model] = {}
    extensions: dict[str, Any] = {}
    environment: dict[str, str] = {}
    profiles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    instance: str = ""
    labels: dict[str, str] = {}
    separator: str = "-"
    places: Places | None = None

    def span(self, *path: str | int) -> Span | None:
        """Return where the value at `path` was written, as near as known."""
        where: Path = path
        return self.places.nearest(where) if self.places is not None else None
