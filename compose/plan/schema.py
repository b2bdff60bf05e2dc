"""The JSON Schema of plans that are shown to programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from compose.plan.plan import PLAN_VERSION, Plan

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PREFIX = "#/$defs/"
_UNSHOWN = "shared"
"""A field of operations that `compose.plan.encode.shown` leaves out."""


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `compose.plan.encode.shown` gives, made from the types themselves."""
    (plan,), definitions = msgspec.json.schema_components([Plan], schema_hook=_unit, ref_template=f"{_PREFIX}{{name}}")
    for definition in definitions.values():
        definition.get("properties", {}).pop(_UNSHOWN, None)
    root = definitions.pop(plan["$ref"].removeprefix(_PREFIX))
    return {
        "$schema": _DIALECT,
        "title": f"A plan of compose, version {PLAN_VERSION}",
        "description": "What `compose plan --json` prints: the steps of a command, why each is there, and which come first.",
        "type": "object",
        "properties": {"version": {"const": PLAN_VERSION}, **root["properties"]},
        "required": ["version", *root["required"]],
        "$defs": {name: definitions[name] for name in sorted(_reachable(root, definitions))},
    }


def _unit(_kind: type) -> dict[str, Any]:
    """Return the schema of a unit, which is written as its text."""
    return {"type": "string"}


def _reachable(root: object, definitions: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    open_ends = [root]
    while open_ends:
        for name in _references(open_ends.pop()):
            if name not in found:
                found.add(name)
                open_ends.append(definitions[name])
    return found


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref", "")
        if isinstance(reference, str) and reference:
            yield reference.removeprefix(_PREFIX)
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
