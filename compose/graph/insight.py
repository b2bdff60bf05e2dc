"""What a graph of services shows beyond an order: every loop, the critical path, drawings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import networkx as nx

from compose.base.value import Value
from compose.graph.dependency import Dependency, Loop, circle

MOST_LOOPS = 1000
"""Loops told at most; their number can grow exponentially."""

_CONDITIONS = {"service_healthy": "healthy", "service_completed_successfully": "completed"}


class CriticalPath(Value, frozen=True, kw_only=True):
    """The chain that decides how long the whole takes: its services in order, and the sum in seconds."""

    services: tuple[str, ...]
    seconds: float


def every_cycle(edges: Iterable[Dependency]) -> tuple[Loop, ...]:
    """Return every loop, shortest first, at most `MOST_LOOPS`."""
    by_pair = _by_pair(edges)
    graph: nx.DiGraph[str] = nx.DiGraph(list(by_pair))
    loops = [circle(names, by_pair) for names in islice(nx.simple_cycles(graph), MOST_LOOPS)]
    return tuple(sorted(loops, key=lambda loop: (len(loop.edges), loop.services)))


def critical_path(edges: Iterable[Dependency], seconds: Mapping[str, float]) -> CriticalPath:
    """Return the slowest chain of services, given how long each one took on its own.

    Services without a time count as 0 seconds; those in `seconds` without dependencies are chains of one.

    Raises:
        ValueError: there is a cycle.
    """
    graph = _graph(edges, seconds)
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("services depend on each other in a circle")
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    for name in nx.lexicographical_topological_sort(graph):
        before = max((best[other] for other in graph.predecessors(name)), default=(0.0, ()), key=lambda chain: chain[0])
        best[name] = (before[0] + seconds.get(name, 0.0), (*before[1], name))
    total, services = max(best.values(), default=(0.0, ()), key=lambda chain: chain[0])
    return CriticalPath(services=services, seconds=total)


def reduction(edges: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """Return the edges without those that a longer way already implies.

    An edge that asks for more than `service_started` stays, because the longer way does not promise as much.

    Raises:
        ValueError: there is a cycle.
    """
    by_pair = _by_pair(edges)
    graph: nx.DiGraph[str] = nx.DiGraph(list(by_pair))
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("services depend on each other in a circle")
    kept = set(nx.transitive_reduction(graph).edges)
    return tuple(edge for pair, edge in by_pair.items() if pair in kept or edge.condition in _CONDITIONS)


def mermaid(services: Iterable[str], edges: Iterable[Dependency]) -> str:
    """Return a Mermaid flowchart: an arrow from each service to what it needs, labelled with what it waits for."""
    names = _names(services, edges)
    lines = ["flowchart LR"]
    lines += [f'    {node}["{name}"]' for name, node in names.items()]
    for edge in _by_pair(edges).values():
        words = _words(edge)
        arrow = "-->" if edge.required else "-.->"
        label = f"|{words}|" if words else ""
        lines.append(f"    {names[edge.dependant]} {arrow}{label} {names[edge.service]}")
    return "\n".join(lines) + "\n"


def dot(project: str, services: Iterable[str], edges: Iterable[Dependency]) -> str:
    """Return a Graphviz drawing: an arrow from each service to what it needs."""
    lines = [f"digraph {_quoted(project)} {{", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {_quoted(name)};" for name in _names(services, edges)]
    for edge in _by_pair(edges).values():
        facts = [f"label={_quoted(_words(edge))}"] if _words(edge) else []
        facts += [] if edge.required else ["style=dashed"]
        suffix = f" [{', '.join(facts)}]" if facts else ""
        lines.append(f"  {_quoted(edge.dependant)} -> {_quoted(edge.service)}{suffix};")
    return "\n".join([*lines, "}"]) + "\n"


def _words(edge: Dependency) -> str:
    words = [_CONDITIONS[edge.condition]] if edge.condition in _CONDITIONS else []
    words += [edge.why] if edge.why != "depends_on" else []
    words += ["restart"] if edge.restart and edge.why == "depends_on" else []
    return ", ".join(words)


def _names(services: Iterable[str], edges: Iterable[Dependency]) -> dict[str, str]:
    known = set(services) | {name for edge in edges for name in (edge.dependant, edge.service)}
    return {name: f"s{index}" for index, name in enumerate(sorted(known))}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _by_pair(edges: Iterable[Dependency]) -> dict[tuple[str, str], Dependency]:
    found: dict[tuple[str, str], Dependency] = {}
    for edge in sorted(edges, key=lambda edge: (edge.dependant, edge.service)):
        found.setdefault((edge.dependant, edge.service), edge)
    return found


def _graph(edges: Iterable[Dependency], nodes: Iterable[str]) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from((edge.service, edge.dependant) for edge in edges)
    return graph
