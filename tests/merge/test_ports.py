"""Published ports: one entry for each host address, host port, container port and protocol."""

import pytest

TRIPLES = {
    "joined": ("ports: ['80:80']", "ports: ['81:80']", "ports: ['80:80', '81:80']"),
    "equal": ("ports: ['80:80']", "ports: ['80:80', '90:90']", "ports: ['80:80', '90:90']"),
    "short and long": (
        "ports: ['80:80']",
        "ports: [{target: 80, published: '80', protocol: tcp}]",
        "ports: [{target: 80, published: '80', protocol: tcp}]",
    ),
    "a range against one of its ports": (
        "ports: ['8000-8002:80-82']",
        "ports: ['8001:81', '9000:81']",
        "ports: ['8000:80', '8001:81', '8002:82', '9000:81']",
    ),
    "protocols differ": ("ports: ['53:53']", "ports: ['53:53/udp']", "ports: ['53:53', '53:53/udp']"),
    "addresses differ": ("ports: ['80:80']", "ports: ['127.0.0.1:80:80']", "ports: ['80:80', '127.0.0.1:80:80']"),
    "without host port": ("ports: [80]", "ports: ['80']", "ports: [80]"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
