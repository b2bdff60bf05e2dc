"""What `!reset` and `!override` take out of a tree that was there before them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compose.base.place import Path


def apply_resets(data: dict[str, Any], paths: Iterable[Path]) -> None:
    """Delete the values at `paths`, in place; paths into lists and to nowhere are passed over."""
    for path in paths:
        node: Any = data
        for part in path[:-1]:
            node = node.get(part) if isinstance(node, dict) else None
        if isinstance(node, dict) and path and isinstance(path[-1], str):
            node.pop(path[-1], None)
