"""`compose gc`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import many, wants_json
from compose.cli.runtime import Runtime
from compose.commands import gc as use_case
from compose.view.json_form import json_line


def gc(
    ctx: param.Context,
    *,
    projects: Annotated[list[str] | None, param.Argument(metavar="PROJECT")] = None,
    any_host: Annotated[
        bool, param.Option("--any-host", help="Also remove what has outlived a time that was set on another machine")
    ] = False,
    form: Annotated[str, param.Option("--format", show_default="table", help="How to print: table or json")] = "",
) -> None:
    """Remove what nobody owns any more."""
    as_json = wants_json(form)
    runtime = Runtime.of(ctx)
    plan = use_case.gc(runtime.session(), use_case.GcOptions(projects=many(projects), any_host=any_host))
    if runtime.options.dry_run:
        runtime.preview(plan)
    elif as_json:
        removed = [{"kind": step.address.kind, "name": step.address.key, "why": step.reason.text} for step in plan.steps]
        runtime.write(json_line(removed))
    else:
        runtime.write("".join(f"{step.resource}: {step.reason.text}\n" for step in plan.steps))


DEFINITION = Definition(
    call=gc,
    usage=("[OPTIONS] [PROJECT...]",),
    notes="""Removes the containers, networks and volumes that tests left behind whose process was killed, and projects
    that were brought up with `--ttl` or `--owner`, once their time is over or the owner has ended.

    What a process that runs still owns stays, and so does everything that was brought up without these.""",
)
