"""Lines that containers wrote, with their names before them, and what became of the containers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal, TextIO

import msgspec

from compose.base.events import Attached, ContainerExited, ContainerRecreated, LogLine
from compose.base.value import Value
from compose.view.style import LOG_COLOURS, paint_code

LogEvent = Attached | ContainerRecreated | ContainerExited | LogLine

CLEAR_LINE: Final = "\r\x1b[K"


class LogStyle(Value, frozen=True, kw_only=True):
    """How log lines look.

    - `prefix`: the container's name before each line; `colour`: in a colour of its service.
    - `timestamps`: `engine` = the engine's text before each line, `local` = the same moment in local time.
    - `split`: lines of stderr go to stderr instead of stdout.
    - `terminal`: status lines first clear what stands on their line.
    - `json`: instead of all that, each event as a line of JSON.
    """

    prefix: bool = True
    colour: bool = False
    timestamps: Literal["", "engine", "local"] = ""
    split: bool = False
    terminal: bool = False
    json: bool = False


class LogPrinter:
    """Writes log lines; the width of the names grows when a longer one turns up, earlier lines keep theirs."""

    def __init__(self, stdout: TextIO, stderr: TextIO, style: LogStyle) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._style = style
        self._width = 0
        self._colours: dict[str, str] = {}

    def handle(self, event: LogEvent) -> None:
        """Write what `event` says."""
        if self._style.json:
            self._write(self._stdout, msgspec.json.encode(event).decode() + "\n")
        elif isinstance(event, LogLine):
            self._line(event)
        elif isinstance(event, Attached):
            self._attached(event)
        elif isinstance(event, ContainerExited):
            self._status(f"{event.container} exited with code {event.exit_code}{' (restarting)' if event.restarting else ''}")
        else:
            self._status(f"{event.container} has been recreated")

    def _attached(self, event: Attached) -> None:
        names = sorted(event.containers)
        for name in names:
            self._register(name, event.containers[name])
        if names:
            self._write(self._stdout, f"Attaching to {', '.join(names)}\n")

    def _line(self, event: LogLine) -> None:
        self._register(event.container, event.service)
        before = ""
        if self._style.prefix:
            name = f"{event.container:<{self._width}} | "
            before = paint_code(name, self._colours[event.service]) if self._style.colour else name
        stamp = f"{_stamp(event, self._style)} " if self._style.timestamps else ""
        stream = self._stderr if self._style.split and event.stream == "stderr" else self._stdout
        self._write(stream, f"{before}{stamp}{event.text}\n")

    def _status(self, text: str) -> None:
        self._write(self._stdout, f"{CLEAR_LINE if self._style.terminal else ''}{text}\n")

    def _register(self, container: str, service: str) -> None:
        self._width = max(self._width, len(container) + 1)
        if service not in self._colours:
            self._colours[service] = LOG_COLOURS[len(self._colours) % len(LOG_COLOURS)]

    @staticmethod
    def _write(stream: TextIO, text: str) -> None:
        stream.write(text)
        stream.flush()


def _stamp(event: LogLine, style: LogStyle) -> str:
    moment = datetime.fromtimestamp(event.time, tz=UTC)
    if style.timestamps == "local":
        return moment.astimezone().isoformat(timespec="microseconds")
    return event.timestamp or moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
