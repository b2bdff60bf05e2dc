"""The variables that a project's files name: what `config --variables` lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compose.source.template import Variable
from compose.source.template import variables as named


def variables(data: dict[str, Any]) -> dict[str, Variable]:
    """Return the variables that a merged, not interpolated tree names, by name; the last that is written counts."""
    found = {variable.name: variable for text in _texts(data) for variable in named(text)}
    return dict(sorted(found.items()))


def plain(found: dict[str, Variable]) -> dict[str, dict[str, Any]]:
    """Return variables as plain data with the keys that the peer prints in JSON."""
    return {
        name: {
            "Name": name,
            "DefaultValue": variable.default,
            "PresenceValue": variable.presence,
            "Required": variable.is_required,
        }
        for name, variable in found.items()
    }


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - YAML data
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
