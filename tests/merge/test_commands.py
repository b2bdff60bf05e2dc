"""Commands: the override's always wins, and null takes the base's away."""

import pytest

TRIPLES = {
    "command": ("command: a b", "command: [c]", "command: [c]"),
    "command null": ("command: a b", "command: null", ""),
    "command empty": ("command: a b", "command: []", "command: []"),
    "entrypoint": ("entrypoint: [a]", "entrypoint: b c", "entrypoint: [b, c]"),
    "entrypoint null": ("entrypoint: [a]", "entrypoint: null", ""),
    "healthcheck test": (
        "healthcheck: {test: [CMD, a], interval: 5s}",
        "healthcheck: {test: b}",
        "healthcheck: {test: [CMD-SHELL, b], interval: 5s}",
    ),
    "healthcheck fields": (
        "healthcheck: {test: a, interval: 5s}",
        "healthcheck: {interval: 9s, retries: 3}",
        "healthcheck: {test: a, interval: 9s, retries: 3}",
    ),
    "hooks are joined": (
        "post_start: [{command: a}]",
        "post_start: [{command: b, user: root}]",
        "post_start: [{command: a}, {command: b, user: root}]",
    ),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
