"""What a command runs in: its process, the options before it, the view, the session."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Final

from compose.base.errors import ComposeError, fail
from compose.cli.process import Process, is_terminal
from compose.commands.session import GlobalOptions, Session
from compose.commands.stopping import Cancellation
from compose.view.mode import Mode, choose_mode, terminal_size

if TYPE_CHECKING:
    from pathlib import Path

    from compose.base.events import Event
    from compose.cli.keyboard import Keyboard
    from compose.cli.param import Context
    from compose.commands.session import Sighting
    from compose.plan.plan import Plan
    from compose.view.logs import LogStyle
    from compose.view.make import EventPrinter, View

_SHOW_CURSOR: Final = "\x1b[?25h"
_LARGEST_SOURCE: Final = 4_000_000
_STDIN: Final = "-"
"""How a diagnostic names the Compose file that came on standard input."""
BROKEN_PIPE: Final = 141
"""The exit code a shell shows for a program that SIGPIPE ended, as it does the peer."""

_YES: Final = frozenset({"y", "1", "t", "true"})


class Runtime:
    """One run of the program; made before the arguments are read, filled by the options before the command.

    `environ` is the caller's environment, changed by flags that stand for variables.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.environ = process.environ
        self.options = GlobalOptions()
        self.stop = Cancellation()
        self.mode: Mode = "plain"
        self.is_debugging = process.is_debugging
        self.previewed: list[Plan] | None = None
        self.keyboard: Keyboard | None = None
        self._view: View | None = None
        self._look: Callable[[], View] | None = None
        self._session: Session | None = None
        self._lock = threading.Lock()
        self._given = ""

    @staticmethod
    def of(context: Context) -> Runtime:
        """Return the runtime of a command's context."""
        runtime = context.find_root().obj
        assert isinstance(runtime, Runtime)
        return runtime

    def configure(self, options: GlobalOptions) -> None:
        """Take the options that stand before the command.

        Raises:
            ComposeError: `--progress` and `--ansi` contradict each other.
        """
        self.options = options
        self.mode = choose_mode(options.progress, options.ansi, terminal=is_terminal(self.process.stderr))

    def session(
        self, *, logs: LogStyle | None = None, quiet: bool = False, quiet_build: bool = False, watched: EventPrinter | None = None
    ) -> Session:
        """Return the session of the command; its events go to the view.

        `logs` is how container output looks; `quiet` shows no progress, `quiet_build` nothing of what builds write;
        `watched` writes what watching tells.
        """

        def look() -> View:
            from compose.view.make import make  # noqa: PLC0415 - where nothing happens there is nothing to show

            return make(
                "quiet" if quiet else self.mode,
                self.process.stdout,
                self.process.stderr,
                colour=self.has_colour(self.process.stderr),
                logs=logs,
                sources=self.source,
                width=self.width,
                step_output=not quiet_build,
                unwritable=self._give_up,
                watched=watched,
            )

        self._look, self._view = look, None
        self._session = Session(
            self.options,
            environ=self.environ,
            cwd=self.process.cwd,
            stop=self.stop,
            emit=self._show,
            emit_all=self._show_all,
            confirm=self.confirm,
            stdin=self._read_stdin,
            input=self._input,
        )
        return self._session

    @property
    def view(self) -> View:
        """The view of the command's session, made when it is first wanted, on whichever thread."""
        with self._lock:
            if self._view is None:
                assert self._look is not None
                self._view = self._look()
            return self._view

    def _show(self, event: Event) -> None:
        (self._view or self.view).handle(event)

    def _show_all(self, events: Sequence[Event]) -> None:
        (self._view or self.view).handle_all(events)

    def _read_stdin(self) -> str:
        """Return the Compose file that comes on standard input, and keep it for diagnostics."""
        self._given = self.process.stdin.read()
        return self._given

    def _input(self) -> IO[bytes]:
        """Return standard input as bytes."""
        stdin = self.process.stdin
        return stdin.buffer if isinstance(stdin, io.TextIOWrapper) else io.BytesIO(stdin.read().encode())

    def write(self, text: str) -> None:
        """Write a result on stdout."""
        if self._view is not None:
            with self._view.above():
                self._put(text)
        else:
            self._put(text)

    def preview(self, plan: Plan) -> None:
        """In a dry run, print what would be done; `previewed` keeps it instead when `compose plan` asked for that."""
        if self.previewed is not None:
            self.previewed.append(plan)
        elif self.options.dry_run:
            from compose.plan.text import render  # noqa: PLC0415 - hardly ever needed

            self.write(render(plan))

    @property
    def sighting(self) -> Sighting | None:
        """What the command saw of the engine before it planned, None when it did not look."""
        return self._session.sighting if self._session is not None else None

    def save(self, file: str, data: bytes, *, mode: int = 0o666) -> None:
        """Write a file that the user named.

        Raises:
            ComposeError: it cannot be written.
        """
        try:
            with open(self._path(file), "wb", opener=lambda name, flags: os.open(name, flags, mode)) as target:
                target.write(data)
        except OSError as error:
            raise fail("cannot-write", f"cannot write `{file}`: {error.strerror}") from error

    def _put(self, text: str) -> None:
        try:
            self.process.stdout.write(text)
            self.process.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(error) from error

    def _give_up(self, error: OSError) -> None:
        """End the program because its output cannot be written, from whatever thread noticed."""
        if isinstance(error, BrokenPipeError):
            self.abandon(BROKEN_PIPE)
            return
        from compose.view.diagnostics import render_all  # noqa: PLC0415 - only for this

        self.process.stderr.write(render_all(_unwritable(error).diagnostics))
        self.abandon(1)

    def confirm(self, question: str, /, *, default: bool = False) -> bool:
        """Ask a yes/no question and return the answer; an empty line at a terminal is the default.

        Without a terminal one word is read from stdin, as the peer does: `y`, `1`, `t` or `true` are yes.
        """
        if self._view is not None:
            self._view.close()
        terminal = is_terminal(self.process.stdin)
        self._put(f"{question} [{'Y/n' if default else 'y/N'}]: " if terminal else question)
        line = self.process.stdin.readline()
        words = line.split()
        if terminal and line and not words:
            return default
        answer = words[0].lower() if words else ""
        return answer in _YES or (terminal and answer == "yes")

    def has_colour(self, stream: object) -> bool:
        """Return whether what is written to a stream may be coloured: `--ansi`, else NO_COLOR, else a terminal."""
        if self.options.ansi != "auto":
            return self.options.ansi == "always"
        environ = self.process.environ
        if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
            return False
        return (stream is self.process.stdout and is_terminal(self.process.stdout)) or (
            stream is self.process.stderr and is_terminal(self.process.stderr)
        )

    @property
    def width(self) -> int | None:
        """How wide text on stderr may be, None when it is no terminal."""
        return terminal_size(self.process.stderr).columns if is_terminal(self.process.stderr) else None

    def source(self, file: str) -> str | None:
        """Return the text of a file that a diagnostic names, None when it cannot be read any more."""
        if file == _STDIN:
            return self._given or None
        path = self._path(file)
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_SOURCE:
                return None
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def _path(self, file: str) -> Path:
        from pathlib import Path  # noqa: PLC0415 - most commands read no file of their own

        return Path(self.process.cwd) / file

    def docker_setting(self, name: str) -> str:
        """Return a text from the docker command line's configuration file, "" when it is not there."""
        import json  # noqa: PLC0415 - as below

        from compose.engine.contexts import config_directory  # noqa: PLC0415 - only some commands look

        try:
            settings = json.loads((config_directory(self.environ) / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        value = settings.get(name, "") if isinstance(settings, dict) else ""
        return value if isinstance(value, str) else ""

    def close(self) -> None:
        """Finish what is on the screen and release the engine."""
        if self._view is not None:
            self._view.close()
        if self._session is not None:
            self._session.close()

    def pause(self) -> None:
        """Give the terminal back for a while."""
        if self.keyboard is not None:
            self.keyboard.pause()
        if self._view is not None:
            self._view.pause()

    def resume(self) -> None:
        """Take the terminal again."""
        if self._view is not None:
            self._view.resume()
        if self.keyboard is not None:
            self.keyboard.resume()

    def abandon(self, code: int) -> None:
        """End the process now, leaving at least the cursor as it was found."""
        if self.keyboard is not None:
            self.keyboard.pause()
        if self.mode == "tty":
            self.process.stderr.write(_SHOW_CURSOR)
            self.process.stderr.flush()
        os._exit(code)


def _unwritable(error: OSError) -> ComposeError:
    return fail("cannot-write", f"cannot write the output: {error.strerror}")
