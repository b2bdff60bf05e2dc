"""Putting ids into the holes of a body when a plan runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from compose.payload.payloads import Binding


def bound(body: Mapping[str, Any], bindings: Iterable[Binding], container_id: Callable[[Binding], str]) -> dict[str, Any]:
    """Return `body` with each binding filled in by `container_id(binding)`; `body` itself is left as it is.

    A path that ends in a number puts the value at that place of a list, moving later ones on.
    """
    result: dict[str, Any] = dict(body)
    for binding in bindings:
        value = binding.form.format(container_id(binding))
        result = _with(result, binding.path, value)
    return result


def _with(body: Mapping[str, Any], path: tuple[str | int, ...], value: str) -> dict[str, Any]:
    head, *rest = path
    if not rest:
        return {**body, str(head): value}
    if isinstance(rest[0], int):
        entries = list(body.get(str(head)) or ())
        entries.insert(rest[0], value)
        return {**body, str(head): entries}
    return {**body, str(head): _with(body.get(str(head)) or {}, tuple(rest), value)}
