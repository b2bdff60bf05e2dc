from __future__ import annotations

import pytest

from compose.state.observed import Published
from compose.view.ports import describe, in_order


def port(private, public=0, address="", protocol="tcp"):
    return Published(private=private, public=public, address=address, protocol=protocol)


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        ((), ""),
        ((port(80),), "80/tcp"),
        ((port(9002), port(9000), port(9001), port(53, protocol="udp")), "53/udp, 9000-9002/tcp"),
        ((port(80, 8080, "0.0.0.0"), port(80, 8080, "::")), "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp"),
        (
            (port(8000, 8000, "0.0.0.0"), port(8001, 8001, "0.0.0.0"), port(8003, 8003, "0.0.0.0"), port(81, 32768, "0.0.0.0")),
            "0.0.0.0:8000-8001->8000-8001/tcp, 0.0.0.0:8003->8003/tcp, 0.0.0.0:32768->81/tcp",
        ),
    ],
)
def test_ports_in_one_line_as_docker_ps_has_them(ports, text):
    assert describe(ports) == text


def test_ports_are_listed_by_container_port_then_address():
    listed = in_order((port(81, 9, "::"), port(81, 9, "0.0.0.0"), port(80)))
    assert [(one.private, one.address) for one in listed] == [(80, ""), (81, "0.0.0.0"), (81, "::")]
