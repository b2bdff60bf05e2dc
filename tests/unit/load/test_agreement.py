"""The types accept fast and the schema explains: both have to accept and refuse the same documents."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compose.load import schema
from compose.load.canonical import canonicalise
from compose.load.decode import decode
from compose.source.document import Origin, clone
from compose.source.parse import parse

DATA = Path(__file__).parent / "data"
GRAMMARS = {
    "invalid-port",
    "invalid-volume",
    "invalid-device",
    "invalid-ssh-key",
    "invalid-key-value",
    "invalid-host",
    "invalid-command",
    "missing-target",
    "trailing-space",
    "external-name-conflict",
}
"""Text that only its own parser can judge: the schema asks for text there, and no more."""


def _read(name):
    file = DATA / name
    return parse(Origin(str(file), file.read_text()))[0].data


EVERYTHING, SHORT = _read("everything.yaml"), _read("short.yaml")


def _refused_by_types(document):
    tree = clone(document)
    for service in tree.get("services", {}).values() if isinstance(tree.get("services"), dict) else ():
        service.pop("extends", None) if isinstance(service, dict) else None  # a stage of its own resolves it
    tree, problems = canonicalise(tree)
    problems += decode(tree).problems
    return [problem for problem in problems if problem.severity == "error" and problem.code not in GRAMMARS]


@pytest.mark.parametrize("document", [EVERYTHING, SHORT, {}, {"services": {}}], ids=["long", "short", "empty", "no services"])
def test_both_accept_valid_documents(document):
    assert _refused_by_types(document) == []
    assert schema.explain(document) == ()


def test_the_samples_have_every_property_of_the_schema():
    whole = json.loads(schema.text())
    missing = {
        ".".join(path)
        for path in _properties(whole, whole, ())
        if not any(_has(document, path) for document in (EVERYTHING, SHORT))
    }
    assert missing == set()


def _properties(node, whole, path):
    """Yield the paths of all properties; `*` is any key, `[]` any item."""
    if "$ref" in node:
        node = {**whole["$defs"][node["$ref"].rpartition("/")[2]], **{key: node[key] for key in node if key != "$ref"}}
    for key, child in node.get("properties", {}).items():
        yield (*path, key)
        yield from _properties(child, whole, (*path, key))
    for pattern, child in node.get("patternProperties", {}).items():
        if pattern != "^x-":
            yield from _properties(child, whole, (*path, "*"))
    if isinstance(node.get("items"), dict):
        yield from _properties(node["items"], whole, (*path, "[]"))
    for form in node.get("oneOf", ()):
        yield from _properties(form, whole, path)
    if isinstance(node.get("additionalProperties"), dict):
        yield from _properties(node["additionalProperties"], whole, (*path, "*"))


def _has(node, path):
    if not path:
        return True
    first, *rest = path
    if first in {"*", "[]"}:
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return any(_has(child, rest) for child in children)
    return isinstance(node, dict) and first in node and _has(node[first], rest)


def _paths(node, path=()):
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


PLACES = [
    (document, path)
    for document in (EVERYTHING, SHORT)
    for path in _paths(document)
    if path and path[0] not in {"include", "version"} and "extends" not in path
    if not any(str(part).startswith("x-") for part in path)
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2000, 2000),
    st.sampled_from([0.5, 1.0, -1.5, 1e3]),
    st.sampled_from(["", "text", "1", "-1", "0.5", "1s", "5m", "yes", "all", "CMD", "a=b", "sync", "bind", "z", "1k", "0440"]),
)
KEYS = st.sampled_from(["a", "soft", "hard", "path", "x-a"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


def _mutated(place, change, value):
    document, path = place
    document = clone(document)
    parent = document
    for part in path[:-1]:
        parent = parent[part]
    key = path[-1]
    if change == "replace":
        parent[key] = value
    elif change == "remove":
        del parent[key]
        if isinstance(parent, list):
            del parent.marks[key]
    elif change == "misspell" and isinstance(parent, dict):
        parent[f"{key}x"] = parent.pop(key)
    elif change == "add" and isinstance(parent[key], dict):
        parent[key]["unheard-of"] = value
    elif change == "repeat" and isinstance(parent, list):
        parent.add(parent[key], None)
    return document


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.sampled_from(PLACES),
    change=st.sampled_from(["replace", "replace", "replace", "remove", "misspell", "add", "repeat"]),
    value=VALUES,
)
def test_types_and_schema_refuse_the_same_documents(place, change, value):
    document = _mutated(place, change, copy.deepcopy(value))
    by_types = _refused_by_types(document)
    by_schema = schema.explain(document)
    assert bool(by_types) == bool(by_schema), (place[1], change, value, by_types, by_schema)
