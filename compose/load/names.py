"""The name of the project (specification: loading, section 7)."""

from __future__ import annotations

import os
from collections.abc import Iterable

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.pattern import lazy_pattern
from compose.load.discover import Located
from compose.load.interpolate import Interpolation
from compose.load.request import LoadRequest
from compose.source.document import Document, Map, clone

_FORBIDDEN = lazy_pattern(r"[^a-z0-9_-]")


def normal(name: str) -> str:
    """Return `name` in lower case without what project names cannot have."""
    return _FORBIDDEN.sub("", name.lower()).lstrip("_-")


def project_name(
    request: LoadRequest, located: Located, documents: Iterable[Document], interpolation: Interpolation
) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return the name, possibly empty, and warnings about it.

    Raises:
        InvalidProject: the name given on the command line or by `COMPOSE_PROJECT_NAME` is not normal.
    """
    for name, place in (
        (request.project_name, "-p"),
        (located.environment.get("COMPOSE_PROJECT_NAME", ""), "COMPOSE_PROJECT_NAME"),
    ):
        if name:
            _check(name, place)
            return name, ()
    written = _written(documents, interpolation if not request.no_interpolate else None)
    return (normal(written), ()) if written else _of_directory(located.named_after)


def _check(name: str, place: str) -> None:
    if normal(name) == name:
        return
    rule = "must consist only of lowercase alphanumeric characters, hyphens, and underscores"
    rule += " as well as start with a letter or number"
    near = normal(name)
    hint = f"it is given by {place}" + (f"; `{near}` would do" if near else "")
    raise InvalidProject(
        Diagnostic(severity="error", code="invalid-project-name", summary=f'invalid project name "{name}": {rule}', hint=hint)
    )


def _written(documents: Iterable[Document], interpolation: Interpolation | None) -> str:
    """Return the last name the files give, as the environment completes it."""
    found: Map | None = None
    origin = None
    for document in documents:
        name = document.data.get("name") if isinstance(document.data, Map) else None
        if isinstance(name, str) and name:
            found = Map({"name": name}, {"name": document.data.marks["name"]})
            origin = document.origin
    if found is None or origin is None:
        return ""
    if interpolation is not None:
        found = clone(found)
        interpolation.run(Document(origin, found))
    return str(found["name"])


def _of_directory(directory: str) -> tuple[str, tuple[Diagnostic, ...]]:
    base = os.path.basename(directory)  # noqa: PTH119 - paths here are text
    name = normal(base)
    if os.path.basename(os.path.realpath(directory)) == base:  # noqa: PTH119 - paths here are text
        return name, ()
    summary = f'project has been loaded without an explicit name from a symlink. Using name "{name}"'
    return name, (Diagnostic(severity="warning", code="name-from-symlink", summary=summary),)
