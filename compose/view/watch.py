"""What watching tells, as lines: `web: 3 files in 6 ms`."""

from __future__ import annotations

from typing import Final, TextIO

from compose.base.events import CommandOutput, Event, FilesSynced, PathExplained, WatchAction, WatchChanged
from compose.view.json_lines import JsonLines
from compose.view.width import printable

MARK: Final = " ⦿ "
"""Goes before what watching tells among the output of containers."""
_GREEN: Final = "\x1b[92m"
_PLAIN: Final = "\x1b[0m"
_NAMED: Final = 2
"""Up to so many paths are named."""
_ACTIONS: Final = {
    "rebuild": ("building its image", "built and up", "cannot be rebuilt"),
    "restart": ("restarting", "restarted", "cannot be restarted"),
    "signal": ("sending a signal", "signalled", "cannot be signalled"),
    "exec": ("running", "ran", "failed"),
    "reload": ("reloading", "reloaded", "cannot be reloaded"),
}

Watched = WatchChanged | FilesSynced | WatchAction | CommandOutput | PathExplained


class WatchPrinter:
    """Writes what watching tells to a stream, as text or as JSON; `prefix` goes before each line of text."""

    def __init__(self, stream: TextIO, *, json: bool = False, prefix: str = "", colour: bool = False) -> None:
        self._stream = stream
        self._json = JsonLines(stream) if json else None
        self._prefix = f"{_GREEN}{prefix}{_PLAIN}" if colour else prefix

    def handle(self, event: Event) -> None:
        """Write an event of watching."""
        if self._json is not None:
            self._json.handle(event)
            return
        self._stream.write(f"{self._prefix}{printable(line(event))}\n")
        self._stream.flush()


def line(event: Event) -> str:
    """Return what an event of watching says."""
    if isinstance(event, WatchChanged):
        return "Watch enabled" if event.enabled else "Watch disabled"
    if isinstance(event, FilesSynced):
        return _synced(event)
    if isinstance(event, CommandOutput):
        return f"{event.container}: {event.text}"
    if isinstance(event, PathExplained):
        return (
            f"{event.path}: {'counts' if event.wanted else 'ignored'} for rule {event.rule} of {event.service}: {event.because}"
        )
    assert isinstance(event, WatchAction)
    words = _ACTIONS[event.action][("started", "done", "failed").index(event.state)]
    code = f" with exit code {event.exit_code}" if event.exit_code else ""
    detail = f" ({event.detail})" if event.detail else ""
    name = event.service or event.detail
    detail = detail if event.service else ""
    return f"{name}: {words}{code}{detail}{_took(event.seconds)}"


def _synced(event: FilesSynced) -> str:
    parts = []
    if event.written:
        parts.append(f"{event.written} {'file' if event.written == 1 else 'files'}")
    if event.removed:
        parts.append(f"{event.removed} removed")
    named = f" ({', '.join(event.paths)})" if len(event.paths) <= _NAMED else ""
    return f"{event.service}: {', '.join(parts)}{_took(event.seconds)}{named}"


def _took(seconds: float) -> str:
    if not seconds:
        return ""
    return f" in {seconds * 1000:.0f} ms" if seconds < 1 else f" in {seconds:.1f} s"
