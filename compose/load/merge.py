"""One tree over another: override files, `extends`, and what they say of the same thing.

Mappings merge key by key, lists are joined, anything else is replaced, unless the path has a rule in the table.
The mark of a merged value remembers what it was merged over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from compose.base.place import Path, dotted
from compose.load.problem import Problem
from compose.load.shape import Shape
from compose.source.document import Map, Mark, Seq, mark_of, over, set_marked
from compose.source.scalar import show

Placed: TypeAlias = "tuple[Any, Mark | None]"
"""A value and where it was written."""

Rule: TypeAlias = "Callable[[Placed, Placed, Path, _Merge], Placed]"
"""Merges the second value over the first."""


def merge(base: Map, override: Map) -> tuple[Problem, ...]:
    """Merge a document over an accumulated tree, in place, and return what does not fit together."""
    run = _Merge()
    run.mappings(base, override, (), _SHAPE)
    return tuple(run.problems)


def merge_service(base: Map, service: Map, name: str) -> tuple[Problem, ...]:
    """Merge a service over the one it extends, in place of the latter."""
    run = _Merge()
    run.mappings(base, service, ("services", name), _SERVICE)
    return tuple(run.problems)


class _Merge:
    """One merge, with the problems it meets."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def mappings(self, base: Map, other: Map, path: Path, shape: Shape[Rule] | None) -> None:
        """Merge `other` over `base` key by key."""
        for key, value in other.items():
            mark = mark_of(other, key)
            if key not in base:
                set_marked(base, key, value, mark)
                continue
            below = shape.below(key) if shape is not None else None
            merged, place = self.values((base[key], mark_of(base, key)), (value, mark), (*path, key), below)
            set_marked(base, key, merged, place)

    def values(self, old: Placed, new: Placed, path: Path, shape: Shape[Rule] | None) -> Placed:
        """Return what `new` over `old` makes."""
        if shape is not None and shape.rule is not None:
            return shape.rule(old, new, path, self)
        return self.plainly(old, new, path, shape)

    def plainly(self, old: Placed, new: Placed, path: Path, shape: Shape[Rule] | None = None) -> Placed:
        """Return the same where no rule says otherwise."""
        value, other = old[0], new[0]
        if other is None:
            return old
        if isinstance(value, dict | list) and type(other) is not type(value):
            return self.clash(old, new, path)
        if isinstance(value, Map):
            self.mappings(value, other, path, shape)
            return value, over(new[1], old[1])
        if isinstance(value, Seq):
            return joined(value, other), over(new[1], old[1])
        return other, over(new[1], old[1])

    def clash(self, old: Placed, new: Placed, path: Path) -> Placed:
        """Report two values of different kinds, and keep the first."""
        kinds = _kind(new[0]), _kind(old[0])
        self.problems.append(
            Problem(
                path=path,
                code="cannot-override",
                summary=f"cannot override {dotted(path)}",
                hint=f"it is {kinds[0]} in one place and {kinds[1]} in another: write both in the same form, or use `!override`",
                span=new[1][0].span(new[1][2]) if new[1] is not None else None,
                notes=((f"it is {kinds[1]} here", path),),
            )
        )
        return old


def _kind(value: Any) -> str:  # noqa: ANN401 - YAML data
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "a single value"


def joined(first: Iterable[Any], second: Iterable[Any]) -> Seq:
    """Return the items of two lists, one after the other, with their marks."""
    result = Seq()
    for items in (first, second):
        for index, item in enumerate(items):
            result.add(item, mark_of(items, index))
    return result


def _replace(old: Placed, new: Placed, _path: Path, _run: _Merge) -> Placed:
    """`command`: the override always wins, null included."""
    return new[0], over(new[1], old[1])


def _lines(value: Any, mark: Mark | None) -> Seq | None:  # noqa: ANN401 - YAML data
    """Return `KEY=value` lines, those of a mapping in order of their text; None for what has no such form."""
    if value is None:
        return Seq()
    if isinstance(value, Seq):
        return value
    if isinstance(value, str):
        return Seq([value], [mark])
    if not isinstance(value, dict):
        return None
    lines: list[Placed] = []
    for key, child in value.items():
        place = mark_of(value, key)
        lines.extend((_line(key, item), place) for item in (child if isinstance(child, list) else (child,)))
    lines.sort(key=lambda line: str(line[0]))
    return Seq([line for line, _ in lines], [place for _, place in lines])


def _line(key: str, item: Any) -> Any:  # noqa: ANN401 - YAML data
    if item is None:
        return key
    return {key: item} if isinstance(item, dict) else f"{key}={show(item)}"


