"""Dependencies: a list stands for started and required ones, so it can weaken what the base asks for."""

import pytest

TRIPLES = {
    "lists": ("depends_on: [a]", "depends_on: [b]", "depends_on: [a, b]"),
    "mapping over list": (
        "depends_on: [a]",
        "depends_on: {a: {condition: service_healthy}}",
        "depends_on: {a: {condition: service_healthy, required: true}}",
    ),
    "list over mapping": (
        "depends_on: {a: {condition: service_healthy, required: false, restart: true}}",
        "depends_on: [a]",
        "depends_on: {a: {condition: service_started, required: true, restart: true}}",
    ),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
