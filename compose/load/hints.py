"""What to do about a variable that is not set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compose.base.errors import InvalidProject
from compose.base.similar import closest
from compose.load.files import Files, absolute, is_file
from compose.source.document import Map, Origin
from compose.source.dotenv import read
from compose.source.template import Outcome

_ELSEWHERE = "set it in the shell, in `.env`, or in a file given with `--env-file`"


def missing(name: str, known: Iterable[str], data: Any, directory: str, files: Files) -> str:  # noqa: ANN401 - YAML data
    """Return the hint for a variable that must be set."""
    return _of_env_file([name], data, directory, files) or _misspelt([name], known) or _ELSEWHERE


def unset(names: Iterable[str], known: Iterable[str], data: Any, directory: str, files: Files) -> str:  # noqa: ANN401 - YAML data
    """Return the hint for variables that a blank stands in for."""
    names = list(names)
    otherwise = f"{_ELSEWHERE}, or give a default: `${{{names[0]}:-default}}`" if names else ""
    return _of_env_file(names, data, directory, files) or _misspelt(names, known) or otherwise


def _misspelt(names: list[str], known: Iterable[str]) -> str:
    known = list(known)
    pairs = [(name, near) for name in names if (near := closest(name, known)) is not None]
    return "; ".join(f"did you mean `{near}` for `{name}`?" for name, near in pairs) if pairs else ""


def _of_env_file(names: list[str], data: Any, directory: str, files: Files) -> str:  # noqa: ANN401 - YAML data
    """Return the hint for names that an `env_file` sets: that is for the container."""
    for service, path in _env_files(data):
        full = absolute(path, directory)
        if not is_file(full):
            continue
        values = Map()
        try:
            read(Origin(path, files.text(full)), lambda _name: None, values, Outcome())
        except InvalidProject:
            continue
        found = [name for name in names if name in values]
        if found:
            listed = ", ".join(f"`{name}`" for name in found)
            where = files.shown(full)
            return (
                f"{listed} is set in `{where}`, an `env_file` of `{service}`: that feeds the container, not `${{…}}` here; "
                f"put it in `.env`, or give `--env-file {where}`"
            )
    return ""


def _env_files(data: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - YAML data
    """Yield each service's env files, in whatever form they are written."""
    services = data.get("services") if isinstance(data, dict) else None
    for name, service in services.items() if isinstance(services, dict) else ():
        value = service.get("env_file") if isinstance(service, dict) else None
        for item in value if isinstance(value, list) else [value]:
            path = item.get("path") if isinstance(item, dict) else item
            if isinstance(path, str) and path:
                yield name, path
