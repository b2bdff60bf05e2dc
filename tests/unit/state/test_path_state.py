from __future__ import annotations

import json
from base64 import b64encode

import pytest

from compose.state.path_state import PathState, path_state


def header(**stat):
    return b64encode(json.dumps({"name": "x", "size": 3, "mtime": "2026-01-01T00:00:00Z", **stat}).encode()).decode()


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ({"mode": 0o644, "linkTarget": ""}, PathState()),
        ({"mode": 2147484141, "linkTarget": ""}, PathState(is_directory=True)),
        ({"mode": 134218239, "linkTarget": "/etc/x"}, PathState(is_link=True, target="/etc/x")),
        ({"mode": 69206454, "linkTarget": ""}, PathState(is_special=True)),
    ],
)
def test_what_the_engine_says_of_a_path(stat, state):
    assert path_state(header(**stat)) == state


@pytest.mark.parametrize("text", ["", "no base64!", b64encode(b"no json").decode()])
def test_anything_else_is_no_state(text):
    assert path_state(text) is None
