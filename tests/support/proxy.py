"""A proxy in front of an engine that notes every request, and can act between an answer and the client."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

END_OF_HEAD = b"\r\n\r\n"
READING = frozenset({"GET", "HEAD"})
CHUNK = 65536


class Proxy:
    """Listens on a unix socket in `folder` and passes everything on to the engine at `upstream` (a DOCKER_HOST).

    `calls` are (method, path) in the order they came, paths without the version. `on_answer(number)` is called with
    the number of a writing call (from 1) when its answer begins to arrive, before the client gets any of it.
    """

    def __init__(self, upstream: str, folder: Path, *, on_answer: Callable[[int], None] = lambda _number: None) -> None:
        self._upstream = urlsplit(upstream)
        self._on_answer = on_answer
        self._lock = threading.Lock()
        self.calls: list[tuple[str, str]] = []
        path = folder / "engine.sock"
        path.unlink(missing_ok=True)
        self.host = f"unix://{path}"
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The calls that can change something."""
        return [call for call in self.calls if call[0] not in READING]

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            _Pair(self, client, self._connect()).start()

    def _connect(self) -> socket.socket:
        if self._upstream.scheme == "unix":
            engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            engine.connect(self._upstream.path)
            return engine
        return socket.create_connection((self._upstream.hostname or "", self._upstream.port or 0))

    def note(self, head: bytes) -> int:
        """Note a request; return its number among the writing ones, 0 for one that only reads."""
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        path = target.partition("?")[0]
        parts = path.split("/", 2)
        bare = f"/{parts[2]}" if len(parts) > 2 and parts[1].startswith("v1.") else path
        with self._lock:
            self.calls.append((method, bare))
            return 0 if method in READING else len(self.writes)

    def answered(self, number: int) -> None:
        """Tell that the answer of a writing call begins to arrive."""
        self._on_answer(number)


class _Pair:
    """One connection of a client, and the one to the engine behind it."""

    def __init__(self, proxy: Proxy, client: socket.socket, engine: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._engine = engine
        self._waiting: list[int] = []

    def start(self) -> None:
        threading.Thread(target=self._pass, args=(self._requests,), daemon=True).start()
        threading.Thread(target=self._pass, args=(self._answers,), daemon=True).start()

    def _pass(self, way: Callable[[], None]) -> None:
        with suppress(OSError):
            way()

    def _requests(self) -> None:
        """Pass requests on one by one, so that each head can be read."""
        reader = self._client.makefile("rb")
        while head := _head(reader):
            number = self._proxy.note(head)
            if number:
                self._waiting.append(number)
            self._engine.sendall(head)
            fields = _fields(head)
            if "upgrade" in fields:
                while data := reader.read1(CHUNK):
                    self._engine.sendall(data)
                break
            self._body(reader, fields)
        self._engine.shutdown(socket.SHUT_WR)

    def _body(self, reader, fields: dict[str, str]) -> None:
        left = int(fields.get("content-length", 0))
        while left and (data := reader.read(min(left, CHUNK))):
            self._engine.sendall(data)
            left -= len(data)
        if fields.get("transfer-encoding") == "chunked":
            size = -1
            while size:
                line = reader.readline()
                size = int(line.split(b";")[0], 16)
                self._engine.sendall(line + reader.read(size + 2))

    def _answers(self) -> None:
        try:
            while data := self._engine.recv(CHUNK):
                while self._waiting:
                    self._proxy.answered(self._waiting.pop(0))
                self._client.sendall(data)
        finally:
            self._client.shutdown(socket.SHUT_RDWR)


def _head(reader) -> bytes:
    lines = []
    while line := reader.readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def _fields(head: bytes) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in head.split(b"\r\n")[1:] if line)
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
