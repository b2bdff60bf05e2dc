"""`compose explain`."""

from __future__ import annotations

import textwrap
from typing import Annotated, Final

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import explain as use_case
from compose.view.json_form import json_line
from compose.view.provenance import provenance

_WIDEST: Final = 100


def explain(
    ctx: param.Context,
    *,
    what: Annotated[str, param.Argument(metavar="CODE|PATH")] = "",
    form: Annotated[str, param.Option("--format", show_default="text", help="How to print: text or json")] = "",
) -> None:
    """Tell where a value comes from, or what a diagnostic code means."""
    if form not in {"", "text", "json"}:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint="use text or json")
    runtime = Runtime.of(ctx)
    meaning = use_case.meaning(what)
    if meaning is not None:
        text = f"{what}\n{textwrap.fill(meaning, _WIDEST, initial_indent='  ', subsequent_indent='  ')}\n"
        runtime.write(json_line({"code": what, "text": meaning}) if form == "json" else text)
        return
    if not use_case.is_path(what):
        raise use_case.unknown_code(what)
    found = use_case.provenance(runtime.session(), what)
    if form == "json":
        runtime.write(json_line(found))
        return
    colour = runtime.has_colour(runtime.process.stdout)
    runtime.write(provenance(found.path, found.value, found.layers, runtime.source, colour=colour, width=runtime.width))


DEFINITION = Definition(
    call=explain,
    arity=arity.exactly(1),
    usage=("[OPTIONS] CODE|PATH",),
    notes="""PATH is a place in the resolved project as `compose config` shows it: services.web.ports[0].

CODE is what stands in the brackets of a diagnostic: error[unknown-flag].""",
)
