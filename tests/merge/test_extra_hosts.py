"""Hosts: lines are added unless they are there; one host may have several addresses."""

import pytest

TRIPLES = {
    "lists": ("extra_hosts: [a=1.1.1.1]", "extra_hosts: [b=2.2.2.2]", "extra_hosts: [a=1.1.1.1, b=2.2.2.2]"),
    "equal lines": ("extra_hosts: [a=1.1.1.1]", "extra_hosts: [a=1.1.1.1]", "extra_hosts: [a=1.1.1.1]"),
    "two addresses": ("extra_hosts: [a=1.1.1.1]", "extra_hosts: {a: 2.2.2.2}", "extra_hosts: [a=1.1.1.1, a=2.2.2.2]"),
    "mapping of lists": (
        "extra_hosts: {a: [1.1.1.1, 2.2.2.2]}",
        "extra_hosts: [b=3.3.3.3]",
        "extra_hosts: [a=1.1.1.1, a=2.2.2.2, b=3.3.3.3]",
    ),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
