"""The program: arguments in, exit code out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compose.cli.command import HelpWanted, UnknownCommand, unknown_command
from compose.cli.plugin import arguments, end_process, follow_docker, is_metadata, metadata, plugin_name, title
from compose.cli.process import Process
from compose.cli.root import group
from compose.cli.runtime import Runtime
from compose.cli.signals import Signals, Suspension

if TYPE_CHECKING:
    from compose.cli.param import Context

_WIDEST_HELP: Final = 110


def main(process: Process) -> int:
    """Run one command line and return its exit code; nothing escapes but a request to exit the interpreter."""
    if is_metadata(process.arguments):
        process.stdout.write(metadata())
        return 0
    runtime = Runtime(process)
    try:
        with Signals(runtime.stop, leave=runtime.abandon), Suspension(runtime.pause, runtime.resume):
            if plugin_name(process):
                follow_docker(process.environ, lambda: end_process(runtime.stop))
            try:
                return _dispatch(runtime)
            finally:
                runtime.close()
    except BaseException as error:
        if isinstance(error, SystemExit):
            raise
        from compose.cli.exits import report  # noqa: PLC0415 - most commands end well

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
    try:
        process, root = runtime.process, group()
        return root.run(arguments(process, root), obj=runtime, name=title(process)) or 0
    except HelpWanted as wanted:
        runtime.write(_help(runtime, wanted.context))
        return 0
    except UnknownCommand as unknown:
        runtime.write(_help(runtime, unknown.context))
        raise unknown_command(unknown.name, unknown.context.command_path, unknown.hint) from None


def _help(runtime: Runtime, context: Context) -> str:
    from compose.cli.help import render  # noqa: PLC0415 - typer, which describes parameters, is only for this
    from compose.view.mode import terminal_size  # noqa: PLC0415 - as above

    width = min(terminal_size(runtime.process.stdout).columns, _WIDEST_HELP)
    return render(context.command, context.command_path, width=width)
