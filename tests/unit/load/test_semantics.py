"""Rules about single parts of the merged tree."""

import pytest

from compose.load.semantics import validate


def _found(data, **how):
    return [(problem.code, problem.path, problem.summary) for problem in validate(data, **how)]


def _service(**attributes):
    return _found({"services": {"a": attributes}})


@pytest.mark.parametrize(
    ("data", "code", "path", "summary"),
    [
        (
            {"volumes": {"v": {"external": True, "driver": "x"}}},
            "external-conflict",
            ("volumes", "v", "driver"),
            'volumes.v: conflicting parameters "external" and "driver" specified',
        ),
        (
            {"secrets": {"s": {"file": "f", "environment": "E"}}},
            "exclusive-keys",
            ("secrets", "s", "environment"),
            "secrets.s: file|environment attributes are mutually exclusive",
        ),
        (
            {"configs": {"c": {"content": "x", "file": "f"}}},
            "exclusive-keys",
            ("configs", "c", "content"),
            "configs.c: file|environment|content attributes are mutually exclusive",
        ),
        ({"secrets": {"s": {"name": "n"}}}, "missing-key", ("secrets", "s"), "secrets.s: one of file|environment must be set"),
        ({"configs": {"c": {}}}, "missing-key", ("configs", "c"), "configs.c: one of file|environment|content must be set"),
    ],
)
def test_resources(data, code, path, summary):
    assert _found(data) == [(code, path, summary)]


@pytest.mark.parametrize(
    "data",
    [
        {"volumes": {"v": {"external": True, "name": "n", "x-a": 1}, "w": {"external": False, "driver": "d"}, "n": None}},
        {"secrets": {"s": {"external": False}, "t": {"driver": "d"}}},
        {"configs": {"c": {"external": True}, "d": {"content": ""}}},
    ],
)
def test_resources_that_are_fine(data):
    assert _found(data) == []


@pytest.mark.parametrize(
    ("attributes", "code", "path"),
    [
        ({"ports": [{"target": 1, "host_ip": "localhost"}]}, "invalid-address", ("ports", 0, "host_ip")),
        ({"develop": {"watch": [{"path": ""}]}}, "blank-value", ("develop", "watch", 0, "path")),
        ({"gpus": [{"count": 1, "device_ids": []}]}, "exclusive-keys", ("gpus", 0, "device_ids")),
        (
            {"deploy": {"resources": {"reservations": {"devices": [{"count": 1, "device_ids": ["a"]}]}}}},
            "exclusive-keys",
            ("deploy", "resources", "reservations", "devices", 0, "device_ids"),
        ),
        ({"volumes": [{"type": "bind", "target": "/x"}]}, "missing-source", ("volumes", 0)),
    ],
)
def test_services(attributes, code, path):
    ((found, place, _),) = _service(**attributes)
    assert (found, place) == (code, ("services", "a", *path))


def test_addresses_may_be_variables_where_nothing_is_interpolated():
    data = {"services": {"a": {"ports": [{"target": 1, "host_ip": "${IP}"}]}}}
    assert _found(data, lenient=True) == []
    assert [code for code, *_ in _found(data)] == ["invalid-address"]
