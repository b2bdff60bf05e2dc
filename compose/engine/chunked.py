"""The chunked coding of HTTP bodies, taken off many chunks at a time.

The standard library hands over one chunk a call. An engine makes a chunk of every line of a log, so that following
busy containers would cost more there than everywhere else together.
"""

from __future__ import annotations

_END = b"\r\n"


class Dechunker:
    """Takes the coding off a body as its bytes come (RFC 9112, 7.1); `ended` tells that the last chunk was there."""

    def __init__(self) -> None:
        self.ended = False
        self._kept = b""
        self._left = 0
        self._after_chunk = False
        self._in_trailer = False

    def feed(self, data: bytes) -> bytes:
        """Return what the bytes hold of the body.

        Raises:
            ValueError: they are no such coding.
        """
        data = self._kept + data if self._kept else data
        pieces: list[bytes] = []
        at = 0
        while not self.ended:
            if self._left:
                piece = data[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                self._after_chunk = not self._left
                if self._left:
                    break
            end = data.find(_END, at)
            if end < 0:
                break
            self._take_line(data[at:end])
            at = end + len(_END)
        self._kept = data[at:]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take_line(self, line: bytes) -> None:
        """Take in what stands between chunks: the end of one, the size of the next, trailers."""
        if self._after_chunk:
            if line:
                raise ValueError("a chunk is longer than it says")
            self._after_chunk = False
        elif self._in_trailer:
            self.ended = not line
        else:
            self._left = int(line.partition(b";")[0], 16)
            self._in_trailer = not self._left
