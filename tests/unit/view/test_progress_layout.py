from __future__ import annotations

from functools import reduce as fold

import pytest

from compose.base.events import ResourceUnchanged, StepOutput, StepProgress
from compose.view.progress_layout import ASCII, Glyphs, lay_out
from compose.view.progress_model import Progress, reduce
from compose.view.width import cells

WEB, DB, IMAGE = "Container p-web-1", "Container p-db-1", "Image redis:7"


def text(progress, *, now=103.0, width=80, height=None, frame=0, glyphs=None):
    lines = lay_out(progress, now=now, width=width, height=height, frame=frame, glyphs=glyphs or Glyphs())
    return ["".join(part for part, _style in line) for line in lines]


def after(*events):
    return fold(reduce, events, Progress())


def test_nothing_to_show_is_no_line():
    assert text(Progress(command="up")) == []


def test_a_header_and_a_line_for_each_resource(happen):
    progress = after(
        happen.plan(),
        happen.started("a", DB, time=100.0),
        happen.finished("a", DB, time=101.2),
        happen.started("b", WEB, "Waiting", time=101.0, waits_for="db to be healthy"),
    )
    assert text(progress, width=60) == [
        "[+] up 1/2",
        " ✔ Container p-db-1   Created                          1.2s",
        " ⠋ Container p-web-1  Waiting  for db to be healthy    2.0s",
    ]


@pytest.mark.parametrize("frame", range(12))
def test_the_spinner_turns_with_the_frames(happen, frame):
    line = text(after(happen.started("a", WEB)), frame=frame)[1]
    assert line[1] == Glyphs().spinner[frame % 10]


def test_results_have_their_signs(happen):
    progress = after(
        happen.failed("a", WEB, "port is taken"),
        happen.failed("b", DB, "in use", optional=True),
        ResourceUnchanged(time=1.0, address="x", resource="Network p_default", action="Exists"),
    )
    lines = text(progress)
    assert [line[1] for line in lines[1:]] == ["✘", "!", "✔"]
    assert "Error  port is taken" in lines[1]


def test_layers_fill_up(happen):
    def layer(part, current, total):
        return StepProgress(time=1.0, step="p", resource=IMAGE, part=part, current=current, total=total)

    progress = after(
        happen.started("p", IMAGE, "Pulling"),
        layer("a", 4_000_000, 4_000_000),
        layer("b", 1_000_000, 4_000_000),
        layer("c", 0, 0),
    )
    assert "Pulling  [⣿⣀⠀] 5.0MB/8.0MB 2.5MB/s " in text(progress, now=102.0)[1]
    assert "5.0MB/8.0MB  " in text(progress, now=100.5)[1]


def test_counts_of_a_step(happen):
    progress = after(happen.started("p", IMAGE, "Pushing"), StepProgress(time=1.0, step="p", resource=IMAGE, current=3, total=9))
    assert "Pushing  3/9" in text(progress)[1]


def test_the_last_output_of_a_build_is_below_its_line_while_it_runs(happen):
    output = StepOutput(time=1.0, step="b", resource=IMAGE, text="Step 1/2 : FROM\x1b[2J busybox")
    progress = after(happen.started("b", IMAGE, "Building"), output)
    assert text(progress)[2] == "   │ Step 1/2 : FROM\\x1b[2J busybox"
    assert len(text(reduce(progress, happen.finished("b", IMAGE, "Built")))) == 2


def many(happen, *, working=2, done=20):
    events = [
        event
        for n in range(done)
        for event in (happen.started(f"d{n}", f"Container d-{n}"), happen.finished(f"d{n}", f"Container d-{n}"))
    ]
    return after(happen.plan(), *events, *(happen.started(f"w{n}", f"Container w-{n}") for n in range(working)))


def test_without_room_those_at_work_and_failed_come_first(happen):
    progress = reduce(many(happen), happen.failed("x", "Container x"))
    lines = text(progress, height=6)
    assert len(lines) == 6
    assert lines[0] == "[+] up 21/23  1 failed"
    assert [name for name in ("w-0", "w-1", "Container x") if any(name in line for line in lines)] == [
        "w-0",
        "w-1",
        "Container x",
    ]
    assert lines[-1] == " ... 19 more"


@pytest.mark.parametrize("height", [1, 2, 3, 5, 8, 23, 24])
def test_there_are_never_more_lines_than_room(happen, height):
    assert len(text(many(happen), height=height)) <= height


@pytest.mark.parametrize("width", [1, 5, 10, 20, 33, 60, 200])
def test_no_line_is_wider_than_the_room(happen, width):
    progress = reduce(many(happen, done=2), happen.failed("x", "Container 日本語" * 5, "reason " * 30))
    assert all(cells(line) <= width for line in text(progress, width=width))


def test_times_over_a_minute(happen):
    assert text(after(happen.started("a", WEB, time=0.0)), now=125.4)[1].endswith("2m05s")


def test_a_plain_encoding_gets_plain_signs(happen):
    progress = after(happen.started("a", WEB), happen.failed("b", DB))
    assert "".join(text(progress, glyphs=ASCII)).isascii()


def test_a_resource_whose_service_waits_says_for_what(happen):
    progress = after(
        happen.plan(),
        happen.finished("a", WEB, time=100.0),
        happen.started("w", DB, "Waiting", time=101.0, address="service:db", waits_for="db to be healthy", dependant="web"),
    )
    assert text(progress, width=60)[:2] == ["[+] up 0/2", " ⠋ Container p-web-1  Waiting  for db to be healthy    3.0s"]
