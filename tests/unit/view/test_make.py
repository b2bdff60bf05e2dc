from __future__ import annotations

import io
import json
import os
import threading

import pytest

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.events import Notice, StepOutput
from compose.base.place import Span
from compose.view.logs import LogStyle
from compose.view.make import make
from compose.view.mode import choose_mode, terminal_size


@pytest.mark.parametrize(
    ("progress", "ansi", "terminal", "mode"),
    [
        ("", "auto", True, "tty"),
        ("auto", "auto", False, "plain"),
        ("auto", "never", True, "plain"),
        ("auto", "always", False, "plain"),
        ("tty", "auto", False, "tty"),
        ("plain", "never", True, "plain"),
        ("json", "auto", True, "json"),
        ("quiet", "auto", True, "quiet"),
        ("none", "auto", True, "quiet"),
    ],
)
def test_the_mode_follows_the_options_then_the_terminal(progress, ansi, terminal, mode):
    assert choose_mode(progress, ansi, terminal=terminal) == mode


@pytest.mark.parametrize(
    ("progress", "ansi", "message"),
    [
        ("foo", "auto", 'unsupported --progress value "foo"'),
        ("tty", "never", "can't use --progress tty while ANSI support is disabled"),
        ("plain", "always", "can't use --progress plain while ANSI support is forced"),
    ],
)
def test_contradicting_modes(progress, ansi, message):
    with pytest.raises(ComposeError) as caught:
        choose_mode(progress, ansi, terminal=True)
    assert str(caught.value) == message


class Streams:
    def __init__(self, mode, **options):
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        self.view = make(mode, self.stdout, self.stderr, **options)

    def after(self, *events):
        for event in events:
            self.view.handle(event)
        self.view.close()
        return self.stdout.getvalue(), self.stderr.getvalue()


WARNING = Notice(
    time=1.0,
    diagnostic=Diagnostic(
        severity="warning", code="w", summary="careful", span=Span(file="a.yaml", line=1, column=1, end_line=1, end_column=2)
    ),
)


def test_progress_is_on_stderr_and_logs_on_stdout(happen):
    out, err = Streams("plain").after(happen.started("a", "Container p-web-1"), happen.line("hello"))
    assert (out, err) == ("web-1  | hello\n", " Container p-web-1 Creating \n")


def test_logs_look_as_asked(happen):
    assert Streams("quiet", logs=LogStyle(prefix=False)).after(happen.line("hello")) == ("hello\n", "")


@pytest.mark.parametrize("mode", ["plain", "quiet"])
def test_notices_are_explained_with_their_source(mode):
    _, err = Streams(mode, sources=lambda _file: "x: 1\n").after(WARNING)
    assert err.splitlines() == ["warning[w]: careful", " --> a.yaml:1:1", "  |", "1 | x: 1", "  | ^"]


def test_in_json_mode_notices_are_events_too(happen):
    out, err = Streams("json").after(WARNING, happen.line("hello"))
    assert json.loads(err)["type"] == "notice"
    assert out == "web-1  | hello\n"


def test_quiet_says_nothing_of_progress(events):
    out, err = Streams("quiet").after(*events)
    assert "Container" not in err
    assert "careful" in err
    assert "hello" in out


def test_on_a_terminal_a_notice_covers_what_a_key_press_left():
    _, err = Streams("tty").after(WARNING)
    assert err.startswith("\r\x1b[Kwarning[w]: careful")


def test_what_builds_write_can_be_left_out():
    written = StepOutput(time=1.0, step="b", resource="Image x", text="Step 1/2")
    assert Streams("plain").after(written)[0] == "Step 1/2\n"
    assert Streams("plain", step_output=False).after(written)[0] == ""


def test_a_terminal_shows_the_block_and_takes_lines_above_it(happen):
    streams = Streams("tty")
    out, err = streams.after(happen.plan(), happen.started("a", "Container p-web-1"), happen.line("hello"), happen.end())
    assert out == "web-1  | hello\n"
    assert err.count("[+] up 0/1") >= 1
    assert err.endswith("\x1b[?25h")


def test_events_may_come_from_several_threads(happen):
    streams = Streams("plain")

    def write(name):
        for number in range(50):
            streams.view.handle(happen.line(f"{name}{number}", container="a-1", service="a"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = streams.stdout.getvalue().splitlines()
    assert len(lines) == 150
    assert all(line.startswith("a-1  | ") for line in lines)
    for name in "xyz":
        assert [line for line in lines if f"| {name}" in line] == [f"a-1  | {name}{number}" for number in range(50)]


def test_the_size_of_what_is_no_terminal_is_the_usual_one(tmp_path):
    assert terminal_size(io.StringIO()) == os.terminal_size((80, 24))
    with (tmp_path / "file").open("w") as file:
        assert terminal_size(file) == os.terminal_size((80, 24))


class Full(io.StringIO):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, _text):
        raise self.error


@pytest.mark.parametrize("error", [BrokenPipeError(32, "Broken pipe"), OSError(28, "No space left on device")])
def test_output_that_cannot_be_written_is_told_to_whoever_can_act(happen, error):
    told = []
    view = make("plain", Full(error), io.StringIO(), unwritable=told.append)
    view.handle(happen.line("x"))
    assert told == [error]
    with pytest.raises(OSError, match=error.strerror):
        make("plain", Full(error), io.StringIO()).handle(happen.line("x"))
