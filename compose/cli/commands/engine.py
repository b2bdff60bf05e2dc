"""`compose engine`: its commands."""

from __future__ import annotations

from typing import Annotated, Literal

from compose.base.errors import ComposeError, fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.options import Form, wants_json
from compose.cli.runtime import Runtime
from compose.commands import engine as use_case
from compose.view import engines
from compose.view.json_form import json_line
from compose.view.tables import table

Kind = Literal["docker", "docker-rootless", "podman"]
Name = Annotated[str, param.Option("--name", help="Name of the private engine")]

_DEFAULT = "default"


def status(ctx: param.Context, *, form: Form = "") -> None:
    """Tell which engine commands use, why, and what it is."""
    runtime = Runtime.of(ctx)
    found = use_case.status(runtime.session())
    if wants_json(form):
        runtime.write(json_line(found))
    else:
        runtime.write(engines.places(found.candidates, found.chosen))
        if found.facts is not None:
            runtime.write(f"\n{engines.facts(found.facts)}")
    if found.problem is not None:
        raise ComposeError(found.problem)


def start(
    ctx: param.Context,
    *,
    name: Name = _DEFAULT,
    rootless: Annotated[bool, param.Option("--rootless", help="Run dockerd without root's rights")] = False,
    podman: Annotated[bool, param.Option("--podman", help="Run Podman's API service")] = False,
    install: Annotated[bool, param.Option("--install", help="Install missing packages of Debian or Ubuntu first")] = False,
    form: Annotated[str, param.Option("--format", show_default="shell", help="How to print: shell or json")] = "",
) -> None:
    """Start a private engine and print how to point other tools to it."""
    if rootless and podman:
        raise fail("conflicting-options", "conflicting options: `--rootless` and `--podman`", hint="Podman as a user is rootless")
    if form not in {"", "shell", "json"}:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint="use shell or json")
    kind: Kind | None = "docker-rootless" if rootless else "podman" if podman else None
    runtime = Runtime.of(ctx)
    made = use_case.start(runtime.session(), name=name, kind=kind, install=install)
    runtime.write(json_line(made) if form == "json" else f"export DOCKER_HOST={made.host}\n")


def stop(
    ctx: param.Context,
    *,
    name: Name = _DEFAULT,
    keep_data: Annotated[bool, param.Option("--keep-data", help="Keep its images, containers and volumes on disk")] = False,
) -> None:
    """Stop a private engine and remove what it made."""
    use_case.stop(Runtime.of(ctx).session(), name=name, keep_data=keep_data)


def list_engines(ctx: param.Context, *, form: Form = "") -> None:
    """List the private engines of this user."""
    runtime = Runtime.of(ctx)
    found = use_case.list_engines(runtime.session())
    if wants_json(form):
        runtime.write(json_line(found))
        return
    rows = [
        (one.name, one.kind, "running" if one.answers else "starting" if one.is_running else "stopped", one.host) for one in found
    ]
    runtime.write(table(("NAME", "KIND", "STATE", "ENDPOINT"), rows))


DEFINITIONS = {
    "status": Definition(call=status, arity=arity.none),
    "start": Definition(call=start, arity=arity.none),
    "stop": Definition(call=stop, arity=arity.none),
    "ls": Definition(call=list_engines, arity=arity.none),
}
