from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from compose.cli.main import main
from compose.cli.process import Process


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def process(tmp_path):
    """Make a process: arguments, and what else differs from an empty environment without terminals."""

    def make(*arguments, stdin="", terminal=False, program="compose", **environ):
        stream = Terminal if terminal else io.StringIO
        return Process(
            program=program,
            arguments=arguments,
            environ=environ,
            cwd=str(tmp_path),
            stdin=stream(stdin),
            stdout=stream(),
            stderr=stream(),
        )

    return make


@pytest.fixture
def compose(process):
    """Run a command line in a made-up process; gives code, out and err."""

    def run(*arguments, **rest):
        made = process(*arguments, **rest)
        code = main(made)
        return SimpleNamespace(code=code, out=made.stdout.getvalue(), err=made.stderr.getvalue())

    return run
