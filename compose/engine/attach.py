"""Both ends of a container's or a command's streams: what is typed goes in, what is written comes out."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable

import msgspec

from compose.base.errors import EngineError
from compose.engine import errors
from compose.engine.port import Call, Connection, Engine, Stream, path
from compose.engine.streams import demultiplex

_CHUNK = 65536

Write = Callable[[bytes], None]


def attach(
    engine: Engine, container: str, *, stdin: bool = False, output: bool = True, history: bool = False, detach_keys: str = ""
) -> Connection:
    """Attach to a container (POST containers/{id}/attach), also to one that is not started yet.

    `history` begins with what it has written before; with `detach_keys` (`ctrl-p,ctrl-q`) the engine ends the
    connection when they are typed.

    Raises:
        EngineError: there is no such container.
    """
    query = {
        "stream": True,
        "stdin": stdin or None,
        "stdout": output or None,
        "stderr": output or None,
        "logs": history or None,
        "detachKeys": detach_keys or None,
    }
    return engine.hijack(Call(method="POST", path=path("/containers/{}/attach", container), query=query))


def interact(connection: Connection, *, tty: bool, stdin: int | None, stdout: Write, stderr: Write) -> None:
    """Carry bytes both ways until the other side ends; `stdin` is a descriptor to read from, None for nothing to send.

    The end of the input is passed on, and output still comes. With a terminal (`tty`) everything comes to `stdout`.

    Raises:
        EngineError: the connection broke.
        OSError: the output could not be written.
    """
    feeder = _Feeder(connection, stdin) if stdin is not None else None
    try:
        for stream, data in demultiplex(connection.chunks(), tty=tty):
            (stderr if stream == "stderr" else stdout)(data)
    finally:
        connection.close()  # first: a write that nobody reads any more ends with it
        if feeder is not None:
            feeder.close()


def resize(engine: Engine, identifier: str, *, rows: int, columns: int, of_exec: bool = False) -> bool:
    """Tell a terminal inside its size; return False when there is none yet, or none any more."""
    where = path("/exec/{}/resize" if of_exec else "/containers/{}/resize", identifier)
    try:
        engine.call(Call(method="POST", path=where, query={"h": rows, "w": columns}))
    except EngineError as error:
        if not error.status:
            raise
        return False
    return True


class Ending:
    """The end of a container, awaited from before its start so that it cannot be missed (POST containers/{id}/wait).

    `condition` is next-exit or not-running.
    """

    def __init__(self, engine: Engine, container: str, condition: str = "next-exit") -> None:
        """Begin to wait; when this returns, the engine knows.

        Raises:
            EngineError: there is no such container.
        """
        call = Call(method="POST", path=path("/containers/{}/wait", container), query={"condition": condition})
        self._stream: Stream = engine.stream(call)

    def code(self) -> int:
        """Return the exit code, when the container has ended.

        Raises:
            EngineError: the engine could not wait, or the connection broke.
        """
        with self._stream as stream:
            answer = msgspec.json.decode(b"".join(stream.chunks()) or b"{}")
        failure = (answer.get("Error") or {}).get("Message")
        if failure or "StatusCode" not in answer:
            raise errors.unusable("engine-error", f"error waiting for container: {failure or 'the engine gave up'}")
        return int(answer["StatusCode"])

    def close(self) -> None:
        """Do not wait any longer."""
        self._stream.close()


def await_removal(engine: Engine, identifier: str) -> None:
    """Wait until a container that the engine removes at its end is gone.

    It is waited for after the exit code is known, since Podman 4 answers 0 to who waits for the removal alone.

    Raises:
        EngineError: the engine could not wait, or the connection broke.
    """
    try:
        engine.call(Call(method="POST", path=path("/containers/{}/wait", identifier), query={"condition": "removed"}))
    except EngineError as error:
        if error.status != errors.NOT_FOUND:
            raise


class _Feeder:
    """Sends what can be read from a descriptor, on a thread of its own, until closed."""

    def __init__(self, connection: Connection, source: int) -> None:
        self._connection = connection
        self._source = source
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._run, name="engine-stdin", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; where the system cannot interrupt a read, the thread is left to the end of the process."""
        os.close(self._waker)
        if sys.platform != "win32":
            self._thread.join()
            os.close(self._wake)

    def _run(self) -> None:
        try:
            while self._is_ready():
                data = os.read(self._source, _CHUNK)
                if not data:
                    self._connection.close_write()
                    return
                self._connection.write(data)
        except (EngineError, OSError):
            return  # the other side is gone, which its reader tells; or our input is

    def _is_ready(self) -> bool:
        """Wait for input; False when the feeder was closed."""
        if sys.platform == "win32":
            return True  # select knows only sockets there
        return self._wake not in select.select([self._source, self._wake], [], [])[0]
