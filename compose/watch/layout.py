"""Which files of the host go where in the containers of a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from compose.watch.entry import Entry
from compose.watch.rules import Rule
from compose.watch.tree import Tree


class Source(NamedTuple):
    """A file of the host: its tree, and its path there."""

    tree: Tree
    path: str


class Layout:
    """The rules of a service that copy files, with their trees; where several have something for a place, the last wins."""

    def __init__(self, pairs: Iterable[tuple[Rule, Tree]]) -> None:
        self.pairs = tuple(pairs)

    @property
    def roots(self) -> frozenset[str]:
        """The targets, as places."""
        return frozenset(rule.place("", is_file=tree.is_file) for rule, tree in self.pairs)

    def source(self, place: str) -> Source | None:
        """Return what goes to a place, None for nothing."""
        for rule, tree in reversed(self.pairs):
            path = rule.origin(place, is_file=tree.is_file)
            if path is not None and path in tree.entries:
                return Source(tree, path)
        return None

    def wanted(self, place: str) -> Entry | None:
        """Return what the host has for a place."""
        source = self.source(place)
        return source.tree.entries.get(source.path) if source is not None else None

    def places(self) -> set[str]:
        """Return all places that the host has something for."""
        return {place for rule, tree in self.pairs for place in _placed(rule, tree, list(tree.entries))}

    def places_of(self, tree: Tree, paths: Iterable[str]) -> set[str]:
        """Return where paths of a tree go."""
        given = list(paths)
        return {place for rule, one in self.pairs if one is tree for place in _placed(rule, tree, given)}

    def rules_of(self, places: Iterable[str]) -> set[int]:
        """Return the numbers of the rules that have a say about places."""
        given = list(places)
        return {rule.number for rule, tree in self.pairs if any(self._counts(rule, tree, place) for place in given)}

    def is_protected(self, place: str) -> bool:
        """Whether what a container has at a place is none of our business: every rule that reaches it ignores it."""
        reached = [(rule, path) for rule, tree in self.pairs if (path := rule.origin(place, is_file=tree.is_file))]
        return bool(reached) and all(rule.filter.is_ignored(path) for rule, path in reached)

    def ignored_directories(self) -> tuple[str, ...]:
        """Return places of directories that the host has and ignores, such as `node_modules`: nobody needs to look into them."""
        found = {place for rule, tree in self.pairs for place in _placed(rule, tree, list(tree.pruned))}
        return tuple(sorted(place for place in found if self.is_protected(place)))

    def _counts(self, rule: Rule, tree: Tree, place: str) -> bool:
        path = rule.origin(place, is_file=tree.is_file)
        return path is not None and rule.filter.wants(path)


def _placed(rule: Rule, tree: Tree, paths: Iterable[str]) -> Iterator[str]:
    is_file = tree.is_file
    return (rule.place(path, is_file=is_file) for path in paths)
