"""Open answers of the fake engine."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from compose.base.errors import EngineError

_NUMBER = {"stdin": 0, "stdout": 1, "stderr": 2}


def frame(stream: str, data: bytes) -> bytes:
    """Return data in the engine's framing of several streams on one connection."""
    return struct.pack(">BxxxL", _NUMBER[stream], len(data)) + data


class FakeStream:
    """Yields what is fed to it until it is closed, ended or broken."""

    def __init__(self, ready: Iterable[bytes] = (), *, closing: Callable[[FakeStream], None] = lambda _stream: None) -> None:
        self._queue: SimpleQueue[bytes | EngineError | None] = SimpleQueue()
        self._closing = closing
        self._closed = False
        self.headers: dict[str, str] = {}
        for chunk in ready:
            self._queue.put(chunk)

    @classmethod
    def of(cls, *chunks: bytes) -> FakeStream:
        """Return a stream that has all it will ever have."""
        stream = cls(chunks)
        stream.end()
        return stream

    def header(self, name: str) -> str:
        """Return a header, "" when there is none of this name."""
        return self.headers.get(name, "")

    def feed(self, chunk: bytes) -> None:
        """Let the reader have more."""
        self._queue.put(chunk)

    def end(self) -> None:
        """Let the reader come to the end."""
        self._queue.put(None)

    def cut(self, error: EngineError) -> None:
        """Let the reader see the connection break."""
        self._queue.put(error)

    def chunks(self) -> Iterator[bytes]:
        """Yield bytes as they are fed."""
        while not self._closed:
            item = self._queue.get()
            if item is None or self._closed:
                return
            if isinstance(item, EngineError):
                raise item
            yield item

    def close(self) -> None:
        """End the stream; a blocked reader ends."""
        self._closed = True
        self._queue.put(None)
        self._closing(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self.close()


class FakeConnection(FakeStream):
    """A stream that can be written to; `written` has everything, `input_ended` says whether the end came."""

    def __init__(
        self,
        ready: Iterable[bytes] = (),
        *,
        closing: Callable[[FakeStream], None] = lambda _stream: None,
        received: Callable[[FakeConnection, bytes | None], None] = lambda _connection, _data: None,
    ) -> None:
        super().__init__(ready, closing=closing)
        self._received = received
        self._lock = threading.Lock()
        self.written = b""
        self.input_ended = False

    def write(self, data: bytes) -> None:
        """Take bytes for the other side."""
        with self._lock:
            self.written += data
        self._received(self, data)

    def close_write(self) -> None:
        """Take the end of the input."""
        self.input_ended = True
        self._received(self, None)

    def fileno(self) -> int:
        """Return -1: there is no descriptor."""
        return -1
