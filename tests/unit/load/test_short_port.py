"""The short syntax of ports."""

import re

import pytest

from compose.load import short_port


def _brief(text):
    return [
        (port.get("host_ip", ""), port.get("published", ""), port["target"], port["protocol"]) for port in short_port.parse(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80", [("", "", 80, "tcp")]),
        ("80/udp", [("", "", 80, "udp")]),
        ("80/TCP", [("", "", 80, "tcp")]),
        ("80/", [("", "", 80, "tcp")]),
        ("8080:80", [("", "8080", 80, "tcp")]),
        ("0:80", [("", "0", 80, "tcp")]),
        ("127.0.0.1:8080:80", [("127.0.0.1", "8080", 80, "tcp")]),
        ("127.0.0.1::80", [("127.0.0.1", "", 80, "tcp")]),
        ("[::1]:8080:80/sctp", [("::1", "8080", 80, "sctp")]),
        (":80", [("", "", 80, "tcp")]),
        ("8000-8010:80", [("", "8000-8010", 80, "tcp")]),
        ("80-81:90-91", [("", "80", 90, "tcp"), ("", "81", 91, "tcp")]),
        ("9-11", [("", "", 10, "tcp"), ("", "", 11, "tcp"), ("", "", 9, "tcp")]),
    ],
)
def test_reads(text, expected):
    assert _brief(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "No port specified: <empty>"),
        ("80:", "No port specified: 80:<empty>"),
        ("a:80", "Invalid hostPort: a"),
        ("80:b", "Invalid containerPort: b"),
        ("82-80", "Invalid containerPort: 82-80"),
        ("70000:80", "Invalid hostPort: 70000"),
        ("80: 80", "Invalid containerPort:  80"),
        ("127.0.0.1:80", "Invalid hostPort: 127.0.0.1"),
        ("80/foo", "Invalid proto: foo"),
        ("host:80:80", "Invalid ip address: host"),
        ("::1:80:80", "Invalid ip address: ::1"),
        ("[::1:80:80", "Invalid ip address: [::1"),
        ("127.0.0.01:80:80", "Invalid ip address: 127.0.0.01"),
        ("80:80:80:80", "Invalid ip address: 80:80"),
        ("80-81:80-82", "Invalid ranges specified for container and host Ports: 80-82 and 80-81"),
        ("٣:80", "Invalid hostPort: ٣"),
    ],
)
def test_refuses_with_the_peers_words(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        short_port.parse(text)


def test_a_long_form_says_only_what_was_written():
    assert short_port.parse("3000") == [{"mode": "ingress", "target": 3000, "protocol": "tcp"}]
