"""Help, as text: of the program, of a group, of a command."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from compose.cli.catalogue import SECTIONS, Entry
from compose.cli.command import Command, Group
from compose.cli.flags import Flag, flag_of

_LEAST_TEXT: Final = 30
_MOST_COLUMN: Final = 34
_INDENT: Final = "  "


def render(command: Command, path: str, *, width: int) -> str:
    """Return the help of `command`, which is called as `path` (`compose engine start`), at most `width` columns wide."""
    lines = [*_usage(command, path), ""]
    lines += textwrap.wrap(command.entry.help, width)
    if command.definition.notes:
        lines += ["", *_paragraphs(command.definition.notes, width)]
    if isinstance(command, Group):
        lines += _commands(command.entry.entries, path, width)
    lines += _options(command.options, width)
    if isinstance(command, Group):
        lines += ["", f"`{path} COMMAND --help` tells more about a command."]
    elif command.entry.example:
        lines += ["", "Example:", *_two_columns([(f"{path} {command.entry.example}", command.entry.means)], width)]
    return "\n".join(lines) + "\n"


def _usage(command: Command, path: str) -> Iterator[str]:
    if command.definition.usage:
        first, *others = (f"{path} {usage}" for usage in command.definition.usage)
        yield f"Usage:  {first}"
        yield from (f"        {usage}" for usage in others)
        return
    arguments = " COMMAND" if isinstance(command, Group) else ""
    yield f"Usage:  {path} [OPTIONS]{arguments}"


def _commands(entries: Sequence[Entry], path: str, width: int) -> Iterator[str]:
    """Yield the commands under their headings, the example of each on the line below it."""
    sections = [section for section in SECTIONS if any(entry.section == section for entry in entries)]
    column = max((len(entry.name) for entry in entries if entry.section), default=0)
    for section in sections:
        chosen = [entry for entry in entries if entry.section == section]
        yield ""
        yield f"{section}:"
        for entry in chosen:
            yield from _two_columns([(entry.name, entry.help)], width, column=column)
    shown = [entry for entry in entries if entry.section and entry.example]
    if shown:
        yield ""
        yield "Examples:"
        yield from _two_columns([(f"{path} {entry.name} {entry.example}", entry.means) for entry in shown], width)


def _options(options: Iterable[Any], width: int) -> Iterator[str]:
    rows = [(_flag(flag_of(option), option), _words(option)) for option in options if not option.hidden]
    if rows:
        yield ""
        yield "Options:"
        yield from _two_columns(sorted(rows, key=lambda row: row[0].split("--")[1]), width)


def _flag(flag: Flag, option: Any) -> str:  # noqa: ANN401 - typer's option class is not public
    kind = "" if flag.kind == "bool" else f" {option.metavar or flag.kind}"
    if flag.words:
        kind = option.metavar
    return f"{flag.short}, {flag.long}{kind}" if flag.short else f"    {flag.long}{kind}"


def _words(option: Any) -> str:  # noqa: ANN401 - likewise
    text = option.help or ""
    default = option.show_default if isinstance(option.show_default, str) else option.default
    if default in (None, False, "", 0, "false") or not option.show_default:
        return text
    return f"{text} (default {str(default).lower() if isinstance(default, bool) else default})"


def _two_columns(rows: Sequence[tuple[str, str]], width: int, *, column: int | None = None) -> Iterator[str]:
    """Yield rows of a name and its text, the text wrapped beside it, or below where the name is too long."""
    if column is None:
        column = min(max(len(name) for name, _text in rows), _MOST_COLUMN)
    room = max(width - len(_INDENT) - column - 2, _LEAST_TEXT)
    for name, text in rows:
        first, *others = textwrap.wrap(text, room) or [""]
        if len(name) > column:
            yield f"{_INDENT}{name}"
            name, others, first = "", [first, *others], ""  # noqa: PLW2901 - the text goes below
        else:
            yield f"{_INDENT}{name:<{column}}  {first}".rstrip()
        yield from (f"{_INDENT}{'':<{column}}  {other}" for other in others)


def _paragraphs(text: str, width: int) -> Iterator[str]:
    for index, paragraph in enumerate(text.split("\n\n")):
        if index:
            yield ""
        yield from textwrap.wrap(" ".join(paragraph.split()), width)
