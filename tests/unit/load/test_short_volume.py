"""The short syntax of a service's volumes."""

import re

import pytest

from compose.load import short_volume


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data", {"type": "volume", "target": "/data", "volume": {}}),
        ("ab", {"type": "volume", "target": "ab"}),
        ("data:/x/../y/", {"type": "volume", "source": "data", "target": "/y", "volume": {}}),
        ("data:/x:nocopy", {"type": "volume", "source": "data", "target": "/x", "volume": {"nocopy": True}}),
        ("data:/x:rw", {"type": "volume", "source": "data", "target": "/x", "volume": {}}),
        ("./a:/x", {"type": "bind", "source": "./a", "target": "/x", "bind": {"create_host_path": True}}),
        ("~:/x:ro", {"type": "bind", "source": "~", "target": "/x", "read_only": True, "bind": {"create_host_path": True}}),
        (
            "/a:/x:z,rslave",
            {
                "type": "bind",
                "source": "/a",
                "target": "/x",
                "bind": {"selinux": "z", "propagation": "rslave", "create_host_path": True},
            },
        ),
        ("C:\\x:/y", {"type": "bind", "source": "C:\\x", "target": "/y", "bind": {"create_host_path": True}}),
        ("v:/a", {"type": "volume", "target": "v:/a", "volume": {}}),
        ("a::b", {"type": "bind", "source": "a:", "target": "b", "bind": {"create_host_path": True}}),
        ("${A:-/x}:/y", {"type": "volume", "source": "${A:-/x}", "target": "/y", "volume": {}}),
        ("/a://b", {"type": "bind", "source": "/a", "target": "/b", "bind": {"create_host_path": True}}),
    ],
)
def test_reads(text, expected):
    assert short_volume.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "invalid empty volume spec"),
        ("data:", "invalid spec: data:: empty section between colons"),
        ("data::/x", "invalid spec: data::/x: empty section between colons"),
        ("data:/x:ro:z", "invalid spec: data:/x:ro:z: too many colons"),
    ],
)
def test_refuses_with_the_peers_words(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        short_volume.parse(text)


def test_names_the_options_that_mean_nothing():
    assert short_volume.unknown_options("/a:/b:ro,cached,Z") == ["cached"]
