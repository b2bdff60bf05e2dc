"""`compose wait`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import wait as use_case
from compose.view.json_form import json_line


def wait(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    down_project: Annotated[
        bool, param.Option("--down-project", help="Take the project down when the first container has ended")
    ] = False,
    json: Annotated[bool, param.Option("--json", help="Print each end as an object: container and exit_code")] = False,
) -> int:
    """Wait until containers have ended."""
    runtime = Runtime.of(ctx)

    def told(identifier: str, code: int) -> None:
        as_json = json_line({"container": identifier, "exit_code": code})
        runtime.write(as_json if json else f'container "{identifier}" exited with status code {code}\n')

    return use_case.wait(runtime.session(), use_case.WaitOptions(services=shared.many(services), down=down_project), told)


DEFINITION = Definition(call=wait, arity=arity.required, usage=("[OPTIONS] SERVICE [SERVICE...]",))
