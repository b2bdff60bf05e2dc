"""Short syntaxes become long ones, and every mistake in them is reported at its place."""

import copy

import pytest

from compose.load.canonical import canonicalise
from compose.load.decode import decode


def _service(**attributes):
    data, problems = canonicalise({"services": {"a": attributes}})
    assert problems == ()
    return data["services"]["a"]


@pytest.mark.parametrize(
    ("attribute", "short", "long"),
    [
        ("build", ".", {"context": "."}),
        ("build", {"provenance": True, "sbom": False}, {"provenance": "true", "sbom": "false"}),
        ("build", {"secrets": ["s"]}, {"secrets": [{"source": "s"}]}),
        ("build", {"additional_contexts": ["a=b", "c=d=e"]}, {"additional_contexts": {"a": "b", "c": "d=e"}}),
        ("build", {"ssh": ["default", "id=/k", "other: /l"]}, {"ssh": {"default": None, "id": "/k", "other": "/l"}}),
        ("configs", ["c", {"source": "d"}], [{"source": "c"}, {"source": "d"}]),
        ("depends_on", ["db"], {"db": {"condition": "service_started", "required": True}}),
        (
            "depends_on",
            {"db": {"condition": "service_healthy"}},
            {"db": {"condition": "service_healthy", "required": True}},
        ),
        ("develop", {"watch": [{"ignore": "x", "include": ["y"]}]}, {"watch": [{"ignore": ["x"], "include": ["y"]}]}),
        ("devices", ["/dev/a"], [{"source": "/dev/a", "target": "/dev/a", "permissions": "rwm"}]),
        ("devices", ["/dev/a:/dev/b:r"], [{"source": "/dev/a", "target": "/dev/b", "permissions": "r"}]),
        ("dns", "1.1.1.1", ["1.1.1.1"]),
        ("dns", ["", "1.1.1.1"], ["1.1.1.1"]),
        ("env_file", "a.env", [{"path": "a.env", "required": True}]),
        (
            "env_file",
            ["a", {"path": "b", "required": False}],
            [{"path": "a", "required": True}, {"path": "b", "required": False}],
        ),
        ("gpus", "all", [{"count": "all"}]),
        ("label_file", "l", ["l"]),
        ("models", ["m"], {"m": None}),
        ("networks", ["n", "o"], {"n": None, "o": None}),
        ("secrets", ["s"], [{"source": "s"}]),
        ("volumes", ["/x", "/xy"], [{"type": "volume", "target": "/x"}, {"type": "volume", "target": "/xy", "volume": {}}]),
        (
            "ports",
            ["80-81", 90, {"target": 7}],
            [
                {"mode": "ingress", "target": 80, "protocol": "tcp"},
                {"mode": "ingress", "target": 81, "protocol": "tcp"},
                {"mode": "ingress", "target": 90, "protocol": "tcp"},
                {"target": 7},
            ],
        ),
    ],
)
def test_long_form(attribute, short, long):
    assert _service(**{attribute: short})[attribute] == long


def test_long_form_is_left_alone():
    service = {"ports": ["80:80/udp"], "volumes": ["a1:/x", "./b:/y"], "build": ".", "env_file": "e"}
    once, _ = canonicalise({"services": {"a": service}})
    twice, problems = canonicalise(copy.deepcopy(once))
    assert (twice, problems) == (once, ())


@pytest.mark.parametrize("kind", ["networks", "volumes", "secrets", "configs"])
def test_external_name_moves_to_name_with_a_warning(kind):
    data, problems = canonicalise({kind: {"r": {"external": {"name": "n"}}, "s": None, "t": {"external": {}}}})
    assert data[kind] == {"r": {"external": True, "name": "n"}, "s": None, "t": {"external": True}}
    assert [(problem.severity, problem.path) for problem in problems] == [("warning", (kind, "r", "external"))]


def test_all_mistakes_are_reported_at_their_entries():
    data = {
        "services": {
            "a": {
                "ports": ["80:b", "80-82:80-82", {"published": 1}, "x:80:80"],
                "volumes": ["", {"type": "bind"}],
                "devices": ["a:b:c:d", {"source": "a"}],
                "build": {"ssh": ["x"], "additional_contexts": ["y"]},
            }
        },
        "networks": {"n": {"name": "a", "external": {"name": "b"}}},
    }
    after, problems = canonicalise(data)
    service = ("services", "a")
    assert {(problem.path, problem.code) for problem in problems if problem.severity == "error"} == {
        ((*service, "ports", 0), "invalid-port"),
        ((*service, "ports", 2), "missing-target"),
        ((*service, "ports", 3), "invalid-port"),
        ((*service, "volumes", 0), "invalid-volume"),
        ((*service, "volumes", 1), "missing-target"),
        ((*service, "devices", 0), "invalid-device"),
        ((*service, "devices", 1), "missing-target"),
        ((*service, "build", "ssh", 0), "invalid-ssh-key"),
        ((*service, "build", "additional_contexts", 0), "invalid-key-value"),
        (("networks", "n", "name"), "external-name-conflict"),
    }
    assert len(after["services"]["a"]["ports"]) == 4, "indices in problems must go on fitting the list"


@pytest.mark.parametrize("attribute", ["networks", "depends_on", "models"])
def test_a_name_that_is_listed_twice_is_refused(attribute):
    _, problems = canonicalise({"services": {"a": {attribute: ["x", "y", "x"]}}})
    assert [problem.summary for problem in problems] == [f"services.a.{attribute} items at 0 and 2 are equal"]


def test_a_dependency_without_condition_is_left_for_decoding():
    assert _service(depends_on={"b": {"restart": True}})["depends_on"] == {"b": {"restart": True, "required": True}}


def test_what_cannot_be_read_does_not_hide_other_mistakes():
    tree, problems = canonicalise({"services": {"a": {"ports": ["80:b"], "volumes": ["a:b:c:d:e"], "devices": ["a:b:c:d"]}}})
    assert len(problems) == 3
    assert decode(tree).problems == ()


def test_text_that_is_not_interpolated_passes_when_lenient():
    service = {"ports": ["${P}:80", "81:81"], "volumes": ["${V:-a}:/b"], "build": {"additional_contexts": ["$X"]}}
    data, problems = canonicalise({"services": {"a": copy.deepcopy(service)}}, lenient=True)
    assert problems == ()
    assert data["services"]["a"]["ports"] == service["ports"]
    assert data["services"]["a"]["build"] == service["build"]


_ATTRIBUTES = ("ports", "volumes", "build", "networks", "depends_on", "env_file", "gpus", "devices", "secrets", "develop")


@pytest.mark.parametrize(
    "data",
    [
        {"services": []},
        {"services": {"a": 5, "b": None}},
        {"services": {"a": dict.fromkeys(_ATTRIBUTES, True)}},
        {"services": {"a": {key: [5.5, None, True, ["x"]] for key in _ATTRIBUTES}}},
        {"networks": {"n": 5}, "volumes": 7, "secrets": [1]},
    ],
)
def test_values_of_a_wrong_type_are_left_for_decoding(data):
    before = copy.deepcopy(data)
    assert canonicalise(data) == (before, ())


def test_an_unknown_option_of_a_volume_is_a_warning():
    _, problems = canonicalise({"services": {"a": {"volumes": ["/a:/b:cached"]}}})
    assert [(problem.severity, problem.code) for problem in problems] == [("warning", "unknown-volume-option")]
