"""Limits: the override's replaces the base's of the same name whole."""

import pytest

TRIPLES = {
    "number over mapping": ("ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: 5}", "ulimits: {nofile: 5}"),
    "mapping over number": (
        "ulimits: {nofile: 5}",
        "ulimits: {nofile: {soft: 1, hard: 2}}",
        "ulimits: {nofile: {soft: 1, hard: 2}}",
    ),
    "mapping over mapping": (
        "ulimits: {nofile: {soft: 1, hard: 2}}",
        "ulimits: {nofile: {soft: 3, hard: 4}}",
        "ulimits: {nofile: {soft: 3, hard: 4}}",
    ),
    "names are kept apart": ("ulimits: {nofile: 1}", "ulimits: {nproc: 2}", "ulimits: {nofile: 1, nproc: 2}"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
