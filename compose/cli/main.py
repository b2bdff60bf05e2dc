"""The program: arguments in, exit code out."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final

import typer

from compose.cli import help as help_text
from compose.cli.command import Command, HelpWanted, UnknownCommand, unknown_command
from compose.cli.exits import report
from compose.cli.plugin import arguments, follow_docker, is_metadata, metadata, plugin_name, title
from compose.cli.process import Process, current, settle
from compose.cli.root import group
from compose.cli.runtime import Runtime
from compose.cli.signals import Signals, Suspension
from compose.view.make import terminal_size

if TYPE_CHECKING:
    from typer._click import Context

_WIDEST_HELP: Final = 110
_COLLECT_EVERY: Final = 20_000
"""Objects between two garbage collections: Python's 700 cost a command that loads a project a tenth of its time."""


def run() -> None:
    """Run the program in this process and end it with its exit code (the console script)."""
    gc.set_threshold(_COLLECT_EVERY)
    code = main(current())
    settle()
    sys.exit(code)


def main(process: Process) -> int:
    """Run one command line and return its exit code; nothing escapes but a request to exit the interpreter."""
    if is_metadata(process.arguments):
        process.stdout.write(metadata())
        return 0
    runtime = Runtime(process)
    if plugin_name(process):
        follow_docker(process.environ)
    try:
        with Signals(runtime.stop, leave=runtime.abandon), Suspension(runtime.pause, runtime.resume):
            try:
                return _dispatch(runtime)
            finally:
                runtime.close()
    except BaseException as error:
        if isinstance(error, SystemExit):
            raise
        return report(
            error,
            process.stderr,
            json=runtime.mode == "json",
            debugging=runtime.is_debugging,
            sources=runtime.source,
            colour=runtime.has_colour(process.stderr),
            width=runtime.width,
        )


def _dispatch(runtime: Runtime) -> int:
    process = runtime.process
    try:
        root = group()
        with root.make_context(title(process), arguments(process, root), obj=runtime) as context:
            return context.command.invoke(context) or 0
    except HelpWanted as wanted:
        runtime.write(_help(runtime, wanted.context))
        return 0
    except UnknownCommand as unknown:
        runtime.write(_help(runtime, unknown.context))
        raise unknown_command(unknown.name, unknown.context.command_path, unknown.hint) from None
    except typer.Exit as leave:
        return leave.exit_code


def _help(runtime: Runtime, context: Context) -> str:
    assert isinstance(context.command, Command)
    width = min(terminal_size(runtime.process.stdout).columns, _WIDEST_HELP)
    return help_text.render(context.command, context.command_path, width=width)
