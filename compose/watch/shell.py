"""A shell that is kept open in a container: what costs the engine 60 ms as a new command is a millisecond here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from compose.base.errors import EngineError, fail
from compose.engine import inside
from compose.engine.errors import unusable
from compose.engine.port import Call, Connection, Engine, path
from compose.engine.streams import StreamName, demultiplex
from compose.watch import script

PATIENCE_SECONDS = 60.0
"""How long a request may stay without any answer."""

Told = Callable[[StreamName, bytes], None]


class Answer(msgspec.Struct, frozen=True):
    """What a request wrote, and how it ended."""

    status: int
    output: bytes


class Shell:
    """One `sh` in a container, for one thread at a time.

    `body` is merged into that of POST containers/{id}/exec: user, working directory, environment.
    """

    def __init__(self, engine: Engine, container: str, body: dict[str, Any]) -> None:
        """Start it.

        Raises:
            EngineError: the container does not run, or has no shell.
        """
        self._token = os.urandom(16).hex()
        self._end = self._token.encode()
        full = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Tty": False, **body}
        full["Cmd"] = ["sh", "-c", script.loop(self._token)]
        self.id = inside.create(engine, container, full)
        call = Call(
            method="POST", path=path("/exec/{}/start", self.id), body={"Detach": False, "Tty": False}, timeout=PATIENCE_SECONDS
        )
        self._connection: Connection = engine.hijack(call)
        self._frames: Iterator[tuple[StreamName, bytes]] = demultiplex(self._connection.chunks(), tty=False)
        try:
            self.ask(b":")
        except EngineError:
            self.close()
            raise

    def ask(self, text: bytes, content: Iterable[bytes] = (), *, told: Told | None = None) -> Answer:
        """Make a request, send its content after it, and wait for the end; `told` hears the output as it comes.

        Raises:
            EngineError: the shell is gone, or does not answer.
        """
        self._connection.write(script.request(text) + b"".join(content) if isinstance(content, tuple) else script.request(text))
        if not isinstance(content, tuple):
            for piece in content:
                self._connection.write(piece)
        return self._answer(told)

    def close(self) -> None:
        """End it; what runs in it ends when it reads or writes next."""
        self._connection.close()

    def _answer(self, told: Told | None) -> Answer:
        """Take frames up to the line that ends an answer."""
        output = bytearray()
        passed = 0
        for stream, data in self._frames:
            if stream == "stderr":
                if told is not None:
                    told("stderr", data)
                continue
            output += data
            found = self._status(output)
            if told is not None:
                until = found[1] if found else max(passed, len(output) - len(self._end) - 16)
                if until > passed:
                    told("stdout", bytes(output[passed:until]))
                    passed = until
            if found is not None:
                return Answer(found[0], bytes(output[: found[1]]))
        raise unusable("watch-shell-ended", "the shell that is kept open in the container ended")

    def _status(self, output: bytearray) -> tuple[int, int] | None:
        """Return the status and where the output ends, None while the end has not come."""
        if not output.endswith(b"\n"):
            return None
        start = output.rfind(b"\n", 0, len(output) - 1)
        line = bytes(output[start + 1 : -1])
        if start < 0 or not line.startswith(self._end + b" "):
            return None
        return int(line[len(self._end) + 1 :]), start


def failed(answer: Answer, what: str) -> None:
    """Turn a request that went wrong into an error.

    Raises:
        ComposeError: it did.
    """
    if answer.status:
        lines = [line for line in answer.output.decode(errors="replace").strip().splitlines() if line.strip()]
        why = "; ".join(lines[-3:]) or f"exit status {answer.status}"
        raise fail("watch-write-failed", f"{what}: {why}")
