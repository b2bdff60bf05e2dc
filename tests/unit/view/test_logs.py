from __future__ import annotations

import io
import json

from compose.base.events import Attached, ContainerExited, ContainerRecreated
from compose.view.logs import LogPrinter, LogStyle
from compose.view.style import LOG_COLOURS


def shown(style, *events):
    stdout, stderr = io.StringIO(), io.StringIO()
    printer = LogPrinter(stdout, stderr, style)
    for event in events:
        printer.handle(event)
    return stdout.getvalue(), stderr.getvalue()


def test_names_are_padded_to_the_longest_plus_one(happen):
    out, _ = shown(
        LogStyle(), happen.line("one", container="a-1", service="a"), happen.line("two"), happen.line("three", container="a-1")
    )
    assert out == "a-1  | one\nweb-1  | two\na-1    | three\n"


def test_attaching_names_the_containers_and_sets_the_width(happen):
    attached = Attached(time=1.0, containers={"web-1": "web", "a-1": "a"})
    out, _ = shown(LogStyle(), attached, happen.line("x", container="a-1", service="a"))
    assert out == "Attaching to a-1, web-1\na-1    | x\n"


def test_attaching_to_nothing_is_not_said():
    assert shown(LogStyle(), Attached(time=1.0, containers={})) == ("", "")


def test_without_prefix_lines_are_as_written(happen):
    assert shown(LogStyle(prefix=False), happen.line("x | y"))[0] == "x | y\n"


def test_stderr_goes_to_stderr_only_when_split(happen):
    assert shown(LogStyle(split=True), happen.line("bad", stream="stderr")) == ("", "web-1  | bad\n")
    assert shown(LogStyle(), happen.line("bad", stream="stderr")) == ("web-1  | bad\n", "")


def test_a_colour_belongs_to_a_service(happen):
    out, _ = shown(
        LogStyle(colour=True),
        happen.line("1", container="web-1"),
        happen.line("2", container="db-1", service="db"),
        happen.line("3", container="web-2"),
    )
    first, second, third = out.splitlines()
    colour = first.partition("m")[0]
    assert first == f"{colour}mweb-1  | \x1b[0m1"
    assert not second.startswith(f"{colour}m")
    assert third.startswith(f"{colour}m")


def test_a_service_has_the_same_colour_in_every_run_and_no_other_service_has_it(happen):
    names = [f"s{number}" for number in range(len(LOG_COLOURS))]
    announced = Attached(time=1.0, containers={f"{name}-1": name for name in reversed(names)})

    def colours(order):
        lines = [happen.line("x", service=name, container=f"{name}-1") for name in order]
        out, _ = shown(LogStyle(colour=True, announces=False), announced, *lines)
        return dict(zip(order, (text.partition("m")[0] for text in out.splitlines()), strict=True))

    once, again = colours(names), colours(names[::-1])
    assert once == again
    assert len(set(once.values())) == len(names)


def test_what_was_looked_for_is_made_bold(happen):
    style = LogStyle(colour=True, prefix=False, highlight="err[a-z]+")
    assert shown(style, happen.line("an error here"))[0] == "an \x1b[1merror\x1b[0m here\n"
    assert shown(LogStyle(prefix=False, highlight="err"), happen.line("an error"))[0] == "an error\n"


def test_hidden_services_are_left_out(happen):
    out = io.StringIO()
    printer = LogPrinter(out, out, LogStyle(prefix=False))
    printer.hidden = frozenset(("web",))
    printer.handle(happen.line("no"), happen.line("yes", service="db"))
    printer.handle(ContainerExited(time=1.0, service="web", container="web-1", exit_code=3))
    assert out.getvalue() == "yes\nweb-1 exited with code 3\n"


def test_lines_of_one_stream_are_written_at_once(happen):
    class Stream(io.StringIO):
        flushes = 0

        def flush(self):
            self.flushes += 1

    out, err = Stream(), Stream()
    LogPrinter(out, err, LogStyle(prefix=False, split=True)).handle(
        *(happen.line(str(number)) for number in range(50)), happen.line("e", stream="stderr"), happen.line("end")
    )
    assert (out.flushes, err.flushes, err.getvalue()) == (2, 1, "e\n")


def test_there_are_more_services_than_colours(happen):
    lines = [happen.line("x", service=f"s{number}", container=f"s{number}-1") for number in range(len(LOG_COLOURS) + 1)]
    out, _ = shown(LogStyle(colour=True), *lines)
    assert out.splitlines()[-1].startswith("\x1b[")


def test_timestamps_are_the_engines_own_text(happen):
    style = LogStyle(timestamps="engine")
    assert (
        shown(style, happen.line("x", timestamp="2026-01-01T00:00:00.123456789Z"))[0]
        == "web-1  | 2026-01-01T00:00:00.123456789Z x\n"
    )
    assert shown(style, happen.line("x", time=1700000000.25))[0] == "web-1  | 2023-11-14T22:13:20.250000Z x\n"


def test_local_timestamps_say_their_offset(happen, monkeypatch):
    import time  # noqa: PLC0415

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert shown(LogStyle(timestamps="local"), happen.line("x"))[0] == "web-1  | 2023-11-14T23:13:20.250000+01:00 x\n"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_became_of_containers_is_a_line_of_its_own():
    events = (
        ContainerExited(time=1.0, service="web", container="web-1", exit_code=3),
        ContainerExited(time=1.0, service="web", container="web-1", exit_code=0, restarting=True),
        ContainerRecreated(time=1.0, service="web", container="web-1"),
    )
    plain = "web-1 exited with code 3\nweb-1 exited with code 0 (restarting)\nweb-1 has been recreated\n"
    assert shown(LogStyle(), *events)[0] == plain
    assert shown(LogStyle(terminal=True), events[0])[0] == "\r\x1b[Kweb-1 exited with code 3\n"


def test_as_json_every_event_is_a_line(happen):
    exited = ContainerExited(time=1.0, service="web", container="web-1", exit_code=3)
    out, err = shown(LogStyle(json=True, split=True, colour=True), happen.line("x", stream="stderr"), exited)
    assert [json.loads(line)["type"] for line in out.splitlines()] == ["log-line", "container-exited"]
    assert err == ""
