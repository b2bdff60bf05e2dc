"""Whatever a file holds, loading it gives a result or `InvalidProject`, never another exception."""

import contextlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from compose.base.errors import InvalidProject
from compose.load import schema
from compose.load.pipeline import LoadRequest, load, load_model
from compose.source.document import Map, Origin
from compose.source.dotenv import read, read_raw
from compose.source.parse import parse
from compose.source.template import Outcome, substitute, variables

DOTENV = st.text(alphabet="aA1_=:\"' \n\t\\$#{}-?é\r.exportn", max_size=60)
TEMPLATE = st.text(alphabet="aA1_${}:-?+ \n\\é", max_size=60)
YAML = st.text(alphabet="ab:-?[]{},&*!|>'\"#%@` \n\t<~.0\\é\0", max_size=60)


def vocabulary():
    """Return every key that the schema knows."""

    def keys(node):
        if isinstance(node, dict):
            yield from node.get("properties", {})
            for child in node.values():
                yield from keys(child)
        elif isinstance(node, list):
            for child in node:
                yield from keys(child)

    return sorted(set(keys(json.loads(schema.text()))))


KEYS = st.sampled_from([*vocabulary(), "a", "b", "x-a", "<<"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 70), 1 << 70),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(
        [
            "",
            "a",
            "./a",
            "80",
            "80:80",
            "a:/b:ro",
            "1s",
            "1g",
            "service:a",
            "K=v",
            "true",
            "${A}",
            "${A:?x}",
            "$",
            "~/x",
            "9" * 5000,
            "9" * 400 + ".5g",
            "9" * 5000 + "s",
            "[::1]:80:80",
            "2024-01-01",
            "::",
        ]
    ),
    st.text(alphabet="ab:/=.,-${}[]1 ", max_size=12),
)
VALUES = st.recursive(
    SCALARS,
    lambda children: st.one_of(st.lists(children, max_size=4), st.dictionaries(KEYS, children, max_size=5)),
    max_leaves=25,
)
SERVICES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.one_of(SCALARS, st.dictionaries(KEYS, VALUES, max_size=8)), max_size=3
)
SECTIONS = st.fixed_dictionaries(
    {"services": st.one_of(SERVICES, VALUES)},
    optional=dict.fromkeys(
        ("networks", "volumes", "secrets", "configs", "models", "include", "name", "version", "x-a", "odd"), VALUES
    ),
)


@given(TEMPLATE)
def test_templates(text):
    assert isinstance(substitute(text, {"A": "1"}.get, Outcome()), str)
    assert all(variable.name for variable in variables(text))


@given(DOTENV)
def test_env_files(text):
    for reader in (lambda *where: read(*where, Outcome()), read_raw):
        values = Map()
        reader(Origin("x", text), {"A": "1"}.get, values)
        assert all(isinstance(value, str) for value in values.values())
        assert values.keys() == values.marks.keys()


@settings(max_examples=300)
@given(YAML)
def test_yaml(text):
    origin = Origin("x", text)
    with contextlib.suppress(InvalidProject):
        for document in parse(origin):
            document.places.nearest(("a", "b", 0))


def attempt(root, *trees):
    names = tuple(f"{index}.yaml" for index in range(len(trees)))
    for name, tree in zip(names, trees, strict=True):
        (root / name).write_text(json.dumps(tree))
    request = LoadRequest(files=names, cwd=str(root), environment={"A": "1"}, project_name="p")
    for run in (load, load_model):
        try:
            run(request)
        except InvalidProject as error:
            assert error.diagnostics  # noqa: PT017 - either outcome is right


@settings(max_examples=150, deadline=None)
@given(st.lists(SECTIONS, min_size=1, max_size=3))
def test_projects(tmp_path_factory, trees):
    attempt(tmp_path_factory.mktemp("project"), *trees)


SHAPED = st.fixed_dictionaries(
    {
        "services": st.dictionaries(
            st.sampled_from(["a", "b"]),
            st.dictionaries(KEYS, VALUES, max_size=3).map(lambda body: {"image": "i", **body}),
            min_size=1,
        )
    }
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SHAPED, min_size=1, max_size=2))
def test_projects_that_are_nearly_right(tmp_path_factory, trees):
    attempt(tmp_path_factory.mktemp("project"), *trees)
