"""`compose plugin`: its commands."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path
from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.options import Form, wants_json
from compose.cli.process import Process
from compose.cli.runtime import Runtime
from compose.commands import plugin as use_case
from compose.view.json_form import json_line
from compose.view.tables import table

_PROGRAM = "compose"


def install(
    ctx: param.Context,
    *,
    name: Annotated[str, param.Option("--name", help="Name below docker: `docker NAME` runs this program")] = _PROGRAM,
    standalone: Annotated[
        bool, param.Option("--docker-compose", help="Also make `docker-compose`, in the directory of this program")
    ] = False,
    form: Form = "",
) -> None:
    """Make this program a plugin of the docker command line."""
    runtime = Runtime.of(ctx)
    as_json = wants_json(form)
    _show(runtime, use_case.install(runtime.session(), _program(runtime.process), name=name, standalone=standalone), as_json)


def uninstall(
    ctx: param.Context,
    *,
    name: Annotated[str, param.Option("--name", help="Only the plugin of this name")] = "",
    form: Form = "",
) -> None:
    """Undo what `install` did."""
    runtime = Runtime.of(ctx)
    as_json = wants_json(form)
    _show(runtime, use_case.uninstall(runtime.session(), _program(runtime.process), name=name), as_json)


def _show(runtime: Runtime, links: tuple[use_case.Link, ...], as_json: bool) -> None:
    if as_json:
        runtime.write(json_line(links))
    else:
        runtime.write(table(("COMMAND", "LINK"), [(link.command, link.path) for link in links]))


def _program(process: Process) -> str:
    """Return the absolute path of the program that this package installs.

    Raises:
        ComposeError: there is none, as where the package runs from its source.
    """
    called = Path(process.cwd) / process.program
    scripts = Path(sysconfig.get_path("scripts")) / _PROGRAM
    found = next((path for path in (called, scripts) if path.name == _PROGRAM and path.is_file()), None)
    program = str(found) if found else shutil.which(_PROGRAM, path=process.environ.get("PATH"))
    if program is None:
        raise fail("no-program", "the program `compose` is not installed", hint="`pip install` this package first")
    return program


DEFINITIONS = {
    "install": Definition(call=install, arity=arity.none),
    "uninstall": Definition(call=uninstall, arity=arity.none),
}
