"""`compose build`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.units import ByteSize
from compose.build.planning import BuildOptions
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import build as use_case

ELSEWHERE = Diagnostic(
    severity="warning",
    code="deprecated-flag",
    summary="--progress is a global compose flag, better use `docker compose --progress xx build ...`",
)


def build(
    ctx: typer.Context,
    *,
    services: shared.Services = None,
    build_arg: Annotated[
        list[str] | None,
        typer.Option(
            "--build-arg",
            metavar="NAME[=VALUE]",
            help="Set a build argument; a name alone takes the value in the environment; may be repeated",
        ),
    ] = None,
    builder: Annotated[str, typer.Option("--builder", help="Name of the BuildKit builder to use")] = "",
    check: Annotated[bool, typer.Option("--check", help="Only check the Dockerfiles")] = False,
    memory: Annotated[
        str, typer.Option("-m", "--memory", metavar="BYTES", help="Most memory a step may use; classic builder only")
    ] = "",
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do every step anew")] = False,
    printed: Annotated[bool, typer.Option("--print", help="Print what BuildKit would be given, build nothing")] = False,
    provenance: Annotated[str, typer.Option("--provenance", help="Attest how the image was built")] = "",
    pull: Annotated[bool, typer.Option("--pull", help="Look for newer base images")] = False,
    push: Annotated[bool, typer.Option("--push", help="Push the images of services that name one")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors")] = False,
    sbom: Annotated[str, typer.Option("--sbom", help="Attest what is in the image")] = "",
    ssh: Annotated[str, typer.Option("--ssh", metavar="default|ID=PATH", help="SSH agent or key that steps may use")] = "",
    with_dependencies: Annotated[
        bool, typer.Option("--with-dependencies", help="Also build what the named services depend on")
    ] = False,
    compress: Annotated[bool, typer.Option("--compress", hidden=True, help="Has no effect")] = True,
    force_rm: Annotated[bool, typer.Option("--force-rm", hidden=True, help="Has no effect")] = True,
    no_rm: Annotated[bool, typer.Option("--no-rm", hidden=True, help="Has no effect")] = False,
    parallel: Annotated[bool, typer.Option("--parallel", hidden=True, help="Has no effect")] = True,
    progress: Annotated[str, typer.Option("--progress", hidden=True, help="Has no effect; it stands before the command")] = "",
) -> None:
    """Build images."""
    del compress, force_rm, no_rm, parallel  # flags of former times that scripts still give
    runtime = Runtime.of(ctx)
    options = BuildOptions(
        services=shared.many(services),
        with_dependencies=with_dependencies,
        no_cache=no_cache,
        pull=pull,
        quiet=quiet,
        push=push,
        check=check,
        memory=_bytes(memory),
        builder=builder,
        ssh=(ssh,) if ssh else (),
        provenance=provenance,
        sbom=sbom,
    )
    session = runtime.session(quiet=quiet)
    if progress:
        session.warn(ELSEWHERE)
    if printed:
        found = use_case.definition(session, options, arguments=shared.many(build_arg))
        runtime.write(f"{json.dumps(found, indent=2, ensure_ascii=False)}\n")
        return
    runtime.preview(use_case.build(session, options, arguments=shared.many(build_arg)))


def _bytes(text: str) -> int:
    try:
        return int(ByteSize.parse(text)) if text else 0
    except ValueError as error:
        raise fail("invalid-value", f'invalid argument "{text}" for "-m, --memory" flag: {error}') from error


DEFINITION = Definition(call=build, usage=("[OPTIONS] [SERVICE...]",))
