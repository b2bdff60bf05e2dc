"""Parameters as typer describes them, for help and for completion; running a command does without."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Annotated, Any, Final

import typer

from compose.cli.catalogue import Entry
from compose.cli.param import Argument, Kind, Option, Parameter

_TYPES: Final[dict[Kind, Any]] = {"bool": bool | None, "int": int | None, "string": str | None, "list": list[str] | None}


def described(entry: Entry, declared: Iterable[Parameter]) -> list[Any]:
    """Return typer's parameters for those that a command declares."""

    def call(**_given: object) -> None:
        """Stand for the command's own function, which typer is not to call."""

    parameters = {
        parameter.name: inspect.Parameter(
            parameter.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=parameter.default,
            annotation=Annotated[_TYPES[parameter.kind], _told(parameter.declared)],
        )
        for parameter in declared
    }
    call.__signature__ = inspect.Signature(list(parameters.values()))  # type: ignore[attr-defined]
    call.__annotations__ = {name: parameter.annotation for name, parameter in parameters.items()}
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(entry.name, help=entry.help, add_help_option=False)(call)
    return list(typer.main.get_command(app).params)


def _told(declared: Any) -> Any:  # noqa: ANN401 - typer's own is any of several classes
    if isinstance(declared, Option):
        return typer.Option(
            *declared.param_decls,
            help=declared.help,
            hidden=declared.hidden,
            metavar=declared.metavar,
            show_default=declared.show_default,
        )
    if isinstance(declared, Argument):
        return typer.Argument(metavar=declared.metavar, help=declared.help, hidden=declared.hidden)
    return declared
