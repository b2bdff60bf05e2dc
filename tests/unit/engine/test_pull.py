from __future__ import annotations

import json

import pytest

from compose.base.clock import SystemClock
from compose.base.errors import EngineError
from compose.engine.pull import Progress, counted, pulled, pushed, registry_of


class Denying:
    """An engine whose registry does not let anybody in."""

    def __init__(self, message="unauthorized: authentication required"):
        self.message = message

    def stream(self, _call):
        return self

    def chunks(self):
        yield json.dumps({"error": self.message, "errorDetail": {"message": self.message}}).encode() + b"\r\n"

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.mark.parametrize("transfer", [pulled, pushed])
@pytest.mark.parametrize(
    ("reference", "registry", "login"),
    [
        ("host.test:5000/a/b:1", "registry `host.test:5000`", "docker login host.test:5000"),
        ("me/app", "the default registry", "docker login"),
        ("app", "the default registry", "docker login"),
    ],
)
def test_who_is_not_let_in_is_told_where_to_log_in(transfer, reference, registry, login):
    with pytest.raises(EngineError) as caught:
        list(transfer(Denying(), reference, clock=SystemClock()))
    (found,) = caught.value.diagnostics
    assert found.code == "registry-denied"
    assert found.summary == f"{registry} wants a login for `{reference}`: unauthorized: authentication required"
    assert found.hint.startswith(f"log in with `{login}`;")
    assert caught.value.message == "unauthorized: authentication required"


@pytest.mark.parametrize("transfer", [pulled, pushed])
def test_a_login_that_is_not_accepted_is_told_from_one_that_is_missing(transfer):
    with pytest.raises(EngineError) as caught:
        list(transfer(Denying(), "host.test/a", auth="c2VjcmV0", clock=SystemClock()))
    (found,) = caught.value.diagnostics
    assert "registry `host.test` does not let the login that is kept for it at `host.test/a`" in found.summary
    assert found.hint.startswith("log in again with `docker login host.test`;")
    assert "c2VjcmV0" not in str(found)


def test_a_registry_that_does_not_answer_is_named():
    with pytest.raises(EngineError) as caught:
        list(pulled(Denying("dial tcp 1.2.3.4:5000: connect: connection refused"), "host.test/a", clock=SystemClock()))
    assert caught.value.diagnostics[0].hint.startswith("registry `host.test` does not answer")


def test_another_failure_is_left_as_it_is():
    with pytest.raises(EngineError) as caught:
        list(pulled(Denying("manifest unknown"), "host.test/a", clock=SystemClock()))
    assert "docker login" not in caught.value.diagnostics[0].hint


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("host.test/a", "host.test"),
        ("localhost/a", "localhost"),
        ("127.0.0.1:5000/a", "127.0.0.1:5000"),
        ("me/a", ""),
        ("a:1", ""),
    ],
)
def test_the_registry_is_named_as_it_is_written(reference, expected):
    assert registry_of(reference) == expected


def test_a_layer_stays_full_after_it_was_transferred():
    told = [
        Progress(part="a", detail="Pulling fs layer"),
        Progress(part="a", detail="Downloading", current=3, total=9),
        Progress(part="a", detail="Download complete"),
        Progress(part="a", detail="Extracting", current=1, total=30),
        Progress(part="b", detail="Already exists"),
        Progress(detail="Status: Downloaded newer image"),
    ]
    assert [(one.part, one.current, one.total) for one in counted(told)] == [
        ("a", 0, 0),
        ("a", 3, 9),
        ("a", 9, 9),
        ("a", 9, 9),
        ("b", 0, 0),
        ("", 0, 0),
    ]
