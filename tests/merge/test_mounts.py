"""Mounts, secrets and configs: one entry for each target; the later replaces the earlier whole, in its place."""

import pytest

TRIPLES = {
    "another source": ("volumes: ['/a:/x', '/b:/y']", "volumes: ['/c:/x:ro']", "volumes: ['/c:/x:ro', '/b:/y']"),
    "added": ("volumes: ['/a:/x']", "volumes: ['/a:/y']", "volumes: ['/a:/x', '/a:/y']"),
    "short and long": (
        "volumes: ['/a:/x']",
        "volumes: [{type: tmpfs, target: /x, tmpfs: {size: 10m}}]",
        "volumes: [{type: tmpfs, target: /x, tmpfs: {size: 10m}}]",
    ),
    "anonymous": ("volumes: [/x]", "volumes: [/x]", "volumes: [/x]"),
    "fields do not merge": (
        "volumes: [{type: bind, source: /a, target: /x, read_only: true}]",
        "volumes: [{type: bind, source: /b, target: /x}]",
        "volumes: [{type: bind, source: /b, target: /x}]",
    ),
    "secrets": ("secrets: [a, b]", "secrets: [a, c]", "secrets: [a, b, c]"),
    "secrets by target": (
        "secrets: [{source: a, target: t}, b]",
        "secrets: [{source: c, target: t}]",
        "secrets: [{source: c, target: t}, b]",
    ),
    "configs": ("configs: [a]", "configs: [{source: b, target: /a}]", "configs: [{source: b, target: /a}]"),
    "build secrets are joined": ("build: {secrets: [a]}", "build: {secrets: [b]}", "build: {secrets: [a, b]}"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
