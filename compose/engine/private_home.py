"""Where a private engine keeps its things, and the note it leaves on what it did to the machine."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from compose.base.errors import ComposeError, fail
from compose.base.events import Event
from compose.base.value import Value
from compose.engine.endpoint import state_directory

Emit = Callable[[Event], None]
Kind = Literal["docker", "docker-rootless", "podman"]

DEFAULT_NAME = "default"
MARK = "COMPOSE_PRIVATE_ENGINE"
"""The variable whose value (the engine's directory) every process of a private engine carries."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
_SOCKET_PATH_LIMIT = 107
"""Bytes of a unix socket's path that Linux accepts (`unix(7)`: 108 with the final NUL)."""


class StartOptions(Value, frozen=True, kw_only=True):
    """What `start` is asked for.

    `kind` None takes what suits the user: dockerd as root, else rootless dockerd, else podman. `install`
    gets missing packages from Debian or Ubuntu first. `environ` is the caller's environment.
    """

    environ: Mapping[str, str]
    name: str = DEFAULT_NAME
    kind: Kind | None = None
    install: bool = False


class PrivateEngine(Value, frozen=True, kw_only=True):
    """A private engine as it is now.

    `host` is what DOCKER_HOST takes; `pid` 0 = not running; `answers` tells whether its API does; `directory`
    holds `engine.log` and the data.
    """

    name: str
    kind: Kind
    host: str
    pid: int = 0
    answers: bool = False
    directory: str = ""

    @property
    def is_running(self) -> bool:
        """Whether its main process lives."""
        return self.pid != 0


class Traces(Value, frozen=True, kw_only=True):
    """What an engine changes outside its directory, written down before it is done, so that `stop` can undo it.

    - `bridge`: its default bridge; `tag`: the comment and chain prefix of its packet filter rules, which the
      programs in `filters` show and take away.
    - `sysctls`, `policies`: kernel settings (by path under /proc/sys) and FORWARD policies (by program) as found.
    - `mounts`: cgroup mounts made, in order; `directories`: those made under /run; `cgroup`: parent of the
      containers' control groups.
    """

    bridge: str = ""
    tag: str = ""
    filters: tuple[str, ...] = ()
    sysctls: dict[str, str] = {}
    policies: dict[str, str] = {}
    mounts: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    cgroup: str = ""


class Record(Value, frozen=True, kw_only=True):
    """The engine's note in its directory; `started` is its process's start time in kernel ticks (0 = none)."""

    kind: Kind
    pid: int = 0
    started: int = 0
    traces: Traces = Traces()


class Home:
    """The directory of one private engine; the paths in it are fixed, as other commands find the socket by them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = directory.name
        self.socket = directory / "docker.sock"
        self.log = directory / "engine.log"
        self.pid_file = directory / "engine.pid"
        self.record_file = directory / "engine.json"
        self.programs = directory / "bin"
        self.data = directory / "data"
        self.runtime = directory / "run"

    @property
    def host(self) -> str:
        """The endpoint as DOCKER_HOST takes it."""
        return f"unix://{self.socket}"

    @property
    def digest(self) -> str:
        """Six hexadecimal digits that differ between engines, for names with little room."""
        return hashlib.sha256(str(self.directory).encode()).hexdigest()[:6]

    def read(self) -> Record | None:
        """Return the engine's note, None when there is none (or none that this version can read)."""
        try:
            return msgspec.json.decode(self.record_file.read_bytes(), type=Record)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def write(self, record: Record) -> None:
        """Replace the engine's note."""
        part = self.record_file.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(record))
        part.replace(self.record_file)

    def clear(self, *, keep_data: bool) -> None:
        """Remove the engine's files; with `keep_data` its images, containers and volumes stay."""
        if not keep_data:
            shutil.rmtree(self.directory, ignore_errors=True)
            return
        for entry in self.directory.iterdir():
            if entry == self.data:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    def tail(self, lines: int = 15) -> str:
        """Return the end of the engine's log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def engines_directory(environ: Mapping[str, str]) -> Path:
    """Return where the private engines of this user live."""
    return state_directory(environ) / "engine"


def home_of(name: str, environ: Mapping[str, str]) -> Home:
    """Return the home of the engine `name`; nothing is made.

    Raises:
        ComposeError: the name cannot be used, or the socket's path would be too long for the kernel.
    """
    if not _NAME.fullmatch(name):
        raise fail(
            "engine-name",
            f"`{name}` cannot name an engine",
            hint="use up to 32 lower-case letters, digits, `_`, `.` and `-`, beginning with a letter or digit",
        )
    home = Home(engines_directory(environ) / name)
    if len(str(home.socket).encode()) > _SOCKET_PATH_LIMIT:
        raise fail(
            "engine-socket-path",
            f"the path of the engine's socket is too long: `{home.socket}`",
            hint="set XDG_STATE_HOME to a directory with a shorter path",
        )
    return home


def homes(environ: Mapping[str, str]) -> list[Home]:
    """Return the homes that exist, by name."""
    directory = engines_directory(environ)
    if not directory.is_dir():
        return []
    return [Home(entry) for entry in sorted(directory.iterdir()) if (entry / "engine.json").is_file()]


def not_installed(programs: list[str], packages: tuple[str, ...], *, kind: Kind) -> ComposeError:
    """Return the error for programs that an engine of this kind needs and the machine lacks."""
    flag = {"docker": "", "docker-rootless": " --rootless", "podman": " --podman"}[kind]
    names = ", ".join(f"`{program}`" for program in programs)
    return fail(
        "engine-not-installed",
        f"no program {names} on this machine",
        hint=f"`compose engine start{flag} --install` installs it on Debian and Ubuntu (packages {', '.join(packages)})",
    )
