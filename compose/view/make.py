"""One view out of its parts: progress in the mode asked for, log lines, and notices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Any, Final, Protocol, TextIO

from compose.base.clock import Clock, SystemClock
from compose.base.events import (
    Attached,
    CommandOutput,
    ContainerExited,
    ContainerRecreated,
    Event,
    FilesSynced,
    LogLine,
    Notice,
    PathExplained,
    StepOutput,
    WatchAction,
    WatchChanged,
)
from compose.view.diagnostics import Sources, render
from compose.view.json_lines import JsonLines
from compose.view.logs import CLEAR_LINE, LogPrinter, LogStyle
from compose.view.mode import Mode, terminal_size
from compose.view.plain import Plain
from compose.view.progress_view import Footer, ProgressView
from compose.view.quiet import Quiet

_WATCHED: Final = (WatchChanged, FilesSynced, WatchAction, CommandOutput, PathExplained)


class EventPrinter(Protocol):
    """Writes events of one kind."""

    def handle(self, event: Event) -> None:
        """Write `event`."""
        ...


class View:
    """Shows events: progress and notices on `stderr`, what containers and builds write on `stdout`.

    Safe to use from several threads.
    """

    def __init__(
        self,
        progress: ProgressView,
        logs: LogPrinter,
        notices: Notices | None,
        *,
        step_output: bool = True,
        unwritable: Callable[[OSError], None] | None = None,
        watched: EventPrinter | None = None,
    ) -> None:
        self._watched = watched
        self._lock = threading.Lock()
        self._unwritable = unwritable
        self._step_output = step_output
        self._progress = progress
        self._logs = logs
        self._notices = notices

    def handle(self, event: Event) -> None:
        """Show `event`.

        Raises:
            OSError: the output cannot be written, and nobody is there to be told (`unwritable`).
        """
        try:
            self._show(event)
        except OSError as error:
            if self._unwritable is None:
                raise
            self._unwritable(error)

    def handle_all(self, events: Sequence[Event]) -> None:
        """Show `events`; the terminal is painted once for all log lines that follow each other.

        Raises:
            OSError: as for `handle`.
        """
        try:
            for are_logs, group in groupby(events, key=_is_log):
                if are_logs:
                    self._show_logs(tuple(group))
                else:
                    for event in group:
                        self._show(event)
        except OSError as error:
            if self._unwritable is None:
                raise
            self._unwritable(error)

    def _show_logs(self, events: tuple[Any, ...]) -> None:
        with self._lock, self._progress.above():
            self._logs.handle(*events)

    def _show(self, event: Event) -> None:
        if _is_log(event):
            self._show_logs((event,))
            return
        with self._lock:
            if self._watched is not None and isinstance(event, _WATCHED):
                with self._progress.above():
                    self._watched.handle(event)
            elif isinstance(event, Notice) and self._notices is not None:
                with self._progress.above():
                    self._notices.handle(event)
            elif self._step_output or not isinstance(event, StepOutput):
                self._progress.handle(event)

    def above(self) -> AbstractContextManager[None]:
        """Let others write to the same terminal meanwhile (a question, a table)."""
        return self._progress.above()

    def footer(self, footer: Footer | None) -> None:
        """Keep a line below everything, where this is a terminal; None takes it away."""
        self._progress.footer(footer)

    def hide(self, services: frozenset[str]) -> None:
        """Show no log lines of these services from now on."""
        with self._lock:
            self._logs.hidden = services

    def pause(self) -> None:
        """Give the terminal back for a while; called by signal handlers, so it takes no lock of this class."""
        self._progress.pause()

    def resume(self) -> None:
        """Take the terminal again."""
        self._progress.resume()

    def close(self) -> None:
        """Finish what is on the screen."""
        with self._lock:
            self._progress.close()


def _is_log(event: Event) -> bool:
    return isinstance(event, (LogLine, Attached, ContainerExited, ContainerRecreated))


class Notices:
    """Writes notices as diagnostics; on a terminal over what a key press (`^C`) left on the line."""

    def __init__(
        self, stream: TextIO, sources: Sources | None, *, colour: bool, width: int | None, terminal: bool = False
    ) -> None:
        self._stream = stream
        self._start = CLEAR_LINE if terminal else ""
        self._sources = sources
        self._colour = colour
        self._width = width

    def handle(self, event: Notice) -> None:
        """Write the diagnostic of `event`."""
        text = render(event.diagnostic, self._sources, colour=self._colour, width=self._width)
        self._stream.write(f"{self._start}{text}")
        self._stream.flush()


def make(
    mode: Mode,
    stdout: TextIO,
    stderr: TextIO,
    *,
    colour: bool = False,
    logs: LogStyle | None = None,
    sources: Sources | None = None,
    width: int | None = None,
    step_output: bool = True,
    unwritable: Callable[[OSError], None] | None = None,
    clock: Clock | None = None,
    watched: EventPrinter | None = None,
) -> View:
    """Return the view for a mode.

    `sources` gives the files that notices show excerpts of, at most `width` columns wide; without `step_output`
    what builds write is not shown. `unwritable` is called, on whichever thread notices, when the output cannot be
    written (a full disk, a reader that went away). `watched` writes what watching tells.
    """
    notices = None if mode == "json" else Notices(stderr, sources, colour=colour, width=width, terminal=mode == "tty")
    return View(
        _progress(mode, stdout, stderr, colour=colour, clock=clock or SystemClock()),
        LogPrinter(stdout, stderr, logs or LogStyle()),
        notices,
        step_output=step_output,
        unwritable=unwritable,
        watched=watched,
    )


def _progress(mode: Mode, stdout: TextIO, stderr: TextIO, *, colour: bool, clock: Clock) -> ProgressView:
    if mode == "plain":
        return Plain(stdout, stderr)
    if mode == "json":
        return JsonLines(stderr)
    if mode == "quiet":
        return Quiet()
    from compose.view.screen import Screen  # noqa: PLC0415 - only a terminal needs it

    return Screen(stderr, size=lambda: terminal_size(stderr), clock=clock, colour=colour)
