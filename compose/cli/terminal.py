"""The terminal of this process, lent to a command in a container: raw mode, sizes, signals, bytes."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import Any, Final, Self, TextIO

from compose.base.errors import fail
from compose.cli.process import Process, is_terminal
from compose.cli.runtime import Runtime
from compose.cli.wakeup import Wakeup

_FORWARDED: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_LEAVING: Final = frozenset({"SIGINT", "SIGTERM"})
_PATIENCE: Final = 3
"""How many requests to end the other side may ignore before this process ends."""
_CANCELLED: Final = 130


def wants_tty(process: Process, *, no_tty: bool | None, tty: bool | None, stdin: bool) -> bool:
    """Return whether the other side gets a terminal: as `-T` and `-t` say, else where both our ends are one.

    `stdin` = what is typed will be sent.

    Raises:
        ComposeError: the flags contradict each other, or a terminal is asked for where the input is none.
    """
    if no_tty and tty:
        raise fail("contradicting-options", "--tty and --no-tty can't be used together")
    if no_tty is None and tty is None:
        return is_terminal(process.stdin) and is_terminal(process.stdout)
    wanted = not no_tty if no_tty is not None else bool(tty)
    if wanted and stdin and not is_terminal(process.stdin):
        raise fail(
            "no-terminal",
            "cannot attach stdin to a TTY-enabled container because stdin is not a terminal",
            hint="add `-T`, or leave the flag out that asks for a terminal",
        )
    return wanted


class ProcessTerminal:
    """Implements `compose.engine.talk.Terminal` on the standard streams."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._process = runtime.process
        self._asked = 0

    @property
    def stdin(self) -> int | None:
        """The descriptor to read from, None when there is no input."""
        return _descriptor(self._process.stdin)

    def stdout(self, data: bytes) -> None:
        """Write all of `data`."""
        _write(self._process.stdout, data)

    def stderr(self, data: bytes) -> None:
        """Write all of `data`."""
        _write(self._process.stderr, data)

    def size(self) -> tuple[int, int] | None:
        """Return the rows and columns of the terminal, None when there is none."""
        for stream in (self._process.stdout, self._process.stdin):
            descriptor = _descriptor(stream)
            if descriptor is not None and is_terminal(stream):
                found = os.get_terminal_size(descriptor)
                return found.lines, found.columns
        return None

    @contextmanager
    def taken(self, *, raw: bool, resized: Callable[[], object], signalled: Callable[[str], None] | None) -> Iterator[None]:
        """Have the terminal for the other side alone; everything is as before afterwards."""
        reactions: dict[str, Callable[[], object]] = {"SIGWINCH": resized}
        if signalled is not None:
            reactions |= {name: self._forwarding(name, signalled) for name in _FORWARDED}
        with ExitStack() as stack:
            self._runtime.pause()
            stack.callback(self._runtime.resume)
            stack.enter_context(Relay(reactions))
            if raw and is_terminal(self._process.stdin):
                stack.enter_context(_raw(self._process.stdin.fileno()))
            yield

    def _forwarding(self, name: str, signalled: Callable[[str], None]) -> Callable[[], None]:
        def forward() -> None:
            self._asked += name in _LEAVING
            if self._asked > _PATIENCE:
                self._runtime.abandon(_CANCELLED)
            signalled(name)

        return forward


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    """Let every key through, and every byte out, as it is."""
    if sys.platform == "win32":
        yield
        return
    import termios  # noqa: PLC0415 - not everywhere
    import tty  # noqa: PLC0415 - likewise

    before = termios.tcgetattr(descriptor)
    tty.setraw(descriptor, termios.TCSADRAIN)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class Relay:
    """Calls back for signals on a thread of its own while it is entered; only in the main thread."""

    def __init__(self, reactions: Mapping[str, Callable[[], object]]) -> None:
        self._reactions = {getattr(signal, name): react for name, react in reactions.items() if hasattr(signal, name)}
        self._before: dict[int, Any] = {}
        self._wakeup = Wakeup(self._reactions, lambda number: self._reactions[signal.Signals(number)]())

    def __enter__(self) -> Self:
        self._wakeup.__enter__()
        for number in self._reactions:
            self._before[number] = signal.signal(number, _left_to_the_thread)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._wakeup.__exit__(None, None, None)


def _left_to_the_thread(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: without a handler the interpreter would not wake anybody."""


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (io.UnsupportedOperation, ValueError):
        return None


def _write(stream: TextIO, data: bytes) -> None:
    """Write bytes as they are, past the text layer where there is something below it."""
    descriptor = _descriptor(stream)
    if descriptor is None:
        stream.write(data.decode(errors="replace"))
        return
    stream.flush()
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
