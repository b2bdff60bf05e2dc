from __future__ import annotations

import base64
import json

from compose.build.rawjson import Transcript


def vertex(digest, name, **fields):
    return json.dumps({"vertexes": [{"digest": digest, "name": name, **fields}]})


def log(digest, text, stream=1):
    return json.dumps({"logs": [{"vertex": digest, "stream": stream, "data": base64.b64encode(text.encode()).decode()}]})


def told(reporters, *lines):
    transcript = Transcript(reporters)
    for line in lines:
        transcript.feed(line + "\n")
    return transcript


class Two:
    """Reporters for two targets."""

    def __init__(self, make):
        self.web, self.api = make(), make()
        self.both = {"web": self.web, "api": self.api}


def test_steps_go_to_their_target(reporter):
    two = Two(type(reporter))
    told(
        two.both,
        vertex("1", "[web build 1/2] FROM x", started="t"),
        vertex("1", "[web build 1/2] FROM x", started="t", completed="t", cached=True),
        vertex("2", "[api] exporting to image", started="t"),
    )
    assert two.web.progressed == [("[build 1/2] FROM x", "", 0, 0), ("[build 1/2] FROM x", "cached", 0, 0)]
    assert two.api.progressed == [("exporting to image", "", 0, 0)]


def test_a_shared_step_goes_to_both_and_its_lines_to_one(reporter):
    two = Two(type(reporter))
    told(two.both, vertex("1", "[web 1/1] RUN a", started="t"), vertex("1", "[api 1/1] RUN a", started="t"), log("1", "line\n"))
    assert two.web.progressed == [("[1/1] RUN a", "", 0, 0)]
    assert two.api.progressed == [("[1/1] RUN a", "", 0, 0)]
    assert (two.web.written, two.api.written) == ([("[1/1] RUN a", "line", False)], [])


def test_one_target_has_no_name_in_its_steps(reporter):
    told({"web": reporter}, vertex("1", "[web 1/2] FROM x", started="t"), vertex("2", "plain", started="t"))
    assert [part for part, *_ in reporter.progressed] == ["[web 1/2] FROM x", "plain"]


def test_repetitions_and_what_has_not_begun_are_not_told(reporter):
    told(
        {"web": reporter},
        vertex("0", "[internal] load local bake definitions", started="t"),
        vertex("1", "[1/2] FROM x"),
        vertex("1", "[1/2] FROM x", started="t"),
        vertex("1", "[1/2] FROM x", started="t"),
    )
    assert reporter.progressed == [("[1/2] FROM x", "", 0, 0)]


def test_bytes_are_told(reporter):
    status = {"statuses": [{"id": "sha256:ab", "vertex": "1", "current": 5, "total": 9}]}
    told({"web": reporter}, vertex("1", "[1/2] FROM x", started="t"), json.dumps(status), json.dumps(status))
    assert reporter.progressed[1:] == [("[1/2] FROM x", "sha256:ab", 5, 9)]


def test_lines_are_put_together(reporter):
    told(
        {"web": reporter},
        vertex("1", "[1/1] RUN a", started="t"),
        log("1", "one\ntw"),
        log("1", "o\n10%\r20%\nrest", stream=2),
        vertex("1", "[1/1] RUN a", started="t", completed="t"),
    )
    part = "[1/1] RUN a"
    assert reporter.written == [(part, "one", False), (part, "two", True), (part, "20%", True), (part, "rest", False)]


def test_warnings_are_lines(reporter):
    warning = {"warnings": [{"vertex": "1", "short": base64.b64encode(b"StageNameCasing: x").decode()}]}
    told({"web": reporter}, vertex("1", "[internal] load", started="t"), json.dumps(warning))
    assert reporter.written == [("[internal] load", "WARN: StageNameCasing: x", True)]


def test_a_failed_step_with_its_lines_and_place(reporter):
    two = Two(type(reporter))
    found = told(
        two.both,
        vertex("1", "[api 2/2] RUN slow", started="t"),
        vertex("2", "[web 2/2] RUN false", started="t"),
        log("2", "no\n"),
        vertex("1", "[api 2/2] RUN slow", completed="t", error="process killed: context canceled"),
        vertex("2", "[web 2/2] RUN false", completed="t", error="exit code: 1"),
        "Dockerfile:2",
        "--------------------",
        "   1 |     FROM x",
        "   2 | >>> RUN false && \\",
        "   3 | >>>   true",
        "--------------------",
        'ERROR: target web: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1',
    ).failure({"web": "web", "api": "api"})
    assert found.service == "web"
    assert found.message == 'process "/bin/sh -c false" did not complete successfully: exit code: 1'
    assert found.step == "[2/2] RUN false"
    assert found.lines == ("no",)
    assert (found.first, found.last) == (2, 3)


def test_what_was_finished_before_another_failed(reporter):
    two = Two(type(reporter))
    transcript = told(
        two.both,
        vertex("1", "[web] exporting to image", started="t", completed="t"),
        vertex("2", "[api] exporting to image", started="t"),
    )
    assert transcript.finished() == {"web"}


def test_a_failure_before_any_step(reporter):
    found = told({"web": reporter}, 'ERROR: no builder "nope" found').failure({"web": "web"})
    assert (found.service, found.message, found.step) == ("web", 'no builder "nope" found', "")


def test_a_failure_without_the_usual_words(reporter):
    assert told({"web": reporter}, "panic: x", "{not json").failure({"web": "w"}).message == "panic: x\n{not json"
    assert told({"web": reporter}).failure({"web": "w"}).message == "the builder ended without saying why"


def test_an_error_of_several_lines_is_whole(reporter):
    found = told({"web": reporter}, "ERROR: Attestation is not supported.", "Switch to a different driver").failure({"web": "w"})
    assert found.message == "Attestation is not supported.\nSwitch to a different driver"


def test_what_a_step_did_is_told_before_that_it_ended_and_reading_instructions_not_at_all(reporter):
    message = {
        "vertexes": [
            {"digest": "1", "name": "[internal] load build definition from Dockerfile", "started": "t", "completed": "t"},
            {"digest": "2", "name": "[1/2] FROM x", "started": "t", "completed": "t"},
        ],
        "statuses": [
            {"id": "transferring dockerfile:", "vertex": "1", "current": 5},
            {"id": "sha256:ab", "vertex": "2", "current": 9, "total": 9},
        ],
    }
    told({"web": reporter}, json.dumps(message))
    assert reporter.progressed == [("[1/2] FROM x", "sha256:ab", 9, 9), ("[1/2] FROM x", "done", 0, 0)]
    failed = {
        "digest": "1",
        "name": "[internal] load build definition from Dockerfile",
        "completed": "t",
        "error": "no such file",
    }
    told({"web": reporter}, json.dumps({"vertexes": [failed]}))
    assert reporter.progressed[-1] == ("[internal] load build definition from Dockerfile", "failed", 0, 0)
