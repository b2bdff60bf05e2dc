"""Dependencies between services and the orders that follow from them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from compose.base.value import Value
from compose.model.service import Service

SHARING = ("network_mode", "ipc", "pid", "volumes_from")
"""Attributes by which a container names another by its id: it must be created after it, and with it anew."""

_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
_SERVICE = "service:"
_CONTAINER = "container:"


class Dependency(Value, frozen=True, kw_only=True):
    """`dependant` needs `service`.

    `why` is the attribute that says so: depends_on, links, network_mode, ipc, pid, uts, cgroup, volumes_from.
    """

    dependant: str
    service: str
    condition: str = "service_started"
    restart: bool = False
    required: bool = True
    why: str = "depends_on"


class Loop(Value, frozen=True, kw_only=True):
    """Services that depend on each other in a circle; each edge leads to the next, the last back to the first."""

    edges: tuple[Dependency, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """The services on the circle, the alphabetically first one first."""
        return tuple(edge.dependant for edge in self.edges)

    def __str__(self) -> str:
        return " -> ".join((*self.services, self.services[0]))


def dependencies(services: Mapping[str, Service]) -> tuple[Dependency, ...]:
    """Return every reason for which one service needs another, by dependant, then attribute.

    Loading writes what links, shared namespaces and `volumes_from` imply into `depends_on`; those attributes
    are told here as well, so one pair of services may appear several times. Services that are not in
    `services` may be named.

    Source: loading section 10 (implicit dependencies), reconcile section 10.
    """
    return tuple(dependency for name in sorted(services) for dependency in _of(name, services[name]))


def _of(name: str, service: Service) -> Iterator[Dependency]:
    for other, entry in sorted(service.depends_on.items()):
        yield Dependency(dependant=name, service=other, condition=entry.condition, restart=entry.restart, required=entry.required)
    for attribute in _NAMESPACES:
        value: str = getattr(service, attribute)
        if value.startswith(_SERVICE):
            yield Dependency(dependant=name, service=value.removeprefix(_SERVICE), restart=True, why=attribute)
    for link in service.links:
        yield Dependency(dependant=name, service=link.partition(":")[0], restart=True, why="links")
    for source in service.volumes_from:
        if not source.startswith(_CONTAINER):
            yield Dependency(dependant=name, service=source.partition(":")[0], why="volumes_from")


def needs(services: Iterable[str], edges: Iterable[Dependency]) -> dict[str, tuple[str, ...]]:
    """Return for each of `services` the ones among them it needs directly, sorted."""
    found: dict[str, set[str]] = {name: set() for name in services}
    for edge in edges:
        if edge.dependant in found and edge.service in found:
            found[edge.dependant].add(edge.service)
    return {name: tuple(sorted(others)) for name, others in found.items()}


def needed_by(services: Iterable[str], edges: Iterable[Dependency]) -> dict[str, tuple[str, ...]]:
    """Return for each of `services` the ones among them that need it directly, sorted."""
    return needs(services, [Dependency(dependant=edge.service, service=edge.dependant) for edge in edges])


def order(services: Iterable[str], edges: Iterable[Dependency]) -> list[list[str]]:
    """Return the services in levels: each after everything it needs, alphabetical within a level.

    Edges to services that are not given are ignored.

    Raises:
        ValueError: there is a cycle (a loaded project has none).
    """
    waiting = needs(services, edges)
    dependants: dict[str, list[str]] = {name: [] for name in waiting}
    missing = {name: len(others) for name, others in waiting.items()}
    for name, others in waiting.items():
        for other in others:
            dependants[other].append(name)
    level = sorted(name for name, count in missing.items() if not count)
    levels: list[list[str]] = []
    placed = 0
    while level:
        levels.append(level)
        placed += len(level)
        for name in level:
            for dependant in dependants[name]:
                missing[dependant] -= 1
        level = sorted({other for name in level for other in dependants[name] if not missing[other]})
    if placed != len(waiting):
        raise ValueError("services depend on each other in a circle")
    return levels


def closure(start: Iterable[str], edges: Iterable[Dependency]) -> set[str]:
    """Return `start` and everything it needs, directly or not."""
    return _reach(start, [(edge.dependant, edge.service) for edge in edges])


def dependants(start: Iterable[str], edges: Iterable[Dependency]) -> set[str]:
    """Return `start` and everything that needs it, directly or not."""
    return _reach(start, [(edge.service, edge.dependant) for edge in edges])


def _reach(start: Iterable[str], pairs: Iterable[tuple[str, str]]) -> set[str]:
    following: dict[str, list[str]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    found = set(start)
    queue = deque(found)
    while queue:
        for name in following.get(queue.popleft(), ()):
            if name not in found:
                found.add(name)
                queue.append(name)
    return found


def cycles(edges: Iterable[Dependency]) -> tuple[Loop, ...]:
    """Return loops that together hold every edge that lies on a circle; empty when an order exists.

    For each such edge the shortest way back is told once. `compose.graph.insight` lists every loop there is.
    """
    by_pair: dict[tuple[str, str], Dependency] = {}
    following: dict[str, list[str]] = {}
    for edge in sorted(edges, key=lambda edge: (edge.dependant, edge.service)):
        if (edge.dependant, edge.service) not in by_pair:
            by_pair[edge.dependant, edge.service] = edge
            following.setdefault(edge.dependant, []).append(edge.service)
    loops: dict[tuple[str, ...], Loop] = {}
    for dependant, service in by_pair:
        way = _shortest(service, dependant, following)
        if way is not None:
            loop = circle(way, by_pair)
            loops.setdefault(loop.services, loop)
    return tuple(loops[key] for key in sorted(loops))


def _shortest(start: str, end: str, following: Mapping[str, list[str]]) -> list[str] | None:
    before: dict[str, str] = {start: ""}
    queue = deque([start])
    while queue and end not in before:
        name = queue.popleft()
        for other in following.get(name, ()):
            if other not in before:
                before[other] = name
                queue.append(other)
    if end not in before:
        return None
    way = [end]
    while before[way[-1]]:
        way.append(before[way[-1]])
    return way[::-1]


def circle(names: list[str], by_pair: Mapping[tuple[str, str], Dependency]) -> Loop:
    """Return the loop through `names`, turned so that the alphabetically first service leads."""
    first = names.index(min(names))
    turned = [*names[first:], *names[:first]]
    return Loop(edges=tuple(by_pair[pair] for pair in pairwise([*turned, turned[0]])))
