"""Where a program begins: a project from its files, or an engine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from compose.api.handle import ignore
from compose.api.project import Project
from compose.commands.held import Source
from compose.commands.session import GlobalOptions
from compose.commands.stopping import Cancellation
from compose.plan.options import DownOptions

if TYPE_CHECKING:
    from compose.engine.endpoint import Endpoint
    from compose.plan.plan import Plan


def load(
    *files: str | os.PathLike[str],
    name: str = "",
    instance: str = "",
    directory: str | os.PathLike[str] = "",
    profiles: Sequence[str] = (),
    env_files: Sequence[str | os.PathLike[str]] = (),
    environment: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    host: str = "",
    context: str = "",
    cwd: str | os.PathLike[str] = "",
) -> Project:
    """Load a project; the engine is not asked anything yet.

    - `files`: as after `-f`; none = `COMPOSE_FILE`, else compose.yaml and its like here or above.
    - `name`, `instance`, `directory`, `profiles`, `env_files`: as the command line's options of these names.
    - `environment`: variables for interpolation and for finding the engine; None = those of this process. `variables`
      are more of them.
    - `overrides`: what one more Compose file would say, as data: `{"services": {"web": {"image": "web:test"}}}`.
    - `host`, `context`: which engine, else what DOCKER_HOST and the like say, as on the command line.
    - `cwd`: the directory relative paths are relative to; "" = that of this process.

    Raises:
        InvalidProject: the files do not describe a valid project; every problem is in its `diagnostics`.
    """
    environ = {**(os.environ if environment is None else environment), **(variables or {})}
    where = os.fspath(cwd) or os.getcwd()  # noqa: PTH109 - paths of a project are text
    options = GlobalOptions(
        files=tuple(os.fspath(file) for file in files),
        project_name=name,
        instance=instance,
        project_directory=os.fspath(directory),
        profiles=tuple(profiles),
        env_files=tuple(os.fspath(file) for file in env_files),
        host=host,
        context=context,
    )
    text = ""
    if overrides:
        found = options.files or Source(options, environ=environ, cwd=where).project().files
        options = msgspec.structs.replace(options, files=(*found, "-"))
        text = msgspec.json.encode(overrides).decode()
    source = Source(options, environ=environ, cwd=where, overrides=text)
    source.project()
    return Project(source)


def remove(name: str, *, host: str = "", context: str = "", volumes: bool = True, timeout: int | None = 0) -> Plan:
    """Remove the containers, networks and, with `volumes`, volumes of a project by its name alone; no file is needed.

    `timeout`: seconds that containers get to end by themselves, None = their own grace period.

    Raises:
        ComposeError: some step failed.
    """
    from compose.commands.down import down  # noqa: PLC0415 - as every use of the engine
    from compose.commands.lease import forget, place_of  # noqa: PLC0415 - likewise
    from compose.commands.session import Session  # noqa: PLC0415 - likewise

    options = GlobalOptions(project_name=name, host=host, context=context)
    session = Session(options, environ=dict(os.environ), cwd=os.getcwd(), stop=Cancellation(), emit=ignore)  # noqa: PTH109 - text
    try:
        plan = down(session, DownOptions(volumes=volumes, remove_orphans=True, timeout=timeout))
        forget(place_of(os.environ, session.endpoint.url, name))
        return plan
    finally:
        session.close()


def gc(*, host: str = "", context: str = "") -> Plan:
    """Remove what processes that are gone, and times that are over, left on an engine: what `compose gc` removes.

    Raises:
        ComposeError: the engine refused, or something could not be removed.
    """
    from compose.commands import gc as use_case  # noqa: PLC0415 - as every use of the engine
    from compose.commands.session import Session  # noqa: PLC0415 - likewise

    options = GlobalOptions(host=host, context=context)
    session = Session(options, environ=dict(os.environ), cwd=os.getcwd(), stop=Cancellation(), emit=ignore)  # noqa: PTH109 - text
    try:
        return use_case.gc(session, use_case.GcOptions())
    finally:
        session.close()


def keep(name: str, *, host: str = "", context: str = "") -> None:
    """Let a project stay although the process ends that it was made for (`compose.testing`)."""
    from compose.commands.lease import place_of, renew  # noqa: PLC0415 - as every use of the engine
    from compose.state.lease import Lease  # noqa: PLC0415 - likewise

    renew(place_of(os.environ, endpoint(host=host, context=context).url, name), Lease())


def endpoint(*, host: str = "", context: str = "") -> Endpoint:
    """Return the engine that would be used, as `host`, `context` and this process's environment say.

    Raises:
        ComposeError: an address cannot be understood, or a context does not exist.
    """
    from compose.engine.endpoint import resolve  # noqa: PLC0415 - loading alone does without

    return resolve(os.environ, host=host or None, context=context or None)
