from __future__ import annotations

import pytest

from compose.engine.errors import refused
from compose.engine.retry import is_passing


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (429, "toomanyrequests: slow down", True),
        (500, "toomanyrequests: slow down", True),
        (503, "", True),
        (500, "read: connection reset by peer", True),
        (500, "container 1 has dependent containers which must be removed before it: 2", True),
        (500, "something else", False),
        (404, "manifest unknown", False),
    ],
)
def test_what_may_pass_by_itself(status, message, expected):
    assert is_passing(refused("POST /images/create", status, message)) is expected
