"""How a stage walks the tree: small functions put together to follow the shape of the Compose Specification.

A rule gets a value, the mark of where it was written, its path and the stage's `Findings`, and returns the value to
put in its place (often the same object). Rules change mappings and lists in place, so that marks stay with them,
and leave what has the wrong type alone: `compose.load.decode` refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from compose.base.diagnostics import Severity
from compose.base.place import Path
from compose.load.problem import Problem
from compose.source.document import Map, Mark, Seq

Node: TypeAlias = Any
"""Plain YAML data: a mapping, a list or a scalar."""


class Findings:
    """What a stage has found so far.

    `lenient`: text that has not been interpolated is let through where a grammar cannot read it. `ports` counts
    those that ranges stand for.
    """

    __slots__ = ("lenient", "ports", "problems")

    def __init__(self, *, lenient: bool = False) -> None:
        self.lenient = lenient
        self.ports = 0
        self.problems: list[Problem] = []

    def add(self, path: Path, code: str, summary: str, *, hint: str = "", severity: Severity = "error") -> None:
        """Note a problem with the value at `path`."""
        self.problems.append(Problem(path=path, code=code, summary=summary, hint=hint, severity=severity))

    def add_key(self, path: Path, code: str, summary: str, *, hint: str = "", severity: Severity = "error") -> None:
        """Note a problem with the key at `path`."""
        self.problems.append(Problem(path=path, code=code, summary=summary, hint=hint, severity=severity, at="key"))


Rule: TypeAlias = Callable[[Node, "Mark | None", Path, Findings], Node]


def fields(table: Mapping[str, Rule], *, then: Rule | None = None) -> Rule:
    """Return the rule that applies `table` by key to a mapping, and then `then` to the mapping."""

    def apply(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
        if not isinstance(value, dict):
            return value
        marks = value.marks if isinstance(value, Map) else {}
        for key, child in value.items():
            rule = table.get(key)
            if rule is not None:
                new = rule(child, marks.get(key), (*path, key), findings)
                if new is not child:
                    value[key] = new  # the keys stay, so changing while iterating is sound
        return then(value, mark, path, findings) if then is not None else value

    return apply


def values(rule: Rule) -> Rule:
    """Return the rule that applies `rule` to every value of a mapping."""

    def apply(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
        if isinstance(value, dict):
            marks = value.marks if isinstance(value, Map) else {}
            for key, child in value.items():
                new = rule(child, marks.get(key), (*path, key), findings)
                if new is not child:
                    value[key] = new
        return value

    return apply


def items(rule: Rule) -> Rule:
    """Return the rule that applies `rule` to every item of a list."""

    def apply(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
        if isinstance(value, list):
            marks = value.marks if isinstance(value, Seq) else None
            for index, child in enumerate(value):
                new = rule(child, marks[index] if marks else None, (*path, index), findings)
                if new is not child:
                    value[index] = new
        return value

    return apply


def written(data: dict[str, Any], mark: Mark | None) -> Map:
    """Return `data` as a mapping all of which was written at `mark`."""
    return Map(data, dict.fromkeys(data, mark) if mark is not None else {})
