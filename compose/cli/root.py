"""The options that stand before the command."""

from collections.abc import Mapping
from typing import Annotated

from compose.base.errors import fail
from compose.cli import param
from compose.cli.catalogue import ENTRIES, Entry
from compose.cli.command import Command, Definition, build
from compose.cli.options import is_true, many
from compose.cli.runtime import Runtime
from compose.commands.session import GlobalOptions

_ANSI = ("auto", "never", "always")


def compose(
    ctx: param.Context,
    *,
    files: Annotated[
        list[str] | None, param.Option("-f", "--file", help="A Compose file; may be repeated, later ones override")
    ] = None,
    project_name: Annotated[str, param.Option("-p", "--project-name", help="Name of the project")] = "",
    instance: Annotated[
        str,
        param.Option(
            "--instance",
            metavar="NAME",
            help="Work on this copy of the project, beside others of the same files; auto: that of the git worktree."
            " May also stand after the command",
        ),
    ] = "",
    project_directory: Annotated[
        str,
        param.Option(
            "--project-directory", "--workdir", help="Directory that relative paths start from (default: of the first file)"
        ),
    ] = "",
    profiles: Annotated[
        list[str] | None, param.Option("--profile", help="Enable the services of a profile; may be repeated")
    ] = None,
    env_files: Annotated[
        list[str] | None, param.Option("--env-file", help="A file of variables instead of .env; may be repeated")
    ] = None,
    parallel: Annotated[
        int | None, param.Option("--parallel", show_default="-1", help="Most engine calls at once, -1 for as many as it takes")
    ] = None,
    progress: Annotated[str, param.Option("--progress", help="How progress is shown: auto, tty, plain, json or quiet")] = "",
    ansi: Annotated[
        str, param.Option("--ansi", show_default="auto", help="Terminal sequences and colours: auto, never or always")
    ] = "",
    dry_run: Annotated[bool, param.Option("--dry-run", help="Show what would be done; change nothing")] = False,
    context: Annotated[str, param.Option("-c", "--context", help="Docker context whose engine to use")] = "",
    host: Annotated[str, param.Option("-H", "--host", help="Engine to use, such as unix:///var/run/docker.sock")] = "",
    all_resources: Annotated[
        bool, param.Option("--all-resources", help="Include networks, volumes, secrets and configs that no service uses")
    ] = False,
    compatibility: Annotated[
        bool | None,
        param.Option("--compatibility", show_default="false", help="Names with `_` between their parts, as version 1 had"),
    ] = None,
    no_ansi: Annotated[bool, param.Option("--no-ansi", hidden=True, help="The same as `--ansi never`")] = False,
    show_version: Annotated[bool, param.Option("-v", "--version", hidden=True, help="Show the version")] = False,
    verbose: Annotated[
        bool, param.Option("--verbose", hidden=True, help="Show where internal errors come from, as COMPOSE_DEBUG=1 does")
    ] = False,
    insecure_registries: Annotated[
        list[str] | None, param.Option("--insecure-registry", hidden=True, help="Registry to reach without TLS; may be repeated")
    ] = None,
    config: Annotated[str, param.Option("--config", hidden=True, help="Directory of the docker configuration")] = "",
    debug: Annotated[bool, param.Option("-D", "--debug", hidden=True, help="The same as --verbose")] = False,
    _log_level: Annotated[str, param.Option("-l", "--log-level", hidden=True, help="Has no effect")] = "",
    tls: Annotated[bool, param.Option("--tls", hidden=True, help="Use TLS; implied by --tlsverify")] = False,
    tls_ca: Annotated[str, param.Option("--tlscacert", hidden=True, help="Trust certificates signed by this authority")] = "",
    tls_cert: Annotated[str, param.Option("--tlscert", hidden=True, help="Our certificate")] = "",
    tls_key: Annotated[str, param.Option("--tlskey", hidden=True, help="The key of our certificate")] = "",
    tls_verify: Annotated[
        bool | None,
        param.Option("--tlsverify", hidden=True, show_default="false", help="Use TLS and check the engine's certificate"),
    ] = None,
) -> None:
    """Take the global options, the environment filling in those that are not given."""
    runtime = Runtime.of(ctx)
    environ = runtime.process.environ
    runtime.is_debugging = runtime.is_debugging or verbose or debug
    runtime.environ = _with_docker_flags(
        environ,
        {
            "DOCKER_CONFIG": config,
            "DOCKER_TLS": "1" if tls else "",
            "DOCKER_TLS_VERIFY": "1" if tls_verify else "",
            "DOCKER_TLSCACERT": tls_ca,
            "DOCKER_TLSCERT": tls_cert,
            "DOCKER_TLSKEY": tls_key,
        },
        unverified=tls_verify is False,
    )
    runtime.configure(
        GlobalOptions(
            files=many(files),
            project_name=project_name,
            instance=instance,
            project_directory=project_directory,
            profiles=many(profiles),
            env_files=many(env_files),
            parallel=_parallel(parallel, environ.get("COMPOSE_PARALLEL_LIMIT", "")),
            progress=progress or environ.get("COMPOSE_PROGRESS", ""),
            ansi=_ansi(ansi or environ.get("COMPOSE_ANSI", ""), no_ansi=no_ansi),
            dry_run=dry_run,
            context=context,
            host=host,
            all_resources=all_resources,
            insecure_registries=many(insecure_registries),
            compatibility=is_true(environ.get("COMPOSE_COMPATIBILITY", "")) if compatibility is None else compatibility,
        )
    )
    if show_version:
        ctx.args = ["version"]


def _with_docker_flags(environ: Mapping[str, str], flags: Mapping[str, str], *, unverified: bool) -> Mapping[str, str]:
    """Return the environment in which flags of the docker command line are what its variables say."""
    given = {name: value for name, value in flags.items() if value}
    if not given and not unverified:
        return environ
    return {name: value for name, value in environ.items() if not (unverified and name == "DOCKER_TLS_VERIFY")} | given


def group() -> Command:
    """Return the program as a command."""
    entry = Entry(
        name="compose",
        help="Bring Compose projects up on any Docker API endpoint, and tell what happens and why.",
        entries=ENTRIES,
    )
    return build(entry, Definition(call=compose))


def _parallel(given: int | None, from_environment: str) -> int:
    if given is not None:
        return given
    if not from_environment:
        return -1
    try:
        return int(from_environment)
    except ValueError as error:
        raise fail("invalid-value", f'COMPOSE_PARALLEL_LIMIT must be an integer (found: "{from_environment}")') from error


def _ansi(value: str, *, no_ansi: bool) -> str:
    if no_ansi and value not in {"", "auto"}:
        raise fail("contradicting-options", 'cannot specify DEPRECATED "--no-ansi" and "--ansi". Please use only "--ansi"')
    if no_ansi:
        return "never"
    if value and value not in _ANSI:
        raise fail("invalid-value", f'unsupported --ansi value "{value}"', hint="use auto, never or always")
    return value or "auto"
