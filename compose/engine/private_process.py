"""Processes of private engines: starting one, waiting until it answers, finding and ending all that belong to it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from compose.base.clock import Clock
from compose.base.errors import fail
from compose.engine.private_home import MARK, Home

READY_SECONDS = 60.0
"""How long an engine may take until it answers; the first start on a slow disk takes about ten."""
STOP_SECONDS = 60.0
"""How long an engine may take to stop its containers before it is killed; dockerd itself gives them 15 seconds."""

_RETRY_SECONDS = 0.05
_PING_SECONDS = 5.0
_KILL_SECONDS = 5.0
_KILL_ROUNDS = 10
_NOT_FOUND = 127
"""A shell's status for a command that it cannot find."""
_SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_OWN_PROGRAMS = {"conmon", "aardvark-dns", "slirp4netns", "fuse-overlayfs", "pasta", "rootlessport"}
"""Helpers that Podman starts without the engine's environment; their arguments name its directory."""


def search_path(environ: Mapping[str, str]) -> str:
    """Return PATH with the system's directories, which users other than root often lack."""
    given = [part for part in environ.get("PATH", "").split(os.pathsep) if part]
    return os.pathsep.join([*given, *(part for part in _SYSTEM_PATH if part not in given)])


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of an installed program."""
    return shutil.which(name, path=search_path(environ))


def run(*command: str, environ: Mapping[str, str] | None = None, log: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end without input; its output is in the result, or in `log` when that is given.

    A program that is not there is a failure like others (status 127).
    """
    environ = environ or {"PATH": search_path({})}
    program = find_program(command[0], environ) or command[0]
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open("ab")) if log else subprocess.PIPE
        try:
            return subprocess.run(  # noqa: S603 - fixed commands; variable words are our own names and paths
                (program, *command[1:]),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if log else subprocess.PIPE,
                text=True,
                check=False,
                env=environ,
            )
        except OSError as error:
            return subprocess.CompletedProcess(command, _NOT_FOUND, stdout="", stderr=str(error))


def spawn(command: tuple[str, ...], home: Home, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start an engine that outlives us and the terminal; what it says goes to its log."""
    with home.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - as above
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**environ, "PATH": search_path(environ), MARK: str(home.directory)},
        )


def answers(path: Path) -> bool:
    """Tell whether an engine's API answers on this socket (`GET /_ping`)."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PING_SECONDS)
            connection.connect(str(path))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def await_ready(process: subprocess.Popen[bytes], path: Path, clock: Clock) -> bool:
    """Wait until the engine answers; False as soon as its process ends, or when it took too long."""
    deadline = clock.monotonic() + READY_SECONDS
    while clock.monotonic() < deadline:
        if path.exists() and answers(path):
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_RETRY_SECONDS)
            return False
    return False


def start_time(pid: int) -> int:
    """Return when the process started, in kernel ticks; 0 when there is none or it only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[19])


def is_alive(pid: int, started: int) -> bool:
    """Tell whether this very process still runs, and not another that got its number."""
    return pid != 0 and started != 0 and start_time(pid) == started


def end(pid: int, started: int, seconds: float) -> bool:
    """Ask a process to end and wait for it; False when it is still there after `seconds`."""
    with _watched(pid) as watch:
        if watch is None or not is_alive(pid, started):
            return True
        os.kill(pid, signal.SIGTERM)
        return _ended(watch, seconds)


def kill_all(find: Callable[[], set[int]]) -> None:
    """Kill what `find` names until it finds nothing more (a process may start another while it is killed).

    Raises:
        ComposeError: a process does not die.
    """
    for _ in range(_KILL_ROUNDS):
        left = find()
        if not left:
            return
        for pid in left:
            with _watched(pid) as watch:
                if watch is None:
                    continue
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                _ended(watch, _KILL_SECONDS)
    left = find()
    if left:
        raise fail("engine-processes-left", f"processes of the engine do not end: {', '.join(map(str, sorted(left)))}")


def members(home: Home, cgroups: Iterable[Path] = ()) -> set[int]:
    """Return the processes of an engine: those with its mark, its helpers, and those in its control groups."""
    mark = f"{MARK}={home.directory}".encode()
    directory = str(home.directory).encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid() or not start_time(int(entry.name)):
            continue
        arguments = _words(entry / "cmdline")
        is_helper = Path(arguments[0].decode(errors="replace")).name in _OWN_PROGRAMS
        if mark in _words(entry / "environ") or (is_helper and any(directory in word for word in arguments)):
            found.add(int(entry.name))
    for cgroup in cgroups:
        for file in cgroup.rglob("cgroup.procs"):
            with contextlib.suppress(OSError):
                found.update(pid for pid in map(int, file.read_text().split()) if pid and start_time(pid))
    return found


def _words(file: Path) -> list[bytes]:
    """Return the NUL-separated words of a file of /proc; none when it is not ours to read, or gone."""
    try:
        return file.read_bytes().split(b"\0")
    except OSError:
        return [b""]


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[int | None]:
    """Open a descriptor that tells of the process's end; None when there is no such process."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        watch = None
    try:
        yield watch
    finally:
        if watch is not None:
            os.close(watch)


def _ended(watch: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
