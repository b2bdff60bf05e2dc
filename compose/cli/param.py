"""How a command declares its parameters: a function with annotations, read without the libraries that show help.

    def stop(ctx: param.Context, *, timeout: Annotated[int | None, param.Option("-t", "--timeout", help="...")] = None)

`Option` and `Argument` take what typer's take, whose own may stand in their place; `compose.cli.described` makes
typer's parameters of them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_type_hints

if TYPE_CHECKING:
    from compose.cli.command import Command

Kind = Literal["bool", "int", "string", "list"]

_KINDS: Final[dict[Any, Kind]] = {bool: "bool", int: "int", str: "string", list[str]: "list"}
_ARGUMENTS: Final = frozenset({"Argument", "ArgumentInfo"})


class Argument:
    """A positional parameter; one that takes a list takes all that is left."""

    def __init__(self, *param_decls: str, metavar: str | None = None, help: str = "", hidden: bool = False) -> None:  # noqa: A002 - typer's name
        self.param_decls = param_decls
        self.metavar = metavar
        self.help = help
        self.hidden = hidden


class Option:
    """A flag. `show_default` is what help shows as the default where that is not the parameter's own."""

    def __init__(
        self,
        *param_decls: str,
        help: str = "",  # noqa: A002 - typer's name
        hidden: bool = False,
        metavar: str | None = None,
        show_default: bool | str = True,
    ) -> None:
        self.param_decls = param_decls
        self.help = help
        self.hidden = hidden
        self.metavar = metavar
        self.show_default = show_default


class Parameter:
    """One parameter of a command: `names` are a flag's, none for an argument. What help tells is named as in typer."""

    __slots__ = ("declared", "default", "help", "hidden", "kind", "metavar", "name", "names", "show_default")

    def __init__(self, name: str, kind: Kind, declared: Any, default: Any) -> None:  # noqa: ANN401 - typer's, or ours
        self.name = name
        self.kind = kind
        self.declared = declared
        self.default = default
        self.help: str = declared.help or ""
        self.hidden: bool = declared.hidden
        self.metavar: str | None = declared.metavar
        self.show_default: bool | str = getattr(declared, "show_default", False)
        first = getattr(declared, "default", None)  # typer keeps the first name there
        names = (first, *declared.param_decls) if isinstance(first, str) else declared.param_decls
        self.names: tuple[str, ...] = () if type(declared).__name__ in _ARGUMENTS else tuple(names)


class Context:
    """One call of a command: where it stands among commands, and what its parameters were given.

    `name` is what it is called by, where that is not the command's name.
    `obj` is the program's, found from the root; `args` are the arguments; `meta` is for what a command keeps there.
    """

    def __init__(self, command: Command, *, parent: Context | None = None, obj: Any = None, name: str = "") -> None:  # noqa: ANN401 - any object
        self.command = command
        self.name = name or command.name
        self.parent = parent
        self.obj: Any = obj if parent is None else parent.obj
        self.args: list[str] = []
        self.params: dict[str, Any] = {}
        self.meta: dict[str, Any] = {}

    @property
    def command_path(self) -> str:
        """The names of the commands down to this one, as they are typed."""
        return f"{self.parent.command_path} {self.name}" if self.parent is not None else self.name

    def find_root(self) -> Context:
        """Return the context of the program as a whole."""
        return self if self.parent is None else self.parent.find_root()


def parameters(call: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the parameters that a command's function declares, in their order; its context is none of them."""
    hints = get_type_hints(call, include_extras=True)
    defaults = call.__kwdefaults__ or {}
    found = []
    for name in call.__code__.co_varnames[1 : call.__code__.co_argcount + call.__code__.co_kwonlyargcount]:
        kind, declared = get_args(hints[name])
        found.append(Parameter(name, _kind(kind), declared, defaults.get(name)))
    return tuple(found)


def _kind(hint: Any) -> Kind:  # noqa: ANN401 - a type
    return _KINDS[next((part for part in get_args(hint) if part is not NoneType), hint) if hint not in _KINDS else hint]
