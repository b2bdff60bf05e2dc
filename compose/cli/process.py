"""The process as the command line finds it: arguments, environment, directory, standard streams.

The only place that looks at `sys` and `os.environ`; tests give a made-up process instead.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from typing import TextIO

from compose.base.value import Value


class Process(Value, frozen=True, kw_only=True):
    """What the caller gave; `program` is the name or path it was called by, `arguments` what follows."""

    program: str = "compose"
    arguments: tuple[str, ...]
    environ: Mapping[str, str]
    cwd: str
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @property
    def is_debugging(self) -> bool:
        """Whether internal errors show where they come from."""
        return self.environ.get("COMPOSE_DEBUG", "").lower() in {"1", "true", "yes"}


def current() -> Process:
    """Return the running process; its output streams pass through whatever bytes containers write."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if stream.encoding.lower() == "utf-8" else "backslashreplace")
    # streams that the caller closed are None in Python
    return Process(
        program=sys.argv[0],
        arguments=tuple(sys.argv[1:]),
        environ=dict(os.environ),
        cwd=working_directory(os.environ),
        stdin=sys.stdin or io.StringIO(),
        stdout=sys.stdout or io.StringIO(),
        stderr=sys.stderr or io.StringIO(),
    )


def settle() -> None:
    """Write out what the output streams still hold, or let it go where nobody can take it.

    Python would complain at its end.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def working_directory(environ: Mapping[str, str]) -> str:
    """Return the current directory, by the name the shell knows it by where that is the same place."""
    actual = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than most commands run
    named = environ.get("PWD", "")
    try:
        is_same = os.path.isabs(named) and os.path.samefile(named, actual)  # noqa: PTH117, PTH121 - likewise
    except OSError:
        is_same = False
    return named if is_same else actual


def is_terminal(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal."""
    try:
        return stream.isatty()
    except ValueError:
        return False
