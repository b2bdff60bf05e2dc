"""`config --provenance`: for every value of the resolved project the places that set it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from compose.base.place import Path, dotted
from compose.commands.explain import Provenance, unescaped
from compose.load.encode import to_json, to_yaml
from compose.model.project import Project
from compose.source.document import Layer, SourceMap
from compose.source.dump import Remarks

IMPLIED = "implied"
"""Said of what no file says: defaults, derived names."""


def commented(project: Project) -> str:
    """Return the project as `config` prints it, with a comment after each value: where it stands, and over what.

    It is YAML that loads as the project does without the comments.
    """
    places = project.places
    return to_yaml(project, Remarks(lambda path: _told(_layers(places, path))))


def listed(project: Project) -> list[Provenance]:
    """Return every value of the project that has no values below it, with its places."""
    data = unescaped(msgspec.json.decode(to_json(project)))
    return [
        Provenance(path=dotted(path), value=value, layers=_layers(project.places, path))
        for path, value in _leaves(data, ())
        if value is not None
    ]


def _layers(places: object, path: Path) -> tuple[Layer, ...]:
    return places.layers(path) if isinstance(places, SourceMap) else ()


def _told(layers: tuple[Layer, ...]) -> str:
    if not layers:
        return IMPLIED
    return " over ".join(f"{layer.span}{f' ({layer.via})' if layer.via else ''}" for layer in layers)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _leaves(child, (*path, index))
    else:
        yield path, value
