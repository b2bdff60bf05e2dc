"""Private engines: an installed dockerd or Podman run for one user, without systemd and apart from any other engine.

    start(StartOptions(environ=...), emit) -> PrivateEngine
    stop(name, environ=..., keep_data=False)
    list_engines(environ=...)

Everything an engine has is in its directory (`private_home`); what it changes outside is written there first, so
that `stop` can undo it also after a crash.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from compose.base.clock import Clock, SystemClock
from compose.base.errors import ComposeError, fail
from compose.base.events import StepFailed, StepFinished, StepStarted
from compose.engine import install, private_cgroups, private_docker, private_network, private_podman
from compose.engine.private_home import (
    DEFAULT_NAME,
    Emit,
    Home,
    Kind,
    PrivateEngine,
    Record,
    StartOptions,
    Traces,
    home_of,
    homes,
)
from compose.engine.private_process import (
    STOP_SECONDS,
    answers,
    await_ready,
    end,
    find_program,
    is_alive,
    kill_all,
    members,
    run,
    search_path,
    spawn,
    start_time,
)

_STEP = "engine"
_ENGINE_PROGRAMS = {"dockerd", "podman", "conmon"}


def start(options: StartOptions, emit: Emit, *, clock: Clock | None = None) -> PrivateEngine:
    """Have a private engine running and answering; one that runs already is left as it is.

    Raises:
        ComposeError: it is not installed, cannot be installed, did not start, or this is not Linux.
    """
    if not sys.platform.startswith("linux"):
        raise fail("engine-platform", "private engines need Linux", hint="start Docker Desktop or another engine")
    clock = clock or SystemClock()
    environ = {**options.environ, "PATH": search_path(options.environ)}
    home = home_of(options.name, environ)
    with _locked(home):
        record = home.read()
        if record and is_alive(record.pid, record.started) and answers(home.socket):
            return _described(home)
        had_data = home.data.is_dir()
        if record:
            _clean_up(home, record, environ, keep_data=True)
        home.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        kind = options.kind or _suitable_kind(environ)
        try:
            if options.install:
                _install_missing(home, kind, environ, emit, clock)
            _launch(home, kind, environ, emit, clock)
        except BaseException:
            _clean_up(home, home.read() or Record(kind=kind), environ, keep_data=had_data)
            raise
        return _described(home)


def stop(
    name: str = DEFAULT_NAME,
    *,
    environ: Mapping[str, str],
    keep_data: bool = False,
    emit: Emit = lambda _event: None,
    clock: Clock | None = None,
) -> None:
    """End a private engine with its containers and remove all it made; with `keep_data` its data root stays.

    Raises:
        ComposeError: there is no engine of this name, or a process of it does not end.
    """
    clock = clock or SystemClock()
    environ = {**environ, "PATH": search_path(environ)}
    home = home_of(name, environ)
    if not home.directory.is_dir():
        known = ", ".join(f"`{other.name}`" for other in homes(environ))
        raise fail("engine-unknown", f"no private engine `{name}`", hint=f"there are: {known}" if known else "")
    with _locked(home), _step(home, emit, clock, "Stopping", "Stopped"):
        _clean_up(home, home.read() or Record(kind="docker"), environ, keep_data=keep_data)


def list_engines(*, environ: Mapping[str, str]) -> tuple[PrivateEngine, ...]:
    """Return the private engines of this user, stopped ones that left a note included, by name."""
    return tuple(_described(home) for home in homes(environ))


def _described(home: Home) -> PrivateEngine:
    record = home.read() or Record(kind="docker")
    alive = is_alive(record.pid, record.started)
    return PrivateEngine(
        name=home.name,
        kind=record.kind,
        host=home.host,
        pid=record.pid if alive else 0,
        answers=alive and answers(home.socket),
        directory=str(home.directory),
    )


def _suitable_kind(environ: Mapping[str, str]) -> Kind:
    if os.geteuid() == 0:
        return "docker"
    if find_program("podman", environ) and not find_program("rootlesskit", environ):
        return "podman"
    return "docker-rootless"


def _install_missing(home: Home, kind: Kind, environ: Mapping[str, str], emit: Emit, clock: Clock) -> None:
    root = os.geteuid() == 0
    try:
        _plan(home, kind, environ)
    except ComposeError as error:
        if error.diagnostics[0].code != "engine-not-installed":
            raise
    else:
        return
    packages = {
        "docker": private_docker.ROOTFUL_PACKAGES,
        "docker-rootless": private_docker.ROOTLESS_PACKAGES,
        "podman": private_podman.PACKAGES if root else private_podman.ROOTLESS_PACKAGES,
    }[kind]
    with _step(home, emit, clock, "Installing", "Installed"):
        install.install(packages, environ, home.directory / "install.log")


def _plan(home: Home, kind: Kind, environ: Mapping[str, str]) -> tuple[Traces, dict[str, str]]:
    """Check that the programs are there; return what the engine will change and the packet filters for it."""
    root = os.geteuid() == 0
    if kind == "docker":
        if not root:
            raise fail("engine-rights", "a rootful engine needs root", hint="use `--rootless` or `--podman`, or run it as root")
        return private_docker.plan_rootful(home, environ)
    if kind == "podman":
        return private_podman.plan(home, environ, root=root), {}
    if root:
        raise fail("engine-rights", "a rootless engine is not for root", hint="leave `--rootless` out, or run it as another user")
    private_docker.check_rootless(environ, user=pwd.getpwuid(os.getuid()).pw_name)
    return Traces(), {}


def _launch(home: Home, kind: Kind, environ: Mapping[str, str], emit: Emit, clock: Clock) -> None:
    traces, filters = _plan(home, kind, environ)
    # The note comes first: whatever happens from here on, `stop` knows what to undo.
    home.write(Record(kind=kind, traces=traces))
    home.data.mkdir(exist_ok=True)
    if kind == "docker":
        launch = private_docker.rootful(home, traces, filters, environ)
    elif kind == "docker-rootless":
        launch = private_docker.rootless(home, environ)
    else:
        launch = private_podman.launch(home, environ, root=os.geteuid() == 0)
    with _step(home, emit, clock, "Starting", "Started"):
        process = spawn(launch.command, home, {**environ, **launch.environ})
        home.write(Record(kind=kind, pid=process.pid, started=start_time(process.pid), traces=traces))
        if not await_ready(process, home.socket, clock):
            code = process.poll()
            how = "did not answer in time" if code is None else f"ended with status {code}"
            raise fail("engine-start-failed", f"engine `{home.name}` {how}", detail=home.tail())
        _forget(process)
        if kind == "podman":
            _forget(spawn(private_podman.health_checks(home), home, environ))


def _forget(process: subprocess.Popen[bytes]) -> None:
    """Let the engine outlive us without a warning that a child was not waited for."""
    process.returncode = 0


def _clean_up(home: Home, record: Record, environ: Mapping[str, str], *, keep_data: bool) -> None:
    """End what runs of an engine and remove what it made, whatever state it is in."""
    traces = record.traces
    groups = private_podman.groups(home) if record.kind == "podman" else private_cgroups.groups_named(traces.cgroup)
    if is_alive(record.pid, record.started):
        if record.kind == "podman":
            private_podman.stop_containers(home, record.pid, environ)
        end(record.pid, record.started, STOP_SECONDS)
    kill_all(lambda: members(home, groups))
    _reap(record.pid)
    is_last = not _other_engines()
    if record.kind == "podman":
        private_podman.tear_down(home, traces, environ, is_last=is_last)
    elif record.kind == "docker":
        private_network.tear_down(home, traces, environ, is_last=is_last)
        private_cgroups.remove(traces.cgroup)
    if is_last:
        private_cgroups.unmount(traces.mounts)
    for directory in traces.directories:
        with contextlib.suppress(OSError):
            Path(directory).rmdir()
    if not keep_data and record.kind != "docker" and os.geteuid() != 0:
        _remove_as_namespace_root(home, record.kind)
    home.clear(keep_data=keep_data and home.data.is_dir())
    for parent in (home.directory.parent, home.directory.parent.parent):
        with contextlib.suppress(OSError):  # not empty: it has another engine, or other state
            parent.rmdir()


def _remove_as_namespace_root(home: Home, kind: Kind) -> None:
    """Remove data whose owners are subordinate ids, which only root of a user namespace may do."""
    unshare = ("podman", "unshare") if kind == "podman" else ("rootlesskit",)
    if shutil.which(unshare[0]):
        run(*unshare, "rm", "-rf", str(home.data))


def _other_engines() -> bool:
    """Tell whether an engine runs in our network namespace."""
    here = Path("/proc/self/ns/net").readlink()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            name = entry / "comm"
            if entry.name.isdecimal() and name.read_text().strip() in _ENGINE_PROGRAMS and (entry / "ns/net").readlink() == here:
                return True
    return False


def _reap(pid: int) -> None:
    """Collect the engine's process when it is our own child, as in a program that started and stops it."""
    with contextlib.suppress(ChildProcessError, OverflowError):
        if pid:
            os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def _step(home: Home, emit: Emit, clock: Clock, action: str, done: str) -> Iterator[None]:
    begun = clock.monotonic()
    address, resource = f"engine:{home.name}", f"Engine {home.name}"
    emit(StepStarted(time=clock.now(), step=_STEP, address=address, resource=resource, action=action))
    try:
        yield
    except ComposeError as error:
        now, seconds, why = clock.now(), clock.monotonic() - begun, error.diagnostics[0]
        emit(StepFailed(time=now, step=_STEP, address=address, resource=resource, seconds=seconds, diagnostic=why))
        raise
    now, seconds = clock.now(), clock.monotonic() - begun
    emit(StepFinished(time=now, step=_STEP, address=address, resource=resource, action=done, seconds=seconds))


@contextlib.contextmanager
def _locked(home: Home) -> Iterator[None]:
    """Let only one start or stop happen at a time, so that two engines never choose the same addresses."""
    directory = _lock(home.directory.parent)
    try:
        yield
    finally:
        os.close(directory)


def _lock(path: Path) -> int:
    """Return a descriptor that holds the lock of a directory; the one who had it before may have removed the directory."""
    while True:
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            directory = os.open(path, os.O_RDONLY)
        except (FileExistsError, FileNotFoundError):  # removed meanwhile: it is made again
            if path.exists() and not path.is_dir():
                raise
            continue
        fcntl.flock(directory, fcntl.LOCK_EX)
        if _is_at(directory, path):
            return directory
        os.close(directory)


def _is_at(directory: int, path: Path) -> bool:
    """Whether an open directory is the one that is there now."""
    try:
        return os.path.samestat(os.fstat(directory), path.stat())
    except FileNotFoundError:
        return False
