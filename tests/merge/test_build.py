"""The build section: a text is the context, the rest merges by key."""

import pytest

TRIPLES = {
    "text over text": ("build: ./a", "build: ./b", "build: ./b"),
    "mapping over text": ("build: ./a", "build: {target: t}", "build: {context: ./a, target: t}"),
    "text over mapping": ("build: {context: ./a, target: t}", "build: ./b", "build: {context: ./b, target: t}"),
    "lists are joined": (
        "build: {cache_from: [a], platforms: [linux/amd64]}",
        "build: {cache_from: [b], platforms: [linux/arm64]}",
        "build: {cache_from: [a, b], platforms: [linux/amd64, linux/arm64]}",
    ),
    "ulimits": ("build: {ulimits: {nofile: 1}}", "build: {ulimits: {nproc: 2}}", "build: {ulimits: {nofile: 1, nproc: 2}}"),
    "extra hosts": (
        "build: {extra_hosts: [a=1.1.1.1]}",
        "build: {extra_hosts: {b: 2.2.2.2}}",
        "build: {extra_hosts: [a=1.1.1.1, b=2.2.2.2]}",
    ),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
