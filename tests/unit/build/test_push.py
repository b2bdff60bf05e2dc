from __future__ import annotations

import json

import pytest

from compose.base.errors import ComposeError
from compose.build.push import push_image


class Answering:
    """An engine whose pushes answer with given messages."""

    def __init__(self, *answer, auth=""):
        self.answer = [json.dumps(message).encode() + b"\r\n" for message in answer]
        self.auth = auth
        self.calls = []

    def registry_auth(self, _reference):
        return self.auth

    def stream(self, call):
        self.calls.append(call)
        return self

    def chunks(self):
        yield from self.answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_a_push_tells_its_layers_and_the_digest(reporter):
    engine = Answering(
        {"status": "The push refers to repository [x]"},
        {"status": "Pushing", "id": "ab", "progressDetail": {"current": 1, "total": 2}},
        {"aux": {"Tag": "t", "Digest": "sha256:1", "Size": 5}},
        auth="c2VjcmV0",
    )
    assert push_image(engine, "127.0.0.1:5000/a/b:t", reporter) == "sha256:1"
    assert ("ab", "Pushing", 1, 2) in reporter.progressed
    (call,) = engine.calls
    assert (call.path, call.query) == ("/images/127.0.0.1:5000/a/b/push", {"tag": "t"})
    assert call.headers == {"X-Registry-Auth": "c2VjcmV0"}


def test_without_a_tag_the_default_is_pushed_and_without_a_login_nobody(reporter):
    engine = Answering()
    push_image(engine, "host.test/a", reporter)
    assert engine.calls[0].query == {"tag": "latest"}
    assert engine.calls[0].headers == {"X-Registry-Auth": "e30="}


@pytest.mark.parametrize(
    ("text", "hint"),
    [("host.test:5000/a", "log in with `docker login host.test:5000`"), ("me/a", "log in with `docker login`")],
)
def test_who_is_not_let_in_is_told_how_to_log_in(reporter, text, hint):
    engine = Answering({"error": "x", "errorDetail": {"message": "unauthorized: authentication required"}})
    with pytest.raises(ComposeError) as caught:
        push_image(engine, text, reporter)
    (found,) = caught.value.diagnostics
    assert (found.code, found.hint) == ("push-denied", hint)
    assert found.summary == f"pushing `{text}` failed: unauthorized: authentication required"


def test_another_failure_keeps_the_engines_words(reporter):
    with pytest.raises(ComposeError, match="tag does not exist: a") as caught:
        push_image(Answering({"error": "tag does not exist: a"}), "a", reporter)
    assert caught.value.diagnostics[0].code == "push-failed"
