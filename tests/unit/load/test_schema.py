"""The schema, and how it explains mistakes."""

import json

import pytest
from jsonschema import Draft202012Validator

from compose.load import schema


def _described(node, path=()):
    """Yield the paths of properties, with whether they say what they are."""
    if isinstance(node, dict):
        for key, child in node.get("properties", {}).items():
            yield (*path, key), "description" in child or "$ref" in child
        for key, child in node.items():
            yield from _described(child, (*path, key))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _described(child, (*path, index))


def test_it_is_a_schema():
    Draft202012Validator.check_schema(json.loads(schema.text()))


def test_every_property_and_definition_is_described():
    whole = json.loads(schema.text())
    assert [path for path, described in _described(whole) if not described] == []
    assert [name for name, definition in whole["$defs"].items() if "description" not in definition] == []


def test_every_definition_is_used():
    text = schema.text()
    names = json.loads(text)["$defs"]
    assert [name for name in names if f'"#/$defs/{name}"' not in text] == []


def _explained(data):
    return [(problem.path, problem.code, problem.summary, problem.hint, problem.at) for problem in schema.explain(data)]


def _service(**attributes):
    return _explained({"services": {"a": attributes}})


def test_unknown_keys_name_what_may_be_meant():
    assert _service(imge="x") == [
        (
            ("services", "a", "imge"),
            "unknown-key",
            "services.a additional properties 'imge' not allowed",
            "did you mean `image`?",
            "key",
        )
    ]
    assert _explained({"servces": {}})[0][2:4] == ("additional properties 'servces' not allowed", "did you mean `services`?")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ({"ports": []}, "`ports` is a key of a service: look at the indentation"),
        ({"services": {"a": {"healthcheck": {"restart": "no"}}}}, "`restart` is a key of the service: look at the indentation"),
        ({"services": {"a": {"include": []}}}, "`include` belongs to the top level: look at the indentation"),
        ({"services": {"a": {"zzz": 1}}}, "keys of your own begin with `x-`"),
        ({"services": {"a": {"blkio_config": {"x-a": 1}}}}, "`x-` keys are not possible here"),
    ],
)
def test_keys_that_belong_elsewhere_say_where(data, hint):
    assert [found[3] for found in _explained(data)] == [hint]


def test_names_are_not_misspelt_keys():
    (problem,) = _explained({"services": {"a b": {}}})
    assert problem[1:4] == (
        "invalid-name",
        "services additional properties 'a b' not allowed",
        "a name has letters, digits, `.`, `_` and `-` only",
    )


@pytest.mark.parametrize(
    ("attributes", "summary", "hint"),
    [
        ({"image": 5}, "services.a.image must be a string", "put it in quotes to make it text"),
        ({"tty": []}, "services.a.tty must be a boolean or string", ""),
        ({"volumes": [5]}, "services.a.volumes[0] must be a mapping or string", "put it in quotes to make it text"),
        ({"labels": None}, "services.a.labels must be a array or mapping", "it has no value: give it one, or leave the key out"),
        ({"cap_add": "A"}, "services.a.cap_add must be a array", "write each entry on a line of its own after `- `"),
        ({"healthcheck": []}, "services.a.healthcheck must be a mapping", "write `key: value` lines"),
        ({"labels": {"a": []}}, "services.a.labels.a must be a boolean, null, number or string", ""),
        ({"gpus": "some"}, "services.a.gpus must be a 'all' or array", "write each entry on a line of its own after `- `"),
        ({"extends": {}}, "services.a.extends missing property 'service'", "add `service:`"),
        ({"oom_score_adj": 2000}, "services.a.oom_score_adj must be less than or equal to 1000", ""),
        ({"cpu_count": -1}, "services.a.cpu_count must be greater than or equal to 0", ""),
        ({"healthcheck": {"retries": -1}}, "services.a.healthcheck.retries must be greater than or equal to 0", ""),
        ({"cgroup": "hots"}, "services.a.cgroup value must be one of 'host', 'private'", "did you mean `host`?"),
        ({"security_opt": ["a", "b", "a"]}, "services.a.security_opt items at 0 and 2 are equal", "remove one of them"),
        (
            {"environment": [{"A": 1}]},
            "services.a.environment[0] must be a string",
            "in a list write `KEY=value`, or leave out the `-` and write `KEY: value`",
        ),
        ({"container_name": "a"}, "services.a.container_name 'a' does not match pattern '[a-zA-Z0-9][a-zA-Z0-9_.-]+'", None),
    ],
)
def test_the_words_are_the_peers(attributes, summary, hint):
    ((_, _, said, advice, _),) = _service(**attributes)
    assert said == summary
    assert hint is None or advice == hint


def test_all_mistakes_of_the_form_that_fits_are_told():
    found = _service(build={"contxt": ".", "args": [1], "tags": "x"})
    assert {path for path, *_ in found} == {
        ("services", "a", "build", "contxt"),
        ("services", "a", "build", "args", 0),
        ("services", "a", "build", "tags"),
    }


def test_text_that_is_not_interpolated_yet_may_stand_for_numbers():
    assert _service(scale="${N}", cpus="${C}", mem_limit="${M}", tty="${T}", stop_grace_period="${S}") == []


def test_grammars_of_text_may_be_left_out():
    data = {"services": {"a": {"mem_limit": "lots", "healthcheck": {"retries": -1}, "image": 5}}}
    assert [problem.path[-1] for problem in schema.explain(data, grammars=False)] == ["image"]
