"""Bytes of the engine's output streams as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal

from compose.base.value import Value

StreamName = Literal["stdout", "stderr"]
Frame = tuple[StreamName, bytes]

_HEADER = 8
_STDERR = 2
_LONGEST = 1 << 20
"""A line longer than this many bytes is given in pieces, so that a program without line ends costs no memory."""
_STAMP_END = b" "


class Written(Value, frozen=True, kw_only=True):
    """A line without its end; `stamp` is the engine's time of it, "" when it was not asked for."""

    stream: StreamName
    text: str
    stamp: str = ""


def written(chunks: Iterable[bytes], *, tty: bool | None = None, stamped: bool = False) -> Iterator[Written]:
    """Yield the lines of an output stream of the engine.

    `tty` says whether there is no framing; None lets the first bytes tell: a frame begins with a byte below 3, which
    neither a time nor ordinary text does.
    """
    iterator = iter(chunks)
    first = next(iterator, b"")
    raw = bool(first) and first[0] > _STDERR if tty is None else tty
    return lines(demultiplex(chain((first,), iterator), tty=raw), stamped=stamped, tty=raw)


def demultiplex(chunks: Iterable[bytes], *, tty: bool = False) -> Iterator[Frame]:
    """Yield (stream, data) of the engine's framing: 8 bytes of head (stream, three zeros, length), then the data.

    With a terminal there is no framing, and everything is stdout. A frame cut off by the end of the stream is given
    as far as it came.
    """
    if tty:
        for chunk in chunks:
            yield "stdout", chunk
        return
    data = b""
    for chunk in chunks:
        data = data + chunk if data else chunk
        start, size = 0, len(data)
        while size - start >= _HEADER:
            begin = start + _HEADER
            end = begin + int.from_bytes(data[start + 4 : begin], "big")
            if end > size:
                break
            yield "stderr" if data[start] == _STDERR else "stdout", data[begin:end]
            start = end
        data = data[start:]
    if len(data) > _HEADER:
        yield "stderr" if data[0] == _STDERR else "stdout", data[_HEADER:]


def lines(frames: Iterable[Frame], *, stamped: bool = False, tty: bool = False) -> Iterator[Written]:
    """Yield the lines of each stream as they are complete; the last one also without an end.

    With `stamped` every line begins with the engine's time. The engine cuts long lines into several frames, each
    with a time of its own; the line gets that of the first. With `tty` there are no frames, so a time may be cut
    in two, and is looked for when the line is complete.
    """
    pending: dict[StreamName, tuple[str, bytes]] = {}
    for stream, frame in frames:
        data = frame
        if not data:
            continue
        if stream not in pending and data.find(b"\n") == len(data) - 1 and not tty:  # nearly every frame is a whole line
            stamp, line = _split_stamp(data) if stamped else ("", data)
            yield _written(stream, stamp, line[:-1], split=False)
            continue
        stamp, rest = pending.pop(stream, ("", b""))
        begun = bool(rest)
        while data:
            if stamped and not tty:
                mark, data = _split_stamp(data)
                stamp = stamp if begun else mark
            piece, end, data = data.partition(b"\n")
            rest += piece
            if not end and len(rest) < _LONGEST:
                pending[stream] = (stamp, rest)
                break
            yield _written(stream, stamp, rest, split=stamped and tty)
            stamp, rest, begun = "", b"", False
    for stream, (stamp, rest) in pending.items():
        yield _written(stream, stamp, rest, split=stamped and tty)


def _written(stream: StreamName, stamp: str, line: bytes, *, split: bool) -> Written:
    if split:
        stamp, line = _split_stamp(line)
    return Written(stream=stream, text=line.removesuffix(b"\r").decode("utf-8", "replace"), stamp=stamp)


def _split_stamp(data: bytes) -> tuple[str, bytes]:
    """Return the time at the beginning of data, and the rest; no time when there is none."""
    head, space, rest = data.partition(_STAMP_END)
    if space and head[4:5] == b"-" and b"T" in head and b"\n" not in head:
        return head.decode("ascii", "replace"), rest
    return "", data
