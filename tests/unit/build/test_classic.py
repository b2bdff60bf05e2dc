from __future__ import annotations

import json

import pytest

from compose.base.errors import Cancelled, ComposeError
from compose.base.units import ByteSize
from compose.build.classic import build_classic, ignored, query, unsupported
from compose.build.context import Upload
from compose.build.job import Job
from compose.build.report import Source
from compose.engine.halt import Halt
from compose.model.build import Build, Ulimit
from compose.model.storage import FileReference

DOCKERFILE = """\
FROM busybox
# comment
RUN echo hello && \\
  exit 3
"""


class Answering:
    """An engine whose builds answer with given messages, cut into odd pieces."""

    def __init__(self, *answer, credentials=""):
        self.answer = b"".join(json.dumps(message).encode() + b"\r\n" for message in answer)
        self.credentials = credentials
        self.calls = []

    def registry_config(self):
        return self.credentials

    def stream(self, call):
        self.calls.append(call)
        return self

    def chunks(self):
        yield from (self.answer[at : at + 7] for at in range(0, len(self.answer), 7))

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def job(**build):
    return Job(service="web", build=Build(context="/src", **build), tags=("shop-web",), inputs={"io.compose-reconciler.x": "1"})


def run(engine, reporter, **build):
    upload = Upload("Dockerfile", iter([b"tar"]))
    return build_classic(engine, job(**build), upload, reporter, source=Source(file="/src/Dockerfile", text=DOCKERFILE))


def test_steps_and_lines_are_reported_and_the_image_returned(reporter):
    engine = Answering(
        {"stream": "Step 1/2 : FROM busybox"},
        {"stream": "\n"},
        {"status": "Downloading", "id": "abc", "progressDetail": {"current": 1, "total": 4}},
        {"stream": " ---> 0123\n"},
        {"stream": "Step 2/2 : RUN echo hello\n"},
        {"stream": " ---> Running in 0123\nhel"},
        {"stream": "lo\nRemoving intermediate container 0123\n"},
        {"aux": {"ID": "sha256:99"}},
        {"stream": "Successfully built 99\n"},
    )
    assert run(engine, reporter) == "sha256:99"
    assert reporter.written == [("[2/2] RUN echo hello", "hello", False)]
    assert ("[1/2] FROM busybox", "", 1, 2) in reporter.progressed
    assert ("[1/2] FROM busybox", "done", 0, 0) in reporter.progressed
    assert reporter.progressed[-1] == ("[2/2] RUN echo hello", "done", 0, 0)
    assert ("abc", "Downloading", 1, 4) in reporter.progressed


def test_a_failing_step_shows_its_lines_its_place_and_its_exit_code(reporter):
    engine = Answering(
        {"stream": "Step 1/2 : FROM busybox\n"},
        {"stream": "Step 2/2 : RUN echo hello &&   exit 3\n"},
        {"stream": "hello\n"},
        {"error": "x", "errorDetail": {"code": 3, "message": "The command '/bin/sh -c …' returned a non-zero code: 3"}},
    )
    with pytest.raises(ComposeError) as caught:
        run(engine, reporter)
    (found,) = caught.value.diagnostics
    assert caught.value.exit_code == 3
    assert found.code == "build-failed"
    assert found.summary == "building `web` failed: The command '/bin/sh -c …' returned a non-zero code: 3"
    assert found.detail.splitlines() == [
        "[2/2] RUN echo hello &&   exit 3:",
        "  hello",
        "/src/Dockerfile:3",
        "    1 | FROM busybox",
        "    2 | # comment",
        "  > 3 | RUN echo hello && \\",
        "  > 4 |   exit 3",
    ]
    assert (found.span.file, found.span.line) == ("/src/Dockerfile", 3)


def test_podmans_words_are_understood(reporter):
    engine = Answering(
        {"stream": "[2/2] STEP 1/2: FROM busybox\n"},
        {"stream": "--> Using cache 9a39\n"},
        {"stream": "[2/2] STEP 2/2: RUN echo hello &&   exit 3\n"},
        {"stream": "hello\n"},
        {"stream": "[2/2] COMMIT shop-web\n"},
        {"stream": f"{'a' * 64}\n"},
        {"error": 'building at STEP "RUN x": while running runtime: exit status 3\n'},
    )
    with pytest.raises(ComposeError) as caught:
        run(engine, reporter)
    assert caught.value.exit_code == 3
    assert caught.value.diagnostics[0].span.line == 3
    assert reporter.written == [("[2/2 2/2] RUN echo hello &&   exit 3", "hello", False)]
    assert ("[2/2 1/2] FROM busybox", "cached", 0, 0) in reporter.progressed
    assert reporter.progressed[-1] == ("[2/2 2/2] RUN echo hello &&   exit 3", "failed", 0, 0)