def _join_lines(old: Placed, new: Placed, path: Path, run: _Merge) -> Placed:
    """`environment`, `labels`, `dns`: lists of lines, joined; which of equal keys counts is settled later."""
    first, second = _lines(*old), _lines(*new)
    if first is None or second is None:
        return run.clash(old, new, path)
    return joined(first, second), over(new[1], old[1])


def _unite_lines(old: Placed, new: Placed, path: Path, run: _Merge) -> Placed:
    """`extra_hosts`: lines that are there already are not added; one host may have several addresses."""
    first, second = _lines(*old), _lines(*new)
    if first is None or second is None:
        return run.clash(old, new, path)
    result = joined(first, ())
    known = {line for line in first if isinstance(line, str)}
    for index, line in enumerate(second):
        if not isinstance(line, str) or line not in known:
            result.add(line, mark_of(second, index))
    return result, over(new[1], old[1])


def _named(value: Any, default: dict[str, Any] | None) -> Map | None:  # noqa: ANN401 - YAML data
    """Return a list of names as a mapping; None for what has no such form."""
    if value is None:
        return Map()
    if isinstance(value, Map):
        return value
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return None
    result = Map()
    for index, name in enumerate(value):
        mark = mark_of(value, index)
        body = None if default is None else Map(default, dict.fromkeys(default, mark) if mark is not None else {})
        set_marked(result, name, body, mark)
    return result


def _by_name(default: dict[str, Any] | None) -> Rule:
    """`depends_on`, `networks`, `models`: a list stands for a mapping with `default` for each name."""

    def rule(old: Placed, new: Placed, path: Path, run: _Merge) -> Placed:
        first, second = _named(old[0], default), _named(new[0], default)
        if first is None or second is None:
            return run.clash(old, new, path)
        run.mappings(first, second, path, None)
        return first, over(new[1], old[1])

    return rule


def _build(old: Placed, new: Placed, path: Path, run: _Merge) -> Placed:
    """`build`: a text is the context."""
    first, second = (
        Map({"context": value}, {"context": mark} if mark is not None else {}) if isinstance(value, str) else value
        for value, mark in (old, new)
    )
    return run.plainly((first, old[1]), (second, new[1]), path, _SERVICE.below("build"))


def _logging(old: Placed, new: Placed, path: Path, run: _Merge) -> Placed:
    """`logging`: another driver has other options, so it replaces the whole."""
    first, second = old[0], new[0]
    if isinstance(first, dict) and isinstance(second, dict):
        drivers = first.get("driver"), second.get("driver")
        if "driver" in first and "driver" in second and drivers[0] != drivers[1]:
            return second, over(new[1], old[1])
    return run.plainly(old, new, path)


def _pools(old: Placed, new: Placed, path: Path, run: _Merge) -> Placed:
    """`ipam.config`: the override's pools, each over the one of the same subnet."""
    if not isinstance(old[0], list) or not isinstance(new[0], list):
        return run.plainly(old, new, path)
    known = {pool.get("subnet"): pool for pool in old[0] if isinstance(pool, Map)}
    result = Seq()
    for index, pool in enumerate(new[0]):
        before = known.get(pool.get("subnet")) if isinstance(pool, Map) else None
        if before is not None:
            run.mappings(before, pool, (*path, index), None)
            pool = before  # noqa: PLW2901 - merged in place of the pool it names
        result.add(pool, mark_of(new[0], index))
    return result, over(new[1], old[1])


_TABLE: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "networks.*.labels",
            "services.*.annotations",
            "services.*.build.additional_contexts",
            "services.*.build.args",
            "services.*.build.labels",
            "services.*.deploy.labels",
            "services.*.dns",
            "services.*.dns_opt",
            "services.*.dns_search",
            "services.*.env_file",
            "services.*.environment",
            "services.*.label_file",
            "services.*.labels",
            "services.*.sysctls",
            "services.*.tmpfs",
            "volumes.*.labels",
        ),
        _join_lines,
    ),
    **dict.fromkeys(("services.*.build.extra_hosts", "services.*.extra_hosts"), _unite_lines),
    **dict.fromkeys(
        ("services.*.command", "services.*.entrypoint", "services.*.healthcheck.test", "services.*.ulimits.*"), _replace
    ),
    **dict.fromkeys(("services.*.models", "services.*.networks"), _by_name(None)),
    "services.*.build": _build,
    "services.*.depends_on": _by_name({"condition": "service_started", "required": True}),
    "services.*.logging": _logging,
    "networks.*.ipam.config": _pools,
}
"""The rule of an attribute, by the pattern of its path; the `merge` column of the specification."""

_SHAPE: Shape[Rule] = Shape(_TABLE)
_SERVICE: Shape[Rule] = Shape(
    {pattern.removeprefix("services.*."): rule for pattern, rule in _TABLE.items() if "services" in pattern}
)
