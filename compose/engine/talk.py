"""A conversation of the user's terminal with a container or a command in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from compose.base.errors import EngineError
from compose.engine.attach import interact
from compose.engine.port import Connection
from compose.engine.workers import Workers

Size = tuple[int, int]
"""Rows and columns."""

_THREADS = 2
_TRIES = 12
_FIRST_PAUSE_SECONDS = 0.01


class Terminal(Protocol):
    """The standard streams of the process, lent by the command line."""

    @property
    def stdin(self) -> int | None:
        """The descriptor to read from, None when there is no input."""
        ...

    def stdout(self, data: bytes) -> None:
        """Write all of `data`."""
        ...

    def stderr(self, data: bytes) -> None:
        """Write all of `data`."""
        ...

    def size(self) -> Size | None:
        """Return the size of the terminal, None when there is none."""
        ...

    def taken(
        self, *, raw: bool, resized: Callable[[], object], signalled: Callable[[str], None] | None
    ) -> AbstractContextManager[None]:
        """Have the terminal for the other side alone: `raw` passes every key on.

        `resized` is called when its size changes; `signalled`, where it is given, with the names (`SIGTERM`) of the
        signals that reach this process. Both are called on a thread of their own.
        """
        ...


def _nothing() -> None:
    """Do nothing."""


class Talk:
    """One conversation with a container or a command in it.

    - `tty`: there is a terminal on the other side; `stdin`: what is typed is sent.
    - `keys`: the keys that end it early (`ctrl-p,ctrl-q`); they are not sent, and `detached` tells.
    - `resize`: gives the other side the size of the terminal, False when it has none yet.
    - `signal`: passes a signal on; None leaves signals to this process.
    """

    def __init__(
        self,
        terminal: Terminal,
        *,
        tty: bool,
        stdin: bool,
        keys: str,
        resize: Callable[[int, int], bool],
        signal: Callable[[str], None] | None = None,
    ) -> None:
        self._terminal = terminal
        self._tty = tty
        self._stdin = stdin
        self._resize = resize
        self._signal = signal
        self._keys = Keys(keys) if tty else None
        self._ended = threading.Event()

    @property
    def detached(self) -> bool:
        """Whether the user typed the keys that end it."""
        return self._keys is not None and self._keys.seen

    def hold(
        self, connection: Connection, *, begin: Callable[[], None] = _nothing, meanwhile: Callable[[], None] = _nothing
    ) -> None:
        """Carry bytes both ways until the other side ends.

        `begin` is called when everything is ready for it, `meanwhile` after that, on a thread of its own.

        Raises:
            EngineError: the connection broke, or `begin` failed.
            ComposeError: `meanwhile` failed.
            OSError: the output could not be written.
        """
        stdin = self._terminal.stdin if self._stdin else None
        watched = _Watched(connection, self._keys) if self._keys is not None else connection
        workers = Workers(_THREADS, name="engine-talk")
        with self._terminal.taken(raw=self._tty and stdin is not None, resized=self._fit, signalled=self._signal):
            try:
                begin()
                beside = workers.start(self._fit_first), workers.start(meanwhile)
                interact(watched, tty=self._tty, stdin=stdin, stdout=self._terminal.stdout, stderr=self._terminal.stderr)
                self._ended.set()
                for one in beside:
                    one.result()
            finally:
                workers.close()
                self._ended.set()
                connection.close()

    def _fit_first(self) -> None:
        """Give the first size, which the engine may refuse until the process has begun."""
        pause = _FIRST_PAUSE_SECONDS
        for _ in range(_TRIES):
            if self._fit() or self._ended.wait(pause):
                return
            pause *= 2

    def _fit(self) -> bool:
        size = self._terminal.size() if self._tty else None
        try:
            return size is None or self._resize(*size)
        except EngineError:
            return True  # the connection is gone, which the conversation itself tells


class Keys:
    """Holds back a sequence of keys such as `ctrl-p,ctrl-q`, which is the default where `text` is empty.

    The other side must not see them: Docker 20 ends a command whose exec it was that they ended.
    """

    def __init__(self, text: str) -> None:
        self._wanted = bytes(key for part in (text or "ctrl-p,ctrl-q").split(",") for key in _code(part))
        self._held = b""
        self.seen = False

    def pass_on(self, data: bytes) -> bytes:
        """Return what may be sent now; the beginning of the sequence waits for what comes after it."""
        typed = self._held + data
        before, keys, _ = typed.partition(self._wanted)
        self.seen = self.seen or bool(keys)
        self._held = b"" if keys else self._begun(before)
        return before[: len(before) - len(self._held)]

    def _begun(self, typed: bytes) -> bytes:
        """Return the longest end of what was typed that begins the sequence."""
        sizes = range(min(len(self._wanted) - 1, len(typed)), 0, -1)
        return next((typed[-size:] for size in sizes if self._wanted.startswith(typed[-size:])), b"")


def _code(part: str) -> bytes:
    """Return what a terminal sends for one key: `a` or `ctrl-a`."""
    name = part.strip()
    if name.startswith("ctrl-") and name[5:]:
        return bytes([ord(name[5:6].upper()) & 0x1F])
    return name.encode()


class _Watched:
    """A connection whose input is looked at on its way."""

    def __init__(self, inner: Connection, keys: Keys) -> None:
        self._inner = inner
        self._keys = keys

    def header(self, name: str) -> str:
        return self._inner.header(name)

    def write(self, data: bytes) -> None:
        rest = self._keys.pass_on(data)
        if rest:
            self._inner.write(rest)
        if self._keys.seen:
            self._inner.close()

    def close_write(self) -> None:
        self._inner.close_write()

    def fileno(self) -> int:
        return self._inner.fileno()

    def chunks(self) -> Iterator[bytes]:
        return self._inner.chunks()

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self.close()
