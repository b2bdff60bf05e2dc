"""A proxy in front of an engine that notes every request, and can act between an answer and the client, or do harm."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

END_OF_HEAD = b"\r\n\r\n"
READING = frozenset({"GET", "HEAD"})
CHUNK = 65536


@dataclass(frozen=True)
class Fault:
    """What happens to one call.

    - `refuse`: it is answered with `status` and `message`, and never reaches the engine.
    - `lose`: the connection ends before the call reaches the engine; `cut`: it ends when the answer begins to arrive,
      or `seconds` after that.
    - `delay`: it reaches the engine `seconds` later.
    """

    kind: Literal["refuse", "lose", "cut", "delay"]
    status: int = 500
    message: str = "something went wrong"
    seconds: float = 0.0


Choose = Callable[[str, str], Fault | None]
"""Given method and path of a call, what happens to it; called for one call at a time."""


def no_fault(_method: str, _path: str) -> Fault | None:
    """Let every call through."""
    return None


def storm(seed: int, *, refusals: int, losses: int) -> Choose:
    """Return faults at random calls: at most so many are refused and so many lose their connection, and some are slow."""
    dice = random.Random(seed)
    kinds = ["refuse"] * refusals + ["lose", "cut"] * losses
    dice.shuffle(kinds)

    def choose(method: str, path: str) -> Fault | None:
        if path in {"/_ping", "/version"} or dice.random() > 0.5:  # an engine that does not answer at first is no engine
            return None
        if path == "/events":
            return Fault("cut", seconds=dice.uniform(0, 0.3))
        if kinds and dice.random() > 0.3:
            return Fault(kinds.pop(), message=f"{method} fell into the storm")
        return Fault("delay", seconds=dice.uniform(0, 0.2))

    return choose


def connect(engine: SplitResult) -> socket.socket:
    """Return a connection to the engine at a Unix socket or a port."""
    if engine.scheme == "unix":
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.connect(engine.path)
        return opened
    return socket.create_connection((engine.hostname or "", engine.port or 0))


class Proxy:
    """Listens on a unix socket in `folder` and passes everything on to the engine at `upstream` (a DOCKER_HOST).

    `calls` are (method, path) in the order they came, paths without the version. `on_answer(number)` is called with
    the number of a writing call (from 1) when its answer begins to arrive, before the client gets any of it.
    `choose` says which calls fare badly.
    """

    def __init__(
        self,
        upstream: str,
        folder: Path,
        *,
        on_answer: Callable[[int], None] = lambda _number: None,
        choose: Choose = no_fault,
    ) -> None:
        self._upstream = urlsplit(upstream)
        self._on_answer = on_answer
        self._choose = choose
        self._lock = threading.Lock()
        self._pairs: list[_Pair] = []
        self.calls: list[tuple[str, str]] = []
        self.faults: list[tuple[str, str, Fault]] = []
        self._path = folder / "engine.sock"
        self.host = f"unix://{self._path}"
        self._listen()

    def _listen(self) -> None:
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._path))
        self._listener.listen(128)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def go_away(self, seconds: float) -> None:
        """Drop every connection and take none for a while, as an engine that restarts."""
        self.close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.drop()
        back = threading.Timer(seconds, self._listen)
        back.daemon = True
        back.start()

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The calls that can change something."""
        return [call for call in self.calls if call[0] not in READING]

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            pair = _Pair(self, client, connect(self._upstream))
            with self._lock:
                self._pairs.append(pair)
            pair.start()

    def note(self, head: bytes) -> tuple[int, Fault | None]:
        """Note a request; return its number among the writing ones, 0 for one that only reads, and what happens to it."""
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        path = target.partition("?")[0]
        parts = path.split("/", 2)
        bare = f"/{parts[2]}" if len(parts) > 2 and parts[1].startswith("v1.") else path
        with self._lock:
            self.calls.append((method, bare))
            fault = self._choose(method, bare)
            if fault is not None:
                self.faults.append((method, bare, fault))
            return 0 if method in READING else len(self.writes), fault

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
        self._cut: Fault | None = None

    def drop(self) -> None:
        """End both connections."""
        for one in (self._client, self._engine):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

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
            number, fault = self._proxy.note(head)
            fields = _fields(head)
            if fault is not None and self._suffers(fault, reader, fields):
                continue
            if number:
                self._waiting.append(number)
            self._engine.sendall(head)
            if "upgrade" in fields:
                while data := reader.read1(CHUNK):
                    self._engine.sendall(data)
                break
            self._body(reader, fields, self._engine.sendall)
        self._engine.shutdown(socket.SHUT_WR)

    def _suffers(self, fault: Fault, reader, fields: dict[str, str]) -> bool:
        """Do to a call what its fault says; True when the engine is not to hear of it."""
        if fault.kind == "lose":
            self.drop()
        elif fault.kind == "cut":
            self._cut = fault
        elif fault.kind == "delay":
            time.sleep(fault.seconds)
        else:
            self._body(reader, fields, lambda _data: None)
            body = json.dumps({"message": fault.message}).encode()
            lines = f"HTTP/1.1 {fault.status} Trouble", "Content-Type: application/json", f"Content-Length: {len(body)}"
            self._client.sendall("\r\n".join((*lines, "", "")).encode() + body)
        return fault.kind in {"lose", "refuse"}

    def _body(self, reader, fields: dict[str, str], send: Callable[[bytes], None]) -> None:
        left = int(fields.get("content-length", 0))
        while left and (data := reader.read(min(left, CHUNK))):
            send(data)
            left -= len(data)
        if fields.get("transfer-encoding") == "chunked":
            size = -1
            while size:
                line = reader.readline()
                size = int(line.split(b";")[0], 16)
                send(line + reader.read(size + 2))

    def _answers(self) -> None:
        try:
            while data := self._engine.recv(CHUNK):
                while self._waiting:
                    self._proxy.answered(self._waiting.pop(0))
                if self._cut is not None:
                    if self._cut.seconds:
                        threading.Timer(self._cut.seconds, self.drop).start()
                        self._cut = None
                    else:
                        self.drop()
                        return
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
