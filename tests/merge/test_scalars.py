"""A single value: the override's wins, an explicit null leaves the base's."""

import pytest

TRIPLES = {
    "replaced": ("hostname: a", "hostname: b", "hostname: b"),
    "added": ("hostname: a", "domainname: b", "hostname: a\ndomainname: b"),
    "null keeps": ("hostname: a", "hostname: null", "hostname: a"),
    "image": ("image: a", "image: b", "image: b"),
    "number": ("cpus: 1", "cpus: 2.5", "cpus: 2.5"),
    "size": ("mem_limit: 10m", "mem_limit: 20m", "mem_limit: 20m"),
    "duration": ("stop_grace_period: 10s", "stop_grace_period: 1m", "stop_grace_period: 1m"),
    "boolean": ("privileged: true", "privileged: false", "privileged: false"),
    "restart": ("restart: always", "restart: on-failure:3", "restart: on-failure:3"),
    "extension": ("x-a: {b: 1, c: [1]}", "x-a: {d: 2, c: [2]}", "x-a: {b: 1, d: 2, c: [1, 2]}"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
