from __future__ import annotations

from typing import Annotated

import typer

from compose.cli import param
from compose.cli.catalogue import Entry
from compose.cli.command import Command, Definition
from compose.cli.param import parameters


def declared(
    ctx: param.Context,
    *,
    names: Annotated[list[str] | None, param.Argument(metavar="NAME")] = None,
    force: Annotated[bool, param.Option("-f", "--force", help="Force")] = False,
    limit: Annotated[int | None, param.Option("--limit", hidden=True, help="Limit")] = None,
    labels: Annotated[list[str] | None, param.Option("--label", help="Label")] = None,
    form: Annotated[str, typer.Option("--format", show_default="table", help="Form")] = "",
) -> None:
    ctx.obj.append((names, force, limit, labels, form))


def test_parameters_are_read_from_the_annotations():
    found = [(one.name, one.names, one.kind, one.default) for one in parameters(declared)]
    assert found == [
        ("names", (), "list", None),
        ("force", ("-f", "--force"), "bool", False),
        ("limit", ("--limit",), "int", None),
        ("labels", ("--label",), "list", None),
        ("form", ("--format",), "string", ""),
    ]


def test_a_command_is_called_with_what_was_given_and_with_defaults():
    calls = []
    command = Command(Entry(name="x", help="X"), Definition(call=declared))
    command.run(["a", "-f", "--limit=3", "--label", "p", "b", "--label=q"], obj=calls)
    command.run([], obj=calls)
    assert calls == [(["a", "b"], True, 3, ["p", "q"], ""), (None, False, None, None, "")]


def test_typer_describes_the_same_parameters():
    command = Command(Entry(name="x", help="X"), Definition(call=declared))
    shown = {one.name: (one.opts, one.hidden, one.help, one.is_flag, one.multiple) for one in command.options}
    assert shown == {
        "force": (["-f", "--force"], False, "Force", True, False),
        "limit": (["--limit"], True, "Limit", False, False),
        "labels": (["--label"], False, "Label", False, True),
        "form": (["--format"], False, "Form", False, False),
    }
    assert [param.metavar for param in command.params if param.param_type_name == "argument"] == ["NAME"]
