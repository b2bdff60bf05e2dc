"""What follows from a whole project."""

import pytest

from compose.load.normalise import normalise, resolve_environment
from compose.load.resource_types import CONTENT


def _service(service, environment=None):
    return normalise({"services": {"a": service}}, "p", environment or {})["services"]["a"]


def test_services_without_networks_join_the_default_one():
    data = normalise({"services": {"a": {}, "b": {"networks": {}}, "c": {"networks": {"x": None}}}}, "p", {})
    assert [service["networks"] for service in data["services"].values()] == [{"default": None}, {"default": None}, {"x": None}]
    assert data["networks"] == {"default": {"name": "p_default"}}


@pytest.mark.parametrize("service", [{"network_mode": "host"}, {"network_mode": ""}, {"provider": {"type": "x"}}])
def test_services_that_need_no_network_join_none(service):
    data = normalise({"services": {"a": service}}, "p", {})
    assert "networks" not in data
    assert "networks" not in service


def test_a_declared_default_network_stays():
    data = normalise({"services": {"a": {}}, "networks": {"default": {"name": "n"}}}, "p", {})
    assert data["networks"] == {"default": {"name": "n"}}


@pytest.mark.parametrize("section", ["networks", "volumes", "secrets", "configs"])
def test_names(section):
    resources = {"a": None, "b": {"external": True}, "c": {"name": "n"}, "d": {"external": False}}
    data = normalise({section: resources}, "p", {})
    assert {key: value["name"] for key, value in data[section].items()} == {"a": "p_a", "b": "b", "c": "n", "d": "p_d"}


def test_pull_policy_and_dockerfile():
    service = _service({"pull_policy": "if_not_present", "build": {}})
    assert service["pull_policy"] == "missing"
    assert service["build"] == {"context": ".", "dockerfile": "Dockerfile"}
    assert _service({"build": {"dockerfile_inline": "FROM x"}})["build"] == {"context": ".", "dockerfile_inline": "FROM x"}


def test_variables_without_a_value_come_from_the_environment():
    environment = {"A": "1"}
    assert _service({"environment": {"A": None, "B": None, "C": ""}}, environment)["environment"] == {
        "A": "1",
        "B": None,
        "C": "",
    }
    assert _service({"environment": ["A", "B", "C="]}, environment)["environment"] == ["A=1", "B", "C="]


def test_build_arguments_without_a_value_are_dropped():
    assert _service({"build": {"args": {"A": None, "B": None}}}, {"A": "1"})["build"]["args"] == {"A": "1"}
    assert _service({"build": {"args": ["A", "B", "C=x"]}}, {"A": "1"})["build"]["args"] == ["A=1", "C=x"]


@pytest.mark.parametrize(
    ("attribute", "value", "restart"),
    [
        ("links", ["b"], True),
        ("links", ["b:alias"], True),
        ("network_mode", "service:b", True),
        ("ipc", "service:b", True),
        ("pid", "service:b", True),
        ("uts", "service:b", True),
        ("cgroup", "service:b", True),
        ("volumes_from", ["b"], False),
        ("volumes_from", ["b:ro"], False),
    ],
)
def test_implied_dependencies(attribute, value, restart):
    expected = {"b": {"condition": "service_started", "restart": restart, "required": True}}
    assert _service({attribute: value})["depends_on"] == expected


@pytest.mark.parametrize(
    ("attribute", "value"), [("volumes_from", ["container:b"]), ("network_mode", "container:b"), ("ipc", "host")]
)
def test_containers_are_no_dependencies(attribute, value):
    assert "depends_on" not in _service({attribute: value})


def test_a_written_dependency_is_kept():
    written = {"b": {"condition": "service_healthy", "required": False}}
    assert _service({"depends_on": dict(written), "links": ["b"]})["depends_on"] == written


def test_targets_are_cleaned_and_hooks_inherit_the_image():
    service = _service({"image": "i", "volumes": [{"target": "/a/../b/"}, {"target": ""}], "pre_start": [{}, {"image": "j"}]})
    assert [mount["target"] for mount in service["volumes"]] == ["/b", "."]
    assert [hook["image"] for hook in service["pre_start"]] == ["i", "j"]


def test_configs_and_secrets_take_their_values_from_the_environment():
    data = {"configs": {"c": {"environment": "A"}, "d": {"environment": "B"}}, "secrets": {"s": {"environment": "A"}}}
    resolve_environment(data, {"A": "value"})
    assert data["configs"] == {"c": {"environment": "A", "content": "value"}, "d": {"environment": "B"}}
    assert data["secrets"] == {"s": {"environment": "A", CONTENT: "value"}}


@pytest.mark.parametrize(
    "data",
    [
        {"services": 5, "networks": []},
        {"services": {"a": None, "b": {"networks": 3, "links": [5], "environment": 7, "depends_on": [1], "pre_start": [1]}}},
        {"volumes": {"v": 5}},
    ],
)
def test_wrong_types_do_no_harm(data):
    assert normalise(resolve_environment(data, {}), "p", {}) is data
