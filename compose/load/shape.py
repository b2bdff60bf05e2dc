"""Rules by path pattern (`services.*.ports.[]`), laid out as a tree that is walked along with the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

Rule = TypeVar("Rule")


class Shape(Generic[Rule]):
    """The rules at and below a point of the data; `*` and `[]` in a pattern stand for any key or item."""

    __slots__ = ("any", "children", "rule")

    def __init__(self, table: Mapping[str, Rule] | None = None) -> None:
        self.rule: Rule | None = None
        self.children: dict[str | int, Shape[Rule]] = {}
        self.any: Shape[Rule] | None = None
        for pattern, rule in (table or {}).items():
            shape = self
            for part in pattern.split("."):
                shape = shape._grow(part)
            shape.rule = rule

    def _grow(self, part: str) -> Shape[Rule]:
        if part in {"*", "[]"}:
            self.any = self.any or Shape()
            return self.any
        return self.children.setdefault(part, Shape())

    def below(self, key: str | int) -> Shape[Rule] | None:
        """Return the rules below `key`, None when there are none."""
        return self.children.get(key, self.any)
