"""`!reset` takes away what came before, `!override` puts its value in place of it."""

import pytest

TRIPLES = {
    "scalar": ("hostname: a", "hostname: !reset null", ""),
    "the tagged value does not count": ("hostname: a", "hostname: !reset b", ""),
    "list": ("ports: ['80:80']", "ports: !reset []", ""),
    "list replaced": ("ports: ['80:80']", "ports: !override ['90:90']", "ports: ['90:90']"),
    "mapping replaced": ("labels: {a: 1}", "labels: !override {b: 2}", "labels: {b: 2}"),
    "one key": ("environment: {A: 1, B: 2}", "environment: {A: !reset null}", "environment: {B: 2}"),
    "what is not there": ("hostname: a", "domainname: !reset null", "hostname: a"),
    "through an anchor": ("ports: ['80:80']\nexpose: [1]", "x-r: &r !reset []\nports: *r", "expose: [1]"),
    "through a merge key": ("ports: ['80:80']\nexpose: [1]", "<<: {ports: !reset null}", "expose: [1]"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)


def test_a_whole_service_can_be_taken_away(same):
    same(
        "services: {a: {image: x}, b: {image: y}}",
        "services: {a: !reset null}",
        "services: {b: {image: y}}",
    )


def test_a_whole_service_can_be_replaced(same):
    same(
        "services: {a: {image: x, hostname: h}}",
        "services: {a: !override {image: y}}",
        "services: {a: {image: y}}",
    )


def test_a_section_can_be_taken_away(same):
    same(
        "services: {a: {image: x}}\nvolumes: {v: null}",
        "volumes: !reset null",
        "services: {a: {image: x}}",
    )
