"""`compose build`."""

from __future__ import annotations

import json
from typing import Annotated

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.units import ByteSize
from compose.build.planning import BuildOptions
from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.reporting import Report, reported
from compose.cli.runtime import Runtime
from compose.commands import build as use_case

ELSEWHERE = Diagnostic(
    severity="warning",
    code="deprecated-flag",
    summary="--progress is a global compose flag, better use `docker compose --progress xx build ...`",
)


def build(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    build_arg: Annotated[
        list[str] | None,
        param.Option(
            "--build-arg",
            metavar="NAME[=VALUE]",
            help="Set a build argument; a name alone takes the value in the environment; may be repeated",
        ),
    ] = None,
    builder: Annotated[str, param.Option("--builder", help="Name of the BuildKit builder to use")] = "",
    check: Annotated[bool, param.Option("--check", help="Only check the Dockerfiles")] = False,
    memory: Annotated[
        str, param.Option("-m", "--memory", metavar="BYTES", help="Most memory a step may use; classic builder only")
    ] = "",
    no_cache: Annotated[bool, param.Option("--no-cache", help="Do every step anew")] = False,
    printed: Annotated[bool, param.Option("--print", help="Print what BuildKit would be given, build nothing")] = False,
    provenance: Annotated[str, param.Option("--provenance", help="Attest how the image was built")] = "",
    pull: Annotated[bool, param.Option("--pull", help="Look for newer base images")] = False,
    push: Annotated[bool, param.Option("--push", help="Push the images of services that name one")] = False,
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Print nothing but errors")] = False,
    report: Report = "",
    sbom: Annotated[str, param.Option("--sbom", help="Attest what is in the image")] = "",
    ssh: Annotated[str, param.Option("--ssh", metavar="default|ID=PATH", help="SSH agent or key that steps may use")] = "",
    with_dependencies: Annotated[
        bool, param.Option("--with-dependencies", help="Also build what the named services depend on")
    ] = False,
    compress: Annotated[bool, param.Option("--compress", hidden=True, help="Has no effect")] = True,
    force_rm: Annotated[bool, param.Option("--force-rm", hidden=True, help="Has no effect")] = True,
    no_rm: Annotated[bool, param.Option("--no-rm", hidden=True, help="Has no effect")] = False,
    parallel: Annotated[bool, param.Option("--parallel", hidden=True, help="Has no effect")] = True,
    progress: Annotated[str, param.Option("--progress", hidden=True, help="Has no effect; it stands before the command")] = "",
) -> int:
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
        return 0

    def run() -> int:
        runtime.preview(use_case.build(session, options, arguments=shared.many(build_arg)))
        return 0

    return reported(runtime, session, report, run)


def _bytes(text: str) -> int:
    try:
        return int(ByteSize.parse(text)) if text else 0
    except ValueError as error:
        raise fail("invalid-value", f'invalid argument "{text}" for "-m, --memory" flag: {error}') from error


DEFINITION = Definition(call=build, usage=("[OPTIONS] [SERVICE...]",))
