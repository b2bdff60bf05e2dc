from __future__ import annotations

import pytest

from compose.graph.dependency import Dependency
from compose.graph.insight import CriticalPath, critical_path, dot, every_cycle, mermaid, reduction


def edges(*pairs):
    return tuple(Dependency(dependant=pair[0], service=pair[1]) for pair in pairs)


def test_every_cycle_lists_overlapping_loops_shortest_first():
    found = every_cycle(edges("ab", "ba", "bc", "ca"))
    assert [str(loop) for loop in found] == ["a -> b -> a", "a -> b -> c -> a"]


def test_critical_path_is_the_slowest_chain():
    path = critical_path(edges("wd", "wc", "cd"), {"w": 1.0, "c": 2.0, "d": 3.0, "x": 5.5})
    assert path == CriticalPath(services=("d", "c", "w"), seconds=6.0)


def test_critical_path_may_be_one_service():
    assert critical_path(edges("wd"), {"x": 9.0, "w": 1.0}) == CriticalPath(services=("x",), seconds=9.0)


def test_critical_path_of_nothing_is_empty():
    assert critical_path((), {}) == CriticalPath(services=(), seconds=0.0)


@pytest.mark.parametrize("ask", [lambda found: critical_path(found, {}), reduction])
def test_circles_are_refused(ask):
    with pytest.raises(ValueError, match="circle"):
        ask(edges("ab", "ba"))


def test_reduction_drops_implied_edges_but_keeps_stronger_ones():
    strong = Dependency(dependant="w", service="q", condition="service_healthy")
    found = reduction((*edges("wd", "wc", "cd", "cq"), strong))
    assert [(edge.dependant, edge.service) for edge in found] == [("c", "d"), ("c", "q"), ("w", "c"), ("w", "q")]


def test_mermaid_drawing():
    found = (
        Dependency(dependant="web", service="db", condition="service_healthy"),
        Dependency(dependant="web", service="cache", required=False),
    )
    assert mermaid(["lone"], found) == (
        'flowchart LR\n    s0["cache"]\n    s1["db"]\n    s2["lone"]\n    s3["web"]\n    s3 -.-> s0\n    s3 -->|healthy| s1\n'
    )


def test_dot_drawing_quotes_names_and_tells_conditions():
    found = (Dependency(dependant="web", service="db", restart=True, required=False),)
    assert dot('my "p"', ["web"], found) == (
        'digraph "my \\"p\\"" {\n'
        "  rankdir=LR;\n"
        "  node [shape=box];\n"
        '  "db";\n'
        '  "web";\n'
        '  "web" -> "db" [label="restart", style=dashed];\n'
        "}\n"
    )
