"""Commands and groups of commands: typer declares the parameters, the rest behaves as the docker command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer
from msgspec.structs import replace
from typer.core import TyperCommand, TyperOption

from compose.base.errors import fail
from compose.base.similar import did_you_mean
from compose.base.value import Value
from compose.cli import arity
from compose.cli.catalogue import Entry, find
from compose.cli.flags import Flag, Parsed, flag_of, parse

if TYPE_CHECKING:
    from typer._click import Context


INSTANCE: Final = Flag(dest="instance", names=("--instance",), kind="string")
"""The one global flag that may stand after the command as well: `up --instance b`."""


class Definition(Value, frozen=True, kw_only=True):
    """How a command is called: the function with typer's parameters, which arguments it takes, examples for its help.

    Without `interspersed` flags after the first argument belong to the argument (`exec web ls -l`). `kind` is a
    subclass of `Command` for a command that reads its arguments in a way of its own.
    """

    call: Callable[..., int | None]
    kind: type | None = None
    arity: Callable[[str, Sequence[str]], None] = arity.any_number
    interspersed: bool = True
    usage: tuple[str, ...] = ()
    notes: str = ""


class HelpWanted(Exception):
    """Help was asked for; `context` is the command's."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context


class UnknownCommand(Exception):
    """There is no command of this name below `context`'s."""

    def __init__(self, context: Context, name: str, hint: str) -> None:
        super().__init__()
        self.context = context
        self.name = name
        self.hint = hint


class Command(TyperCommand):
    """A command whose arguments are read by `compose.cli.flags`."""

    entry: Entry
    definition: Definition

    @property
    def options(self) -> list[Any]:
        """The options among the parameters, hidden ones included."""
        return [param for param in self.params if isinstance(param, TyperOption)]

    @property
    def flags(self) -> list[Flag]:
        """The options as flags."""
        return [flag_of(option) for option in self.options]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Fill the context's parameters from `args`.

        Raises:
            ComposeError: flags or arguments are wrong.
            HelpWanted: `--help` is among them.
        """
        flags = [*self.flags, INSTANCE]
        parsed = parse(flags, args, interspersed=self.definition.interspersed, elsewhere=_names_before(ctx))
        if parsed.help:
            raise HelpWanted(ctx)
        self.fill(ctx, parsed)
        return ctx.args

    def fill(self, ctx: Context, parsed: Parsed) -> None:
        """Fill the context's parameters from arguments that were taken apart.

        Raises:
            ComposeError: the number of arguments is wrong.
        """
        self.definition.arity(ctx.command_path, parsed.arguments)
        values = parsed.values | self._positional(parsed.arguments)
        if INSTANCE.dest in values:
            runtime = ctx.find_root().obj
            runtime.options = replace(runtime.options, instance=values.pop(INSTANCE.dest))
        for param in self.params:
            param.handle_parse_result(ctx, values, [])
        ctx.args = list(parsed.arguments)

    def _positional(self, arguments: Sequence[str]) -> dict[str, Any]:
        """Deal the arguments out to the declared ones: each takes one, a list takes what is left."""
        values: dict[str, Any] = {}
        left = list(arguments)
        for param in self.params:
            if isinstance(param, TyperOption) or not left:
                continue
            if param.nargs == -1:
                values[param.name or ""], left = tuple(left), []
            else:
                values[param.name or ""] = left.pop(0)
        return values


class Group(Command):
    """A command with commands below it; its own options stand before their names."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Fill the parameters; what follows the options is left for the command they are for."""
        parsed = parse(self.flags, args, interspersed=False)
        if parsed.help:
            raise HelpWanted(ctx)
        for param in self.params:
            param.handle_parse_result(ctx, parsed.values, [])
        ctx.args = list(parsed.arguments)
        return ctx.args

    def invoke(self, ctx: Context) -> int | None:
        """Run the group's own function, then the command named.

        Raises:
            HelpWanted: no command is named.
            UnknownCommand: there is none of this name.
        """
        super().invoke(ctx)
        if not ctx.args:
            raise HelpWanted(ctx)
        name, *args = ctx.args
        command = self.command(name)
        if command is None:
            if name == "help":
                raise HelpWanted(self._helped(ctx, args))
            names = [entry.name for entry in self.entry.entries if entry.section]
            raise UnknownCommand(ctx, name, did_you_mean(name, names))
        with command.make_context(command.name, args, parent=ctx) as below:
            result: int | None = command.invoke(below)
        return result

    def _helped(self, ctx: Context, names: Sequence[str]) -> Context:
        """Return the context of the command that `help NAMES` is about; what is no command's name is passed over."""
        command = self.command(names[0]) if names else None
        if command is None:
            return ctx
        below = command.context_class(command, info_name=command.name, parent=ctx)
        return command._helped(below, names[1:]) if isinstance(command, Group) else below  # noqa: SLF001 - the same class

    def command(self, name: str) -> Command | None:
        """Return the command called `name`, its module loaded, None when there is none."""
        entry = find(self.entry.entries, name)
        return None if entry is None else build(entry, load(entry))


def _names_before(ctx: Context) -> frozenset[str]:
    """Return the names of the flags that stand before any command."""
    root = ctx.find_root().command
    return frozenset(name for flag in root.flags for name in flag.names) if isinstance(root, Group) else frozenset()


def load(entry: Entry) -> Definition:
    """Return the definition of an entry, importing its module; one file may hold all commands of a small group."""
    if not entry.module:
        return Definition(call=_nothing)
    module = import_module(f"compose.cli.commands.{entry.module}")
    definition: Definition = module.DEFINITIONS[entry.name] if hasattr(module, "DEFINITIONS") else module.DEFINITION
    return definition


def build(entry: Entry, definition: Definition) -> Command:
    """Return the command for an entry and its definition."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    kind = definition.kind or (Group if entry.entries else Command)
    app.command(entry.name, cls=kind, help=entry.help, add_help_option=False)(definition.call)
    command = typer.main.get_command(app)
    assert isinstance(command, Command)
    command.entry = entry
    command.definition = definition
    return command


def _nothing(_context: typer.Context) -> None:
    """Do nothing before the commands of a group."""


def unknown_command(name: str, path: str, hint: str) -> Exception:
    """Return the error for a command that does not exist."""
    return fail("unknown-command", f'unknown docker command: "{path.removeprefix("docker ")} {name}"', hint=hint)
