"""`exec`: run a command in a container that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compose.base.value import Value
from compose.commands.session import Session
from compose.commands.target import container_of

if TYPE_CHECKING:
    from compose.engine.talk import Terminal


class ExecOptions(Value, frozen=True, kw_only=True):
    """Options of exec; entries of `environment` are `NAME=VALUE`, or a name alone for the project's value."""

    service: str
    command: tuple[str, ...]
    index: int = 0
    environment: tuple[str, ...] = ()
    user: str = ""
    working_dir: str = ""
    privileged: bool = False
    tty: bool = False
    stdin: bool = True
    detach: bool = False
    detach_keys: str = ""


def execute(session: Session, options: ExecOptions, terminal: Terminal) -> int:
    """Run the command and return its exit code: 126 when it cannot be run, 127 when there is none; 0 when detached.

    Raises:
        ComposeError: the service is not running, or the engine refused.
    """
    from compose.engine import attach, inside  # noqa: PLC0415 - as every use of the engine
    from compose.engine.talk import Talk  # noqa: PLC0415 - likewise

    container = container_of(session, options.service, options.index)
    body = _body(session, options, terminal)
    if session.options.dry_run:
        return 0
    engine = session.engine
    identifier = inside.create(engine, container.id, body)
    if options.detach:
        inside.start_detached(engine, identifier, tty=options.tty)
        return 0
    talk = Talk(
        terminal,
        tty=options.tty,
        stdin=options.stdin,
        keys=options.detach_keys,
        resize=lambda rows, columns: attach.resize(engine, identifier, rows=rows, columns=columns, of_exec=True),
    )
    talk.hold(inside.start(engine, identifier, tty=options.tty))
    return 0 if talk.detached else inside.exit_code(engine, identifier)


def _body(session: Session, options: ExecOptions, terminal: Terminal) -> dict[str, Any]:
    """Return the body of POST containers/{id}/exec."""
    size = terminal.size() if options.tty else None
    return {
        "Cmd": list(options.command),
        "Tty": options.tty,
        "AttachStdin": options.stdin and not options.detach,
        "AttachStdout": not options.detach,
        "AttachStderr": not options.detach,
        **({"Env": list(_variables(session, options))} if options.environment else {}),
        **({"User": options.user} if options.user else {}),
        **({"WorkingDir": options.working_dir} if options.working_dir else {}),
        **({"Privileged": True} if options.privileged else {}),
        **({"DetachKeys": options.detach_keys} if options.detach_keys else {}),
        **({"ConsoleSize": list(size)} if size else {}),
    }


def _variables(session: Session, options: ExecOptions) -> list[str]:
    """Return the variables with values; names that have none are left out."""
    from compose.load.surroundings import environment_of  # noqa: PLC0415 - only with --env

    bare = any("=" not in entry for entry in options.environment)
    known = environment_of(session.request()) if bare else {}
    return [
        f"{entry}={known[entry]}" if "=" not in entry else entry
        for entry in options.environment
        if "=" in entry or entry in known
    ]
