from __future__ import annotations

import msgspec
import pytest

from compose.base.units import decode_unit
from compose.graph.dependency import (
    Dependency,
    closure,
    cycles,
    dependants,
    dependencies,
    needed_by,
    needs,
    order,
)
from compose.model.service import Service


def services(**by_name):
    return {name: msgspec.convert({"name": name, **data}, Service, dec_hook=decode_unit) for name, data in by_name.items()}


def edges(*pairs, **fields):
    return tuple(Dependency(dependant=pair[0], service=pair[1], **fields) for pair in pairs)


def test_depends_on_keeps_condition_restart_and_required():
    found = dependencies(
        services(web={"depends_on": {"db": {"condition": "service_healthy", "restart": True, "required": False}}})
    )
    assert found == (
        Dependency(dependant="web", service="db", condition="service_healthy", restart=True, required=False, why="depends_on"),
    )


@pytest.mark.parametrize("attribute", ["network_mode", "ipc", "pid", "uts", "cgroup"])
def test_shared_namespaces_are_told_with_their_attribute(attribute):
    found = dependencies(services(web={attribute: "service:db"}))
    assert found == (Dependency(dependant="web", service="db", restart=True, why=attribute),)


def test_namespaces_of_foreign_containers_are_no_dependency():
    assert dependencies(services(web={"network_mode": "container:x", "pid": "host", "volumes_from": ["container:y:ro"]})) == ()


def test_links_and_volumes_from_lose_their_suffixes():
    found = dependencies(services(web={"links": ["db:database"], "volumes_from": ["data:ro"]}))
    assert [(edge.service, edge.why, edge.restart) for edge in found] == [("db", "links", True), ("data", "volumes_from", False)]


def test_order_puts_needs_first_and_sorts_each_level():
    assert order(["zweb", "api", "db", "cache"], edges("zd", ("zweb", "db"), ("api", "db"), ("zweb", "api"))) == [
        ["cache", "db"],
        ["api"],
        ["zweb"],
    ]


def test_order_ignores_unknown_services():
    assert order(["web"], edges(("web", "db"))) == [["web"]]


def test_order_refuses_a_circle():
    with pytest.raises(ValueError, match="circle"):
        order("ab", edges("ab", "ba"))


def test_needs_and_needed_by_are_each_others_mirror():
    both = edges("ab", "ac", "bc")
    assert needs("abc", both) == {"a": ("b", "c"), "b": ("c",), "c": ()}
    assert needed_by("abc", both) == {"a": (), "b": ("a",), "c": ("a", "b")}


def test_closure_goes_down_and_dependants_go_up():
    chain = edges("ab", "bc", "xc")
    assert closure(["a"], chain) == {"a", "b", "c"}
    assert dependants(["c"], chain) == {"a", "b", "c", "x"}


def test_no_cycles_without_a_circle():
    assert cycles(edges("ab", "bc", "ac")) == ()


def test_every_loop_is_told_once_starting_with_its_first_name():
    found = cycles(edges("ba", "ab", "cd", "de", "ec", "xa"))
    assert [str(loop) for loop in found] == ["a -> b -> a", "c -> d -> e -> c"]
    assert [edge.dependant + edge.service for edge in found[1].edges] == ["cd", "de", "ec"]


def test_a_service_that_needs_itself_is_a_loop():
    assert [str(loop) for loop in cycles(edges("aa"))] == ["a -> a"]


def test_loops_that_share_a_service_are_both_found():
    assert [str(loop) for loop in cycles(edges("ab", "ba", "ac", "ca"))] == ["a -> b -> a", "a -> c -> a"]
