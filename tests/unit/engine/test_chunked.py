"""Bodies in chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compose.engine.chunked import Dechunker


def coded(*chunks: bytes, trailer: bytes = b"") -> bytes:
    return b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n"


@given(some.lists(some.binary(min_size=1, max_size=40), max_size=8), some.integers(1, 50))
def test_the_body_is_the_same_however_its_bytes_are_cut(chunks, size):
    data = coded(*chunks, trailer=b"Some: thing\r\n")
    dechunker, body = Dechunker(), b""
    for start in range(0, len(data), size):
        assert not dechunker.ended
        body += dechunker.feed(data[start : start + size])
    assert body == b"".join(chunks)
    assert dechunker.ended


@pytest.mark.parametrize("data", [b"what\r\n", b"3\r\nfour\r\n"])
def test_what_is_no_coding_is_refused(data):
    with pytest.raises(ValueError, match=r"chunk|invalid literal"):
        Dechunker().feed(data)
