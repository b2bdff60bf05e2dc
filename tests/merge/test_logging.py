"""Logging: options merge only where both name the same driver, or one names none."""

import pytest

TRIPLES = {
    "same driver": (
        "logging: {driver: json-file, options: {a: '1', b: '2'}}",
        "logging: {driver: json-file, options: {b: '3'}}",
        "logging: {driver: json-file, options: {a: '1', b: '3'}}",
    ),
    "no driver in the override": (
        "logging: {driver: json-file, options: {a: '1'}}",
        "logging: {options: {b: '2'}}",
        "logging: {driver: json-file, options: {a: '1', b: '2'}}",
    ),
    "no driver in the base": (
        "logging: {options: {a: '1'}}",
        "logging: {driver: syslog}",
        "logging: {driver: syslog, options: {a: '1'}}",
    ),
    "another driver": (
        "logging: {driver: json-file, options: {a: '1'}}",
        "logging: {driver: syslog, options: {b: '2'}}",
        "logging: {driver: syslog, options: {b: '2'}}",
    ),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
