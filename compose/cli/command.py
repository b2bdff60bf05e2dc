"""Commands and groups of commands: their functions declare the parameters, the rest behaves as the docker command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, Final

from msgspec.structs import replace

from compose.base.errors import fail
from compose.base.similar import did_you_mean
from compose.base.value import Value
from compose.cli import arity
from compose.cli.catalogue import Entry, find
from compose.cli.flags import Flag, Parsed, flag_of, parse
from compose.cli.param import Context, Parameter, parameters

INSTANCE: Final = Flag(dest="--instance", names=("--instance",), kind="string")
"""The one global flag that may stand after the command as well: `up --instance b`."""


class Definition(Value, frozen=True, kw_only=True):
    """How a command is called: the function that declares its parameters, which arguments it takes, examples for its help.

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


class Command:
    """A command whose arguments are read by `compose.cli.flags`."""

    def __init__(self, entry: Entry, definition: Definition) -> None:
        self.entry = entry
        self.definition = definition
        self.name = entry.name

    @cached_property
    def declared(self) -> tuple[Parameter, ...]:
        """The parameters as the command's function declares them."""
        return parameters(self.definition.call)

    @cached_property
    def flags(self) -> list[Flag]:
        """The options as flags."""
        return [flag_of(parameter) for parameter in self.declared if parameter.names]

    @cached_property
    def params(self) -> list[Any]:
        """The parameters as typer has them, with all that help and completion tell of them."""
        from compose.cli.described import described  # noqa: PLC0415 - typer is only for help and completion

        return described(self.entry, self.declared)

    @property
    def options(self) -> list[Any]:
        """The options among the parameters, hidden ones included."""
        return [param for param in self.params if param.param_type_name == "option"]

    def run(
        self,
        args: Sequence[str],
        *,
        parent: Context | None = None,
        obj: Any = None,  # noqa: ANN401 - the program's
        name: str = "",
    ) -> int | None:
        """Read the arguments and do what the command is for; return its exit code. See `Context` for the rest.

        Raises:
            ComposeError: flags or arguments are wrong, or the command fails.
            HelpWanted: `--help` is among them.
            UnknownCommand: a command is named that does not exist.
        """
        context = Context(self, parent=parent, obj=obj, name=name)
        self.parse_args(context, list(args))
        return self.invoke(context)

    def parse_args(self, ctx: Context, args: list[str]) -> None:
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

    def fill(self, ctx: Context, parsed: Parsed) -> None:
        """Fill the context's parameters from arguments that were taken apart.

        Raises:
            ComposeError: the number of arguments is wrong.
        """
        self.definition.arity(ctx.command_path, parsed.arguments)
        given = self._positional(parsed.arguments) | parsed.values
        if INSTANCE.dest in given and ctx.parent is not None:
            runtime = ctx.find_root().obj
            runtime.options = replace(runtime.options, instance=given.pop(INSTANCE.dest))
        ctx.params = {parameter.name: given.get(parameter.name, parameter.default) for parameter in self.declared}
        ctx.args = list(parsed.arguments)

    def invoke(self, ctx: Context) -> int | None:
        """Call the command's function with the context's parameters and return its exit code."""
        return self.definition.call(ctx, **ctx.params)

    def _positional(self, arguments: Sequence[str]) -> dict[str, Any]:
        """Deal the arguments out to the declared ones: each takes one, a list takes what is left."""
        values: dict[str, Any] = {}
        left = list(arguments)
        for parameter in self.declared:
            if parameter.names or not left:
                continue
            if parameter.kind == "list":
                values[parameter.name], left = left, []
            else:
                values[parameter.name] = left.pop(0)
        return values


class Group(Command):
    """A command with commands below it; its own options stand before their names."""

    @property
    def options(self) -> list[Any]:
        """The options as declared: the help of a group, which people ask for most, does without typer."""
        return [parameter for parameter in self.declared if parameter.names]

    def parse_args(self, ctx: Context, args: list[str]) -> None:
        """Fill the parameters; what follows the options is left for the command they are for."""
        parsed = parse(self.flags, args, interspersed=False)
        if parsed.help:
            raise HelpWanted(ctx)
        self.fill(ctx, parsed)

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
        return command.run(args, parent=ctx)

    def _helped(self, ctx: Context, names: Sequence[str]) -> Context:
        """Return the context of the command that `help NAMES` is about; what is no command's name is passed over."""
        command = self.command(names[0]) if names else None
        if command is None:
            return ctx
        below = Context(command, parent=ctx)
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
    kind = definition.kind or (Group if entry.entries else Command)
    command: Command = kind(entry, definition)
    return command


def _nothing(_context: Context) -> None:
    """Do nothing before the commands of a group."""


def unknown_command(name: str, path: str, hint: str) -> Exception:
    """Return the error for a command that does not exist."""
    return fail("unknown-command", f'unknown docker command: "{path.removeprefix("docker ")} {name}"', hint=hint)
