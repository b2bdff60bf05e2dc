"""The grammar of flags as the docker command line has it (Go's pflag), on the options that typer declares.

It differs from click's: booleans take `--flag=false`, some of them further words (`--build=auto`), `-t5`, `-t=5` and
`-t 5` are the same, and mistakes are told in the words scripts know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, Protocol

from compose.base.errors import ComposeError, fail
from compose.base.pattern import lazy_pattern
from compose.base.similar import did_you_mean
from compose.base.value import Value
from compose.cli.param import Kind, Parameter

HELP_NAMES: Final = ("-h", "--help")
_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_INTEGER_TYPES: Final = frozenset({"int", "integer"})
"""What releases of typer call the type."""

_WORDS: Final = lazy_pattern(r"\[=([^\]]+)\]")
"""The metavar of a boolean that also takes words, separated by `|`."""

_INTEGER: Final = lazy_pattern(r"[+-]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]*|0[bB][01]+|[1-9][0-9]*)")


class Option(Protocol):
    """What this needs of an option that typer made."""

    name: str | None
    opts: list[str]
    multiple: bool
    is_flag: bool
    hidden: bool
    default: Any
    help: str | None
    metavar: str | None
    show_default: bool | str
    type: Any


class Flag(Value, frozen=True, kw_only=True):
    """One flag: `dest` is the parameter it fills; `names` as declared, the first long one is shown in messages.

    A boolean with `words` also takes those, and gives its parameter text (`true`, `false` or the word).
    """

    dest: str
    names: tuple[str, ...]
    kind: Kind
    words: tuple[str, ...] = ()

    @property
    def long(self) -> str:
        """The name in messages and help."""
        return next(name for name in self.names if name.startswith("--"))

    @property
    def short(self) -> str:
        """The one-letter name, "" when there is none."""
        return next((name for name in self.names if not name.startswith("--")), "")

    def __str__(self) -> str:
        return f"{self.short}, {self.long}" if self.short else self.long


class Parsed(Value, frozen=True, kw_only=True):
    """Arguments taken apart: values by parameter, what is no flag, and whether help was asked for."""

    values: dict[str, Any]
    arguments: tuple[str, ...]
    help: bool = False


def flag_of(option: Option | Parameter) -> Flag:
    """Return the flag that an option declares, be it typer's or ours."""
    words = _words(option.metavar)
    kind: Kind = "string"
    if isinstance(option, Parameter):
        return Flag(dest=option.name, names=option.names, kind="bool" if words else option.kind, words=words)
    if option.is_flag or words:
        kind = "bool"
    elif option.multiple:
        kind = "list"
    elif option.type.name in _INTEGER_TYPES:
        kind = "int"
    return Flag(dest=option.name or "", names=tuple(option.opts), kind=kind, words=words)


def _words(metavar: str | None) -> tuple[str, ...]:
    found = _WORDS.fullmatch(metavar) if metavar else None
    return tuple(found[1].split("|")) if found else ()


def parse(
    flags: Iterable[Flag], args: Sequence[str], *, interspersed: bool = True, elsewhere: Collection[str] = frozenset()
) -> Parsed:
    """Take `args` apart; without `interspersed` everything from the first argument on is left as it is.

    `elsewhere` are the names of flags that stand before the command, for hints.

    Raises:
        ComposeError: an unknown flag, a value that is missing or of the wrong kind.
    """
    reader = _Reader(flags, args, elsewhere)
    return reader.read(interspersed=interspersed)


class _Reader:
    def __init__(self, flags: Iterable[Flag], args: Sequence[str], elsewhere: Collection[str]) -> None:
        self._elsewhere = elsewhere
        self._flags = {name: flag for flag in flags for name in flag.names}
        self._args = list(args)
        self._at = 0
        self._values: dict[str, Any] = {}

    def read(self, *, interspersed: bool) -> Parsed:
        arguments: list[str] = []
        wants_help = False
        while self._at < len(self._args):
            arg = self._next()
            if arg == "--":
                break
            if len(arg) < 2 or arg[0] != "-":  # noqa: PLR2004 - a dash alone is an argument
                arguments.append(arg)
                if not interspersed:
                    break
            elif arg in HELP_NAMES:
                wants_help = True
                break
            elif arg.startswith("--"):
                self._long(arg)
            else:
                self._shorts(arg)
        arguments.extend(self._args[self._at :])
        return Parsed(values=self._values, arguments=tuple(arguments), help=wants_help)

    def _next(self) -> str:
        arg = self._args[self._at]
        self._at += 1
        return arg

    def _long(self, arg: str) -> None:
        name, has_value, value = arg.partition("=")
        if name in {"--", "---"} or name.startswith("---"):
            raise fail("bad-flag", f"bad flag syntax: {arg}")
        flag = self._flags.get(name)
        if flag is None:
            raise self._unknown_long(name)
        if has_value:
            self._set(flag, value)
        elif flag.kind == "bool":
            self._set(flag, "true")
        elif self._at < len(self._args):
            self._set(flag, self._next())
        else:
            raise fail("missing-value", f"flag needs an argument: {name}")

    def _shorts(self, arg: str) -> None:
        letters = arg[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            flag = self._flags.get(f"-{letter}")
            if flag is None:
                raise fail("unknown-flag", f"unknown shorthand flag: '{letter}' in {arg}", hint=self._hint(f"-{letter}"))
            if letters.startswith("="):
                self._set(flag, letters[1:])
                return
            if flag.kind == "bool":
                self._set(flag, "true")
            elif letters:
                self._set(flag, letters)
                return
            elif self._at < len(self._args):
                self._set(flag, self._next())
            else:
                raise fail("missing-value", f"flag needs an argument: '{letter}' in {arg}")

    def _set(self, flag: Flag, text: str) -> None:
        if flag.kind == "list":
            self._values.setdefault(flag.dest, []).append(text)
        elif flag.words:
            self._values[flag.dest] = text if text in flag.words else str(_boolean(flag, text)).lower()
        elif flag.kind == "bool":
            self._values[flag.dest] = _boolean(flag, text)
        elif flag.kind == "int":
            self._values[flag.dest] = _integer(flag, text)
        else:
            self._values[flag.dest] = text

    def _unknown_long(self, name: str) -> ComposeError:
        return fail("unknown-flag", f"unknown flag: {name}", hint=self._hint(name))

    def _hint(self, name: str) -> str:
        if name in self._elsewhere:
            return f"`{name}` stands before the command: `compose {name} ...`"
        known = [one for one in self._flags if one.startswith("--")] if name.startswith("--") else []
        return did_you_mean(name, known) or "`--help` lists the flags"


def _boolean(flag: Flag, text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise _invalid(flag, text, f'strconv.ParseBool: parsing "{text}": invalid syntax')


def _integer(flag: Flag, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _invalid(flag, text, f'strconv.ParseInt: parsing "{text}": invalid syntax')
    sign = -1 if text[0] == "-" else 1
    digits = text.lstrip("+-")
    octal = len(digits) > 1 and digits.isdigit() and digits[0] == "0"
    return sign * (int(digits, 8) if octal else int(digits, 0))


def _invalid(flag: Flag, text: str, why: str) -> ComposeError:
    return fail("invalid-value", f'invalid argument "{text}" for "{flag}" flag: {why}')
