"""`compose config`. What only some of its flags need is imported where they are."""

# ruff: noqa: PLC0415

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, fail
from compose.cli import options as shared
from compose.cli import param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import config as use_case
from compose.commands.session import Session


def config(
    ctx: param.Context,
    *,
    services: shared.Services = None,
    diagnostics: Annotated[
        str,
        param.Option(
            "--diagnostics", help="Print what is wrong with the files, and nothing else, on stdout: text, json or sarif"
        ),
    ] = "",
    environment: Annotated[bool, param.Option("--environment", help="Print the variables that interpolation sees")] = False,
    form: Annotated[
        str,
        param.Option("--format", show_default="yaml", help="How to print: yaml or json; json also for lists"),
    ] = "",
    hashes: Annotated[str, param.Option("--hash", help="Print the config hash of services: * or names with commas between")] = "",
    images: Annotated[bool, param.Option("--images", help="Print the names of images")] = False,
    lock_image_digests: Annotated[
        bool, param.Option("--lock-image-digests", help="Print an override file that pins each image to its digest of now")
    ] = False,
    models: Annotated[bool, param.Option("--models", help="Print the models that services use")] = False,
    networks: Annotated[bool, param.Option("--networks", help="Print the keys of networks")] = False,
    no_consistency: Annotated[bool, param.Option("--no-consistency", help="Do not check that the parts fit together")] = False,
    no_env_resolution: Annotated[bool, param.Option("--no-env-resolution", help="Do not read the env files of services")] = False,
    no_interpolate: Annotated[bool, param.Option("--no-interpolate", help="Leave variables as they are written")] = False,
    no_normalize: Annotated[bool, param.Option("--no-normalize", help="Do not fill in what is implied")] = False,
    no_path_resolution: Annotated[bool, param.Option("--no-path-resolution", help="Leave paths as they are written")] = False,
    output: Annotated[str, param.Option("-o", "--output", help="Write to a file instead of stdout")] = "",
    profiles: Annotated[bool, param.Option("--profiles", help="Print the names of profiles")] = False,
    provenance: Annotated[
        bool, param.Option("--provenance", help="Add to each value the files, lines and columns that set it, the winner first")
    ] = False,
    quiet: Annotated[bool, param.Option("-q", "--quiet", help="Check only, print nothing")] = False,
    resolve_image_digests: Annotated[
        bool, param.Option("--resolve-image-digests", help="Pin each image to the digest that its registry has for it now")
    ] = False,
    service_names: Annotated[bool, param.Option("--services", help="Print the names of services")] = False,
    variables: Annotated[
        bool, param.Option("--variables", help="Print the variables that the files use, with their defaults")
    ] = False,
    volumes: Annotated[bool, param.Option("--volumes", help="Print the keys of volumes")] = False,
) -> int:
    """Print the resolved project, or a part of it."""
    runtime = Runtime.of(ctx)
    session = runtime.session()
    chosen = shared.many(services)
    wanted: Mapping[use_case.Listed, bool] = {
        "services": service_names,
        "volumes": volumes,
        "networks": networks,
        "models": models,
        "profiles": profiles and not hashes,
        "images": images and not hashes,
    }
    listed = next((name for name, is_wanted in wanted.items() if is_wanted), None)
    if listed is not None:
        runtime.write(_list(use_case.listed(session, listed, chosen), form))
    elif hashes:
        runtime.write(_pairs(use_case.hashes(session, hashes), form, " "))
    elif variables:
        runtime.write(_variables(session, chosen, form))
    elif environment:
        seen = (entry.partition("=") for entry in use_case.listed(session, "environment", chosen))
        runtime.write(_pairs([(name, value) for name, _, value in seen], form, "="))
    else:
        options = use_case.ConfigOptions(
            services=chosen,
            form=use_case.check_form(form or "yaml"),
            digests="lock" if lock_image_digests else "resolve" if resolve_image_digests else "",
            no_consistency=no_consistency,
            no_env_resolution=no_env_resolution,
            no_interpolate=no_interpolate,
            no_normalize=no_normalize,
            no_path_resolution=no_path_resolution,
        )
        if diagnostics:
            return _diagnose(runtime, session, options, diagnostics)
        if quiet:
            use_case.check(session, options)
        elif provenance:
            from compose.view.json_form import json_line

            found = use_case.traced(session, options)
            _deliver(runtime, found if isinstance(found, str) else json_line(found), output=output)
        else:
            _deliver(runtime, use_case.config(session, options), output=output)
    return 0


def _list(entries: Iterable[str], form: str) -> str:
    """Return names one a line, or as a JSON list."""
    if form == "json":
        from compose.view.json_form import json_line

        return json_line(list(entries))
    return "".join(f"{entry}\n" for entry in entries)


def _pairs(pairs: Iterable[tuple[str, str]], form: str, between: str) -> str:
    """Return names with their values one a line, or as a JSON object."""
    if form == "json":
        from compose.view.json_form import json_line

        return json_line(dict(pairs))
    return _list((f"{name}{between}{value}" for name, value in pairs), form)


def _deliver(runtime: Runtime, text: str, *, output: str) -> None:
    if output:
        runtime.save(output, text.encode())
    else:
        runtime.write(text)


def _diagnose(runtime: Runtime, session: Session, options: use_case.ConfigOptions, form: str) -> int:
    """Write all errors and warnings of the files as data, and return the exit code."""
    from compose.base.events import Notice
    from compose.base.version import __version__
    from compose.view.diagnostics import render_all, to_json
    from compose.view.json_form import json_line
    from compose.view.sarif import sarif

    writers: Mapping[str, Callable[[list[Diagnostic]], str]] = {
        "text": lambda found: render_all(found, runtime.source, colour=runtime.has_colour(runtime.process.stdout)),
        "json": lambda found: json_line({"diagnostics": [to_json(one) for one in found]}),
        "sarif": lambda found: json_line(sarif(found, version=__version__)),
    }
    if form not in writers:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint=f"use {', '.join(writers)}")
    found: list[Diagnostic] = []
    session.emit = lambda event: found.append(event.diagnostic) if isinstance(event, Notice) else None
    code = 0
    try:
        use_case.config(session, options)
    except ComposeError as error:
        found.extend(error.diagnostics)
        code = error.exit_code
    runtime.write(writers[form](found))
    return code


def _variables(session: Session, services: tuple[str, ...], form: str) -> str:
    import json

    from compose.load import encode
    from compose.load.variables import plain
    from compose.view.tables import WIDE, table

    found = plain(use_case.variables(session, services))
    if form == "json":
        return json.dumps(found, indent=4, ensure_ascii=False, sort_keys=False) + "\n"
    if form == "yaml":
        return encode.raw_yaml({name: {key.lower(): value for key, value in one.items()} for name, one in found.items()})
    if form not in {"", "table"}:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint="use yaml or json")
    rows = [(name, str(one["Required"]).lower(), one["DefaultValue"], one["PresenceValue"]) for name, one in found.items()]
    return table(("NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"), rows, WIDE)


DEFINITION = Definition(call=config, usage=("[OPTIONS] [SERVICE...]",))
