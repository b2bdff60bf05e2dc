"""Lines that containers wrote, with their names before them, and what became of the containers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, Literal, TextIO
from zlib import crc32

import msgspec

from compose.base.events import Attached, ContainerExited, ContainerRecreated, LogLine
from compose.base.value import Value
from compose.view.style import LOG_COLOURS, paint, paint_code

LogEvent = Attached | ContainerRecreated | ContainerExited | LogLine

CLEAR_LINE: Final = "\r\x1b[K"


class LogStyle(Value, frozen=True, kw_only=True):
    """How log lines look.

    - `prefix`: the container's name before each line; `colour`: in a colour of its service.
    - `timestamps`: `engine` = the engine's text before each line, `local` = the same moment in local time.
    - `split`: lines of stderr go to stderr instead of stdout.
    - `announces`: whether the user is told whose output comes. `highlight`: a regular expression that is made bold.
    - `terminal`: status lines first clear what stands on their line.
    - `json`: instead of all that, each event as a line of JSON.
    - `bare`: nothing but the lines: what becomes of containers is not said.
    """

    prefix: bool = True
    colour: bool = False
    timestamps: Literal["", "engine", "local"] = ""
    split: bool = False
    terminal: bool = False
    announces: bool = True
    highlight: str = ""
    json: bool = False
    bare: bool = False


class LogPrinter:
    """Writes log lines; the width of the names grows when a longer one turns up, earlier lines keep theirs.

    A service has the colour that its name stands for, in every command and run, as long as no other one of those that
    were announced first has it.

    Lines of the services in `hidden` are left out.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, style: LogStyle) -> None:
        self.hidden: frozenset[str] = frozenset()
        self._stdout = stdout
        self._stderr = stderr
        self._style = style
        self._highlight = re.compile(style.highlight) if style.highlight and style.colour else None
        self._is_split = style.split and not style.json
        self._width = 0
        self._colours: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}

    def handle(self, *events: LogEvent) -> None:
        """Write what `events` say, what belongs to one stream at once."""
        stream, texts = self._stdout, list[str]()
        for event in events:
            if event.service in self.hidden if isinstance(event, LogLine) else self._style.bare:
                continue
            wanted = self._stderr if self._is_split and getattr(event, "stream", "") == "stderr" else self._stdout
            if wanted is not stream:
                self._write(stream, texts)
                stream, texts = wanted, []
            texts.append(self._text(event))
        self._write(stream, texts)

    def _text(self, event: LogEvent) -> str:
        if self._style.json:
            if isinstance(event, Attached) and not self._style.announces:
                return ""
            return msgspec.json.encode(event).decode() + "\n"
        if isinstance(event, LogLine):
            return self._line(event)
        if isinstance(event, Attached):
            return self._attached(event)
        if isinstance(event, ContainerExited):
            restarting = " (restarting)" if event.restarting else ""
            return self._status(f"{event.container} exited with code {event.exit_code}{restarting}")
        return self._status(f"{event.container} has been recreated")

    def _attached(self, event: Attached) -> str:
        names = sorted(event.containers)
        for service in sorted(set(event.containers.values())):
            self._give_colour(service)
        if not self._style.announces:
            return ""
        for name in names:
            self._register(name, event.containers[name])
        return f"Attaching to {', '.join(names)}\n" if names else ""

    def _line(self, event: LogLine) -> str:
        prefix = self._prefixes.get(event.container)
        if prefix is None:
            self._register(event.container, event.service)
            prefix = self._prefixes[event.container] = self._prefix(event.container, event.service)
        stamp = f"{_stamp(event, self._style)} " if self._style.timestamps else ""
        text = event.text if self._highlight is None else self._highlight.sub(_bold, event.text)
        return f"{prefix}{stamp}{text}\n"

    def _prefix(self, container: str, service: str) -> str:
        if not self._style.prefix:
            return ""
        name = f"{container:<{self._width}} | "
        return paint_code(name, self._colours[service]) if self._style.colour else name

    def _status(self, text: str) -> str:
        return f"{CLEAR_LINE if self._style.terminal else ''}{text}\n"

    def _register(self, container: str, service: str) -> None:
        if len(container) + 1 > self._width:
            self._width = len(container) + 1
            self._prefixes.clear()
        self._give_colour(service)

    def _give_colour(self, service: str) -> None:
        """Give a service the colour its name stands for, else the next one that is free."""
        if service in self._colours:
            return
        wanted = crc32(service.encode()) % len(LOG_COLOURS)
        order = LOG_COLOURS[wanted:] + LOG_COLOURS[:wanted]
        taken = set(self._colours.values())
        self._colours[service] = next((colour for colour in order if colour not in taken), order[0])

    @staticmethod
    def _write(stream: TextIO, texts: list[str]) -> None:
        if texts:
            stream.write("".join(texts))
            stream.flush()


def _bold(found: re.Match[str]) -> str:
    return paint(found[0], "bold", colour=True)


def _stamp(event: LogLine, style: LogStyle) -> str:
    moment = datetime.fromtimestamp(event.time, tz=UTC)
    if style.timestamps == "local":
        return moment.astimezone().isoformat(timespec="microseconds")
    return event.timestamp or moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
