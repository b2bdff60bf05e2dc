"""Merging as triples of texts: a base, an override, and the one file that means the same as both."""

import re
import textwrap

import pytest

from compose.load.canonical import canonicalise
from compose.load.decode import decode
from compose.load.merge import merge
from compose.load.reset import apply_resets
from compose.load.unique import enforce_unicity
from compose.source.document import Map, Origin
from compose.source.parse import parse


def project(*texts):
    tree = Map()
    for number, text in enumerate(texts):
        for document in parse(Origin(f"{number}.yaml", text)):
            apply_resets(tree, document.resets)
            problems = merge(tree, document.data)
            problems += canonicalise(tree)[1]
            assert not problems
            enforce_unicity(tree)
    decoded = decode(tree)
    assert not decoded.problems
    return decoded


def service(body):
    body = textwrap.dedent(body).strip("\n")
    image = "" if re.search("^(image|build):", body, re.MULTILINE) else "image: i\n"
    return "services:\n  s:\n" + textwrap.indent(image + body, "    ") + "\n"


@pytest.fixture
def same():
    """Assert that two files mean what a third says."""

    def check(base, override, expected):
        assert project(base, override) == project(expected)

    return check


@pytest.fixture
def same_service(same):
    """Assert the same of three bodies of a service."""

    def check(base, override, expected):
        same(service(base), service(override), service(expected))

    return check


@pytest.fixture
def clash():
    """Return the problems of merging two bodies of a service that do not fit together."""

    def check(base, override):
        tree = parse(Origin("base.yaml", service(base)))[0].data
        return merge(tree, parse(Origin("override.yaml", service(override)))[0].data)

    return check