def test_output_without_a_last_newline_is_told_from_what_the_builder_says(reporter):
    run(
        Answering(
            {"stream": "Step 1/1 : RUN printf hi\n"}, {"stream": "hi"}, {"stream": " ---> Removed intermediate container 0a1b\n"}
        ),
        reporter,
    )
    assert [text for _, text, _ in reporter.written] == ["hi"]


def test_only_the_end_of_a_long_log_is_shown(reporter):
    lines = [{"stream": f"line {number}\n"} for number in range(100)]
    with pytest.raises(ComposeError) as caught:
        run(Answering({"stream": "Step 1/2 : FROM busybox\n"}, *lines, {"error": "no"}), reporter)
    assert "line 99" in caught.value.diagnostics[0].detail
    assert "line 79" not in caught.value.diagnostics[0].detail


def test_a_failure_before_any_step_has_no_place(reporter):
    with pytest.raises(ComposeError) as caught:
        run(Answering({"error": "dockerfile parse error on line 1"}), reporter)
    assert caught.value.diagnostics[0].span is None
    assert caught.value.diagnostics[0].detail == ""


class Asked:
    """A stop that is raised while the build runs."""

    level = 0

    def subscribe(self, callback):
        self.callback = callback


def test_a_build_ends_when_asked_to(reporter):
    stop = Asked()
    closed = []
    engine = Answering({"stream": "Step 1/2 : FROM x\n"}, {"stream": "Step 2/2 : RUN x\n"})
    engine.close = lambda: closed.append(True)
    reporter.progress = lambda *_: stop.callback(1)
    with pytest.raises(Cancelled):
        build_classic(engine, job(), Upload("D", iter([b"tar"])), reporter, halt=Halt(stop))
    assert closed


def test_nothing_more_is_sent_when_asked_to_stop():
    stop = Asked()
    blocks = Halt(stop).guarded([b"1", b"2"])
    assert next(blocks) == b"1"
    stop.callback(1)
    with pytest.raises(Cancelled):
        next(blocks)


def test_credentials_go_into_a_header_only(reporter):
    engine = Answering(credentials="c2VjcmV0")
    run(engine, reporter)
    assert engine.calls[0].headers == {"X-Registry-Config": "c2VjcmV0"}
    assert "c2VjcmV0" not in str(engine.calls[0].query)
    engine = Answering()
    run(engine, reporter)
    assert engine.calls[0].headers == {}


def test_the_query_says_what_the_file_says():
    found = query(
        job(
            args={"A": "1", "B": None},
            labels={"l": "v"},
            target="t",
            network="host",
            extra_hosts=("h=1.2.3.4", "i:::1"),
            no_cache=True,
            pull=True,
            shm_size=ByteSize(64),
            ulimits={"nofile": Ulimit(single=5), "nproc": Ulimit(soft=1, hard=2)},
            cache_from=("alpine:3", "type=local,src=/x"),
            isolation="default",
            platforms=("linux/arm64",),
        ),
        "sub/Dockerfile",
    )
    assert found == {
        "t": ("shop-web",),
        "dockerfile": "sub/Dockerfile",
        "buildargs": {"A": "1"},
        "labels": {"l": "v", "io.compose-reconciler.x": "1"},
        "target": "t",
        "networkmode": "host",
        "extrahosts": ("h:1.2.3.4", "i:::1"),
        "nocache": True,
        "pull": True,
        "shmsize": 64,
        "ulimits": [{"Name": "nofile", "Soft": 5, "Hard": 5}, {"Name": "nproc", "Soft": 1, "Hard": 2}],
        "cachefrom": ["alpine:3"],
        "isolation": "default",
        "platform": "linux/arm64",
        "rm": True,
        "forcerm": True,
    }


def test_what_is_not_said_is_not_asked():
    assert set(query(job(), "Dockerfile")) == {"t", "dockerfile", "buildargs", "labels", "rm", "forcerm"}


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ({"platforms": ("a", "b")}, ("platforms", "multi-arch build")),
        ({"privileged": True}, ("privileged", "privileged mode")),
        ({"additional_contexts": {"x": "/y"}}, ("additional_contexts", "additional contexts")),
        ({"ssh": ("default",)}, ("ssh", "SSH keys")),
        ({"secrets": (FileReference(source="s"),)}, ("secrets", "secrets")),
        ({"entitlements": ("network.host",)}, ("entitlements", "entitlements")),
        ({"platforms": ("a",), "cache_to": ("type=inline",)}, None),
    ],
)
def test_what_this_builder_would_get_wrong(build, expected):
    assert unsupported(job(**build)) == expected


def test_what_this_builder_passes_over():
    assert ignored(job(cache_to=("x",), sbom="true", provenance="false")) == ("cache_to", "sbom")
    assert ignored(job()) == ()
