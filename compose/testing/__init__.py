"""Stacks for tests: `Stack`, the conditions in `ready`, and the pytest plugin (`compose.testing.plugin`).

A stack is a copy of a project that disturbs no other. It is built on `compose.api`; nothing else may import this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compose.testing import ready
    from compose.testing.failure import StackFailed
    from compose.testing.stack import Stack

__all__ = ["Stack", "StackFailed", "ready"]

_HOMES = {"Stack": "compose.testing.stack", "StackFailed": "compose.testing.failure"}


def _public(name: str) -> object:
    """Return a public name, loading its module: the pytest plugin lives here, and costs nothing where it is not used."""
    from importlib import import_module  # noqa: PLC0415 - as above

    if name == "ready":
        return import_module("compose.testing.ready")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module `compose.testing` has no attribute `{name}`")


if not TYPE_CHECKING:  # a type checker finds mistyped names only where there is none
    __getattr__ = _public
