"""Default values."""

import pytest

from compose.load import defaults


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("build", {}, {"context": "."}),
        ("build", {"context": "a"}, {"context": "a"}),
        ("secrets", [{"source": "s"}], [{"source": "s", "target": "/run/secrets/s"}]),
        ("secrets", [{"source": "s", "target": "t"}], [{"source": "s", "target": "t"}]),
        ("ports", [{"target": 80}], [{"target": 80, "protocol": "tcp", "mode": "ingress"}]),
        ("ports", [{"target": 80, "protocol": "udp", "mode": "host"}], [{"target": 80, "protocol": "udp", "mode": "host"}]),
        ("gpus", [{}], [{"count": "all"}]),
        ("gpus", [{"device_ids": ["a"]}], [{"device_ids": ["a"]}]),
        ("gpus", [{"count": 1}], [{"count": 1}]),
    ],
)
def test_defaults(attribute, value, expected):
    assert defaults.apply({"services": {"a": {attribute: value}}})["services"]["a"][attribute] == expected


def test_reserved_devices():
    service = {"deploy": {"resources": {"reservations": {"devices": [{"capabilities": ["gpu"]}]}}}}
    defaults.apply({"services": {"a": service}})
    assert service["deploy"]["resources"]["reservations"]["devices"] == [{"capabilities": ["gpu"], "count": "all"}]


@pytest.mark.parametrize(
    "data", [{}, {"services": None}, {"services": {"a": None}}, {"services": {"a": {"ports": 5, "build": "x"}}}]
)
def test_what_has_a_wrong_type_is_left_alone(data):
    assert defaults.apply(data) is data
