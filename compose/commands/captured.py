"""A terminal that is none: what comes is kept, what is to be sent was given before."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from compose.base.value import Value


class Completed(Value, frozen=True, kw_only=True):
    """A command that has ended: its exit code and what it wrote, as text (bytes that are none are replaced)."""

    code: int
    stdout: str = ""
    stderr: str = ""


class Captured:
    """Implements `compose.engine.talk.Terminal` for a program: `data` is what the command reads."""

    def __init__(self, data: bytes | None = None) -> None:
        self._stdout = bytearray()
        self._stderr = bytearray()
        self._input = None
        if data is not None:
            self._input = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
            self._input.write(data)
            self._input.seek(0)

    @property
    def stdin(self) -> int | None:
        """The descriptor to read from, None when there is no input."""
        return None if self._input is None else self._input.fileno()

    def stdout(self, data: bytes) -> None:
        """Keep what the command wrote."""
        self._stdout += data

    def stderr(self, data: bytes) -> None:
        """Keep what the command wrote on stderr."""
        self._stderr += data

    def size(self) -> None:
        """Return None: there is no terminal."""

    @contextmanager
    def taken(
        self,
        *,
        raw: bool,  # noqa: ARG002 - part of the protocol
        resized: Callable[[], object],  # noqa: ARG002 - likewise
        signalled: Callable[[str], None] | None,  # noqa: ARG002 - likewise
    ) -> Iterator[None]:
        """Do nothing: nobody else uses it."""
        yield

    def completed(self, code: int) -> Completed:
        """Return what came of the command."""
        return Completed(
            code=code, stdout=bytes(self._stdout).decode(errors="replace"), stderr=bytes(self._stderr).decode(errors="replace")
        )

    def close(self) -> None:
        """Drop the input."""
        if self._input is not None:
            self._input.close()
