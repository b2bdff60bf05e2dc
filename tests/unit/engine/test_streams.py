"""Frames and lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compose.engine import streams
from compose.engine.fake_streams import frame
from compose.engine.streams import Written, demultiplex, lines, written

STAMP = "2026-11-23T18:37:22.512964244Z"


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 3, 8, 9, 1000])
def test_frames_are_found_however_the_bytes_are_cut(size):
    data = frame("stdout", b"one\n") + frame("stderr", b"") + frame("stderr", b"two\n") + frame("stdout", b"three")
    assert [one for one in demultiplex(cut(data, size)) if one[1]] == [
        ("stdout", b"one\n"),
        ("stderr", b"two\n"),
        ("stdout", b"three"),
    ]


def test_a_frame_cut_off_at_the_end_is_given_as_far_as_it_came():
    assert list(demultiplex([frame("stdout", b"complete"), frame("stderr", b"cut off")[:-4]])) == [
        ("stdout", b"complete"),
        ("stderr", b"cut"),
    ]


def test_a_terminal_has_no_frames():
    assert list(demultiplex([b"\x01\x00raw"], tty=True)) == [("stdout", b"\x01\x00raw")]


@pytest.mark.parametrize("data", [b"", b"raw\r\n", f"{STAMP} raw\r\n".encode(), frame("stderr", b"raw\n")])
def test_the_first_bytes_tell_whether_there_are_frames(data):
    stamped = data.startswith(b"20")
    assert [line.text for line in written(iter([data] if data else []), stamped=stamped)] == (["raw"] if data else [])


def test_lines_of_the_two_streams_do_not_mix():
    frames = [("stdout", b"a"), ("stderr", b"x\ny"), ("stdout", b"b\n"), ("stderr", b"z")]
    assert [(line.stream, line.text) for line in lines(frames)] == [
        ("stderr", "x"),
        ("stdout", "ab"),
        ("stderr", "yz"),
    ]


def test_a_carriage_return_before_the_end_goes():
    assert [line.text for line in lines([("stdout", b"a\r\nb\rc\n\n")])] == ["a", "b\rc", ""]


def test_bytes_that_are_no_text_are_replaced():
    assert [line.text for line in lines([("stdout", b"\xff!\n")])] == ["\ufffd!"]


def test_times_are_taken_off():
    frames = [("stdout", f"{STAMP} hello\n".encode()), ("stderr", f"{STAMP} \n".encode())]
    assert list(lines(frames, stamped=True)) == [
        Written(stream="stdout", text="hello", stamp=STAMP),
        Written(stream="stderr", text="", stamp=STAMP),
    ]


def test_a_long_line_in_several_frames_has_one_time():
    later = STAMP.replace("22.5", "22.6")
    frames = [("stdout", f"{STAMP} aaa".encode()), ("stdout", f"{later} bbb".encode()), ("stdout", f"{later} ccc\n".encode())]
    assert list(lines(frames, stamped=True)) == [Written(stream="stdout", text="aaabbbccc", stamp=STAMP)]


@pytest.mark.parametrize("size", [1, 5, 31, 100])
def test_a_time_on_a_terminal_may_be_cut_in_two(size):
    data = f"{STAMP} one\r\n{STAMP} two\r\n".encode()
    frames = [("stdout", piece) for piece in cut(data, size)]
    assert [(line.text, line.stamp) for line in lines(frames, stamped=True, tty=True)] == [("one", STAMP), ("two", STAMP)]


def test_what_looks_like_no_time_is_text():
    assert [(line.text, line.stamp) for line in lines([("stdout", b"no time here\n")], stamped=True)] == [("no time here", "")]


def test_a_line_without_end_is_given_in_pieces(monkeypatch):
    monkeypatch.setattr(streams, "_LONGEST", 10)
    assert [line.text for line in lines([("stdout", b"aaaaaaa"), ("stdout", b"bbbbbbb"), ("stdout", b"c\n")])] == [
        "aaaaaaabbbbbbb",
        "c",
    ]


@given(some.lists(some.tuples(some.sampled_from(["stdout", "stderr"]), some.text("ab\n", max_size=6))), some.integers(1, 9))
def test_nothing_is_lost_or_added(given_lines, size):
    data = b"".join(frame(stream, text.encode()) for stream, text in given_lines)
    found = list(lines(demultiplex(cut(data, size))))
    for stream in ("stdout", "stderr"):
        text = "".join(text for name, text in given_lines if name == stream)
        expected = text.split("\n")
        assert [line.text for line in found if line.stream == stream] == (expected[:-1] if expected[-1] == "" else expected)
