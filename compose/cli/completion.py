"""What a shell is offered for the word that is being typed.

The answer has the form that docker's own command line (cobra) gives to shells, so that it works below `docker`
as well: lines of a value and, after a tab, its description; then `:` and a number that says what else to offer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from compose.base.errors import ComposeError
from compose.base.value import Value
from compose.cli.command import Command, Group
from compose.cli.flags import Flag, flag_of, parse
from compose.commands.session import GlobalOptions

Names = Literal["services", "profiles", "projects"]
Lookup = Callable[[GlobalOptions, Names], tuple[str, ...]]
"""Finds names under the global options typed so far."""

NO_SPACE: Final = 2
NO_FILES: Final = 4
_FILES: Final = 0

_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "--ansi": ("auto", "never", "always"),
    "--instance": ("auto",),
    "--progress": ("auto", "tty", "plain", "json", "quiet"),
    "--diagnostics": ("text", "json", "sarif"),
    "--rmi": ("local", "all"),
    "--pull": ("always", "missing", "never", "build"),
    "--policy": ("always", "missing"),
    "--protocol": ("tcp", "udp"),
    "--status": ("paused", "restarting", "removing", "running", "dead", "created", "exited"),
}
_FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "config": ("yaml", "json"),
    "version": ("pretty", "json"),
    "plan": ("text", "json"),
}
_NAMED: Final[dict[str, Names]] = {
    "--profile": "profiles",
    "--project-name": "projects",
    "--attach": "services",
    "--no-attach": "services",
    "--exit-code-from": "services",
}
_SHELLS: Final = ("bash", "zsh", "fish")


class Offer(Value, frozen=True, kw_only=True):
    """Values with their descriptions, and the directive for the shell."""

    values: tuple[tuple[str, str], ...] = ()
    directive: int = NO_FILES

    def __str__(self) -> str:
        lines = [f"{value}\t{text}" if text else value for value, text in self.values]
        return "\n".join([*lines, f":{self.directive}"]) + "\n"


def offer(root: Group, words: Sequence[str], lookup: Lookup) -> Offer:
    """Return what fits the last of `words`, which follow the program's name."""
    *before, typed = words or ("",)
    found = _answer(root, GlobalOptions(), before, typed, lookup)
    return Offer(values=tuple(pair for pair in found.values if pair[0].startswith(typed)), directive=found.directive)


def _answer(command: Command, options: GlobalOptions, before: Sequence[str], typed: str, lookup: Lookup) -> Offer:
    flags = command.flags
    arguments, pending = _position(flags, before, interspersed=not isinstance(command, Group) and command.definition.interspersed)
    if isinstance(command, Group) and arguments:
        below = command.command(arguments[0])
        if below is None:
            return Offer()
        if command.entry.name == "compose":
            options = _options(flags, before[: len(before) - len(arguments)])
        return _answer(below, options, arguments[1:], typed, lookup)
    if pending is not None:
        return _value(command, pending, options, lookup)
    if typed.startswith("-") and (command.definition.interspersed or not arguments):
        return _flag(command, typed, options, lookup)
    if isinstance(command, Group):
        return Offer(values=tuple((entry.name, entry.help) for entry in command.entry.entries if entry.section))
    return _argument(command, arguments, options, lookup)


def _position(flags: Iterable[Flag], words: Sequence[str], *, interspersed: bool) -> tuple[list[str], Flag | None]:
    """Return the arguments among the words, and the flag whose value comes next."""
    known = {name: flag for flag in flags for name in flag.names}
    arguments: list[str] = []
    pending: Flag | None = None
    for index, word in enumerate(words):
        if pending is not None:
            pending = None
        elif len(word) > 1 and word.startswith("-"):
            flag = known.get(word)
            pending = flag if flag is not None and flag.kind != "bool" else None
        else:
            arguments.append(word)
            if not interspersed:
                return [*arguments, *words[index + 1 :]], None
    return arguments, pending


def _options(flags: Iterable[Flag], words: Sequence[str]) -> GlobalOptions:
    """Return those of the global options that say which project is meant, as far as they can be understood."""
    try:
        values = parse(flags, words, interspersed=False).values
    except ComposeError:  # half a command line is no mistake yet
        return GlobalOptions()
    return GlobalOptions(
        files=tuple(values.get("files", ())),
        project_name=values.get("project_name", ""),
        instance=values.get("instance", ""),
        project_directory=values.get("project_directory", ""),
        env_files=tuple(values.get("env_files", ())),
        context=values.get("context", ""),
        host=values.get("host", ""),
    )


def _flag(command: Command, typed: str, options: GlobalOptions, lookup: Lookup) -> Offer:
    """Offer flags, or the values of one in `--flag=val`."""
    name, has_value, _ = typed.partition("=")
    if has_value:
        flag = next((one for one in command.flags if name in one.names), None)
        found = _value(command, flag, options, lookup) if flag is not None else Offer()
        return Offer(values=tuple((f"{name}={value}", text) for value, text in found.values), directive=found.directive)
    shown = [option for option in command.options if not option.hidden]
    return Offer(values=tuple((flag_of(option).long, option.help or "") for option in shown))


def _value(command: Command, flag: Flag, options: GlobalOptions, lookup: Lookup) -> Offer:
    name = flag.long
    if name in _NAMED:
        return _plain(lookup(options, _NAMED[name]))
    if name == "--scale":
        return _plain((f"{service}=" for service in lookup(options, "services")), NO_SPACE | NO_FILES)
    if name == "--format":
        return _plain(_FORMATS.get(command.entry.name, ("table", "json")))
    if name in _CHOICES and flag.kind != "bool":
        return _plain(_CHOICES[name])
    return Offer(directive=_FILES)


def _argument(command: Command, arguments: Sequence[str], options: GlobalOptions, lookup: Lookup) -> Offer:
    """Offer values of the positional parameter that comes next."""
    declared = [param for param in command.params if param.param_type_name == "argument"]
    last = declared[-1] if declared else None
    if len(arguments) < len(declared):
        param = declared[len(arguments)]
    elif last is not None and last.nargs == -1:
        param = last
    else:
        return Offer()
    kinds: dict[str | None, Callable[[], Offer]] = {
        "SERVICE": lambda: _plain(name for name in lookup(options, "services") if name not in arguments),
        "SERVICE=NUM": lambda: _plain((f"{name}=" for name in lookup(options, "services")), NO_SPACE | NO_FILES),
        "SOURCE": lambda: _plain((f"{name}:" for name in lookup(options, "services")), NO_SPACE),
        "DESTINATION": lambda: _plain((f"{name}:" for name in lookup(options, "services")), NO_SPACE),
        "SHELL": lambda: _plain(_SHELLS),
    }
    return kinds.get(param.metavar, lambda: Offer(directive=_FILES))()


def _plain(values: Iterable[str], directive: int = NO_FILES) -> Offer:
    return Offer(values=tuple((value, "") for value in values), directive=directive)
