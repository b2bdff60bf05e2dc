"""`compose ps`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import param
from compose.cli.command import Definition
from compose.cli.options import Services, many
from compose.cli.runtime import Runtime
from compose.commands import ps as use_case
from compose.view import ps as rows
from compose.view.listing import show


def ps(
    ctx: param.Context,
    *,
    services: Services = None,
    everything: Annotated[bool, param.Option("-a", "--all", help="Show stopped containers and those of `run` too")] = False,
    condition: Annotated[str, param.Option("--filter", help="Only containers with this property: status=STATE")] = "",
    form: Annotated[
        str, param.Option("--format", show_default="table", help="How to print: table, json, or a template such as '{{.Name}}'")
    ] = "",
    no_trunc: Annotated[bool, param.Option("--no-trunc", help="Shorten nothing")] = False,
    orphans: Annotated[bool, param.Option("--orphans", help="Include containers of services that the files do not have")] = True,
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Print ids alone")] = False,
    service_names: Annotated[bool, param.Option("--services", help="Print names of services alone")] = False,
    statuses: Annotated[list[str] | None, param.Option("--status", help="Only containers in this state; may be repeated")] = None,
) -> None:
    """List containers."""
    runtime = Runtime.of(ctx)
    session = runtime.session()
    found = use_case.ps(
        session,
        use_case.PsOptions(services=many(services), all=everything, statuses=many(statuses), filter=condition, orphans=orphans),
    )
    if quiet:
        runtime.write("".join(f"{container.id}\n" for container in found))
    elif service_names:
        names = dict.fromkeys(container.service for container in found)
        runtime.write("\n".join(names) + "\n")
    else:
        made = rows.rows(found, now=session.clock.now(), truncate=not no_trunc)
        runtime.write(show(rows.LISTING, made, form or runtime.docker_setting("psFormat")))


DEFINITION = Definition(call=ps, usage=("[OPTIONS] [SERVICE...]",))
