"""`compose stats`."""

from __future__ import annotations

from typing import Annotated, Final

from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.options import TemplateForm
from compose.cli.process import is_terminal
from compose.cli.runtime import Runtime
from compose.commands import stats as use_case
from compose.view import stats as rows
from compose.view.listing import show

_FRESH_SCREEN: Final = "\x1b[H\x1b[J"


def stats(
    ctx: param.Context,
    *,
    service: Annotated[str, param.Argument(metavar="SERVICE")] = "",
    everything: Annotated[bool, param.Option("-a", "--all", help="Show stopped containers too")] = False,
    form: TemplateForm = "",
    no_stream: Annotated[bool, param.Option("--no-stream", help="Print once")] = False,
    no_trunc: Annotated[bool, param.Option("--no-trunc", help="Shorten nothing")] = False,
) -> None:
    """Show what containers use, again and again until Ctrl-C."""
    runtime = Runtime.of(ctx)
    session = runtime.session()
    fresh = _FRESH_SCREEN if is_terminal(runtime.process.stdout) and not no_stream else ""
    while True:
        found = use_case.stats(session, use_case.StatsOptions(service=service, all=everything))
        made = [rows.row(one.id, one.name, sample, truncate=not no_trunc) for one, sample in found]
        runtime.write(fresh + show(rows.LISTING, made, form))
        if no_stream:
            return


DEFINITION = Definition(call=stats, arity=arity.at_most(1), usage=("[OPTIONS] [SERVICE]",))
