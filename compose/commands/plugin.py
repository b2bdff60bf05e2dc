"""`plugin`: links by which the docker command line finds this program, and one named `docker-compose`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from compose.base.errors import ComposeError, fail
from compose.base.value import Value
from compose.commands.session import Session

_NAME = re.compile(r"[a-z][a-z0-9]*")
_STANDALONE = "docker-compose"


class Link(Value, frozen=True, kw_only=True):
    """A link to this program: `command` is what a user types to run it."""

    command: str
    path: str
    target: str = ""


def install(session: Session, program: str, *, name: str, standalone: bool = False) -> tuple[Link, ...]:
    """Make this program a plugin of the docker command line, and with `standalone` `docker-compose` beside itself.

    `program` is its absolute path. What is linked already stays.

    Raises:
        ComposeError: the name cannot be a plugin's, something else has it, or a link cannot be made.
    """
    if not _NAME.fullmatch(name):
        raise fail("invalid-value", f'invalid plugin name "{name}"', hint="lower-case letters and digits, a letter first")
    wanted = [Link(command=f"docker {name}", path=str(_folder(session) / f"docker-{name}"), target=program)]
    if standalone:
        wanted.append(Link(command=_STANDALONE, path=str(Path(program).parent / _STANDALONE), target=program))
    for link in wanted:
        path = Path(link.path)
        if os.path.lexists(path) and not _is_ours(path, program):
            raise fail(
                "name-taken",
                f"`{link.path}` is there already and is not this program",
                hint="move it away, or choose another name with `--name`",
            )
    for link in wanted:
        _link(Path(link.path), program)
    return tuple(wanted)


def uninstall(session: Session, program: str, *, name: str = "") -> tuple[Link, ...]:
    """Remove the links to this program, or only that of one plugin, and return them; others' files stay.

    Raises:
        ComposeError: a link cannot be removed.
    """
    found = sorted(_folder(session).glob(f"docker-{name or '*'}"))
    links = [Link(command=f"docker {path.name.removeprefix('docker-')}", path=str(path)) for path in found]
    if not name:
        links.append(Link(command=_STANDALONE, path=str(Path(program).parent / _STANDALONE)))
    ours = tuple(link for link in links if _is_ours(Path(link.path), program))
    for link in ours:
        try:
            Path(link.path).unlink()
        except OSError as error:
            raise _refused("remove", Path(link.path), error) from error
    return ours


def _folder(session: Session) -> Path:
    from compose.engine.contexts import config_directory  # noqa: PLC0415 - only here

    return config_directory(session.environ) / "cli-plugins"


def _is_ours(path: Path, program: str) -> bool:
    """Return whether a path is a link to this program, or to one of its name that is gone or elsewhere."""
    return path.is_symlink() and (path.readlink().name == Path(program).name or path.resolve() == Path(program).resolve())


def _link(path: Path, program: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.symlink_to(program)
    except OSError as error:
        raise _refused("make", path, error) from error


def _refused(what: str, path: Path, error: OSError) -> ComposeError:
    return fail("cannot-write", f"cannot {what} `{path}`: {(error.strerror or str(error)).lower()}")
