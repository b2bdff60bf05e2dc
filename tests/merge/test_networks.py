"""Networks of a service, and models: a list stands for a mapping of names to nothing."""

import pytest

TRIPLES = {
    "lists": ("networks: [a]", "networks: [b, a]", "networks: [a, b]"),
    "list then mapping": ("networks: [a, b]", "networks: {b: {aliases: [x]}}", "networks: {a: null, b: {aliases: [x]}}"),
    "mapping then list": ("networks: {a: {aliases: [x]}}", "networks: [a, b]", "networks: {a: {aliases: [x]}, b: null}"),
    "fields": (
        "networks: {a: {aliases: [x, y], priority: 1}}",
        "networks: {a: {aliases: [y, z], ipv4_address: 10.0.0.2}}",
        "networks: {a: {aliases: [x, y, z], priority: 1, ipv4_address: 10.0.0.2}}",
    ),
    "models": ("models: [a]", "models: {a: {endpoint_var: E}, b: null}", "models: {a: {endpoint_var: E}, b: null}"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
