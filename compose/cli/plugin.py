"""This program as others call it: as a plugin of the docker command line, or by the name `docker-compose`.

Docker calls a plugin with its own flags first and the plugin's name after them (`--context x compose up`), and asks it
once what it is. It keeps a socket open as long as the plugin shall live.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from compose.base.version import __version__
from compose.cli.command import Command
from compose.cli.flags import parse
from compose.cli.process import Process
from compose.commands.stopping import Cancellation

METADATA: Final = "docker-cli-plugin-metadata"
"""The command by which docker asks what a plugin is."""

_CALLED_BY_DOCKER: Final = "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"
_SOCKET: Final = "DOCKER_CLI_PLUGIN_SOCKET"
_PREFIX: Final = "docker-"
_COMPLETION: Final = "__complete"
_AGAIN_SECONDS: Final = 2.0


def metadata() -> str:
    """Return what docker wants to know of a plugin, as JSON."""
    import msgspec  # noqa: PLC0415 - docker asks once

    return (
        msgspec.json.encode(
            {
                "SchemaVersion": "0.1.0",
                "Vendor": "compose-reconciler",
                "Version": f"v{__version__}",
                "ShortDescription": "Compose projects, planned and explained",
            }
        ).decode()
        + "\n"
    )


def plugin_name(process: Process) -> str:
    """Return the name by which docker calls this plugin, "" when docker does not call it."""
    name = _name(process.program)
    return name.removeprefix(_PREFIX) if name.startswith(_PREFIX) and process.environ.get(_CALLED_BY_DOCKER) else ""


def title(process: Process) -> str:
    """Return what the user types before the arguments: `compose`, `docker compose`, `docker-compose`."""
    plugin, name = plugin_name(process), _name(process.program)
    return f"docker {plugin}" if plugin else name if name.startswith(_PREFIX) else "compose"


def arguments(process: Process, root: Command) -> list[str]:
    """Return the arguments without the name of the plugin that docker puts among them.

    `help NAME` becomes `--help`, and `__complete NAME` what our own completion scripts say.

    Raises:
        ComposeError: a flag before the name is unknown.
    """
    given, name = list(process.arguments), plugin_name(process)
    if not name:
        return given
    if given[:1] == [_COMPLETION] and given[1:2] == [name]:
        return [_COMPLETION, "--", *given[2:]]
    rest = parse(root.flags, given, interspersed=False).arguments
    before = given[: len(given) - len(rest)]
    if rest[:2] == ("help", name):
        return [*before, *rest[2:], "--help"]
    return [*before, *(rest[1:] if rest[:1] == (name,) else rest)]


def follow_docker(environ: Mapping[str, str], ended: Callable[[], None]) -> None:
    """Call `ended` when the docker process that called this one wants it to stop, or is gone.

    Docker tells by closing a socket; on a terminal signals reach both, and it leaves the socket alone.
    """
    address = environ.get(_SOCKET, "")
    if address:
        threading.Thread(target=_wait, args=(address, ended), name="docker", daemon=True).start()


def end_process(stop: Cancellation) -> None:
    """Send SIGTERM to the main thread until somebody takes notice: while nobody watches, one that is about to block misses it."""
    never = threading.Event()
    while not (stop.level and stop.is_watched):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        never.wait(_AGAIN_SECONDS)


def _wait(address: str, ended: Callable[[], None]) -> None:
    import socket  # noqa: PLC0415 - only below docker

    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            while connection.recv(4096):
                pass
    except OSError:
        return  # a docker that has no such socket any more tells nothing
    ended()


def _name(program: str) -> str:
    return os.path.basename(program).removesuffix(".exe")  # noqa: PTH119 - pathlib takes longer to import than a command runs


def is_metadata(given: Sequence[str]) -> bool:
    """Return whether docker asks what this is."""
    return list(given) == [METADATA]
