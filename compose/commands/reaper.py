"""A process of its own that removes a project when its owner ends, whatever ends it, or when its time is over.

The owner holds one end of a pipe; the reaper, in a session of its own so that what is sent to the owner's group does not
reach it, waits for the pipe's end. Where the system can tell of the end of a process (Linux) it waits for that too: a
child of the owner may have inherited the pipe. What it removes is what carries a lease (`compose.state.lease`), and only
when no other hold on the project is left (`compose.commands.lease`).
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import msgspec

from compose.base.clock import SystemClock
from compose.base.errors import ComposeError
from compose.base.value import Value
from compose.commands.file_lock import acquire
from compose.commands.lease import Place, elsewhere, place_of, release, settled, started, this_machine
from compose.commands.lock import path_of
from compose.engine.endpoint import Endpoint
from compose.state.lease import Lease, Leased, Owner, may_go

if TYPE_CHECKING:
    from compose.base.diagnostics import Diagnostic
    from compose.engine.port import Engine

_PROGRAM: Final = "from compose.commands.reaper import main; main()"
_DISMISSED: Final = b"dismissed\n"
_QUIET_SECONDS: Final = 2.0
"""For so long nothing more must appear: the engine may still be making what the owner asked for last."""
_LOOK_SECONDS: Final = 0.25
"""Between two looks meanwhile; networks and volumes are made without an event that tells their labels."""
_POLL_SECONDS: Final = 1.0
"""Where the system does not tell of the end of a process."""
_LONGEST_SECONDS: Final = 120.0
_LONGEST_WAIT: Final = 60.0
"""Wall clocks are set and machines sleep: the time that is left is reckoned anew so often."""


class Task(Value, frozen=True, kw_only=True):
    """What a reaper is told: which project of which engine, and the lease at whose end it goes.

    With `pipe` the end of standard input is the owner's end. `lock` is the file that is locked while the project is being
    brought up ("" = it does not matter).
    """

    endpoint: Endpoint
    place: Place
    lease: Lease
    pipe: bool
    lock: str = ""


class Reaper:
    """The reaper of this process, for as long as it is not dismissed."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """The number of the reaper's process."""
        return self._process.pid

    def dismiss(self) -> None:
        """End the reaper without anything being removed, and wait until it has ended."""
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(BrokenPipeError):  # it ended already
            pipe.write(_DISMISSED)
            pipe.flush()
        self._close(pipe)
        self._process.wait()

    def reap(self) -> None:
        """Have everything removed now, and wait until that is done."""
        pipe = self._process.stdin
        assert pipe is not None
        self._close(pipe)
        self._process.wait()

    @staticmethod
    def _close(pipe: IO[bytes]) -> None:
        with suppress(BrokenPipeError):  # as above
            pipe.close()


def start(endpoint: Endpoint, environ: Mapping[str, str], project: str, lease: Lease) -> Reaper:
    """Start a reaper for what this process is about to make; `lease` is that of its labels and its hold.

    It is ready to act when this returns: whatever ends this process from now on, the project goes, unless others hold
    it. Nothing is waited for (the new process needs a tenth of a second until it sits waiting).
    """
    task = Task(endpoint=endpoint, place=place_of(environ, endpoint.url, project), lease=lease, pipe=True)
    process = _spawn(environ, task)
    return Reaper(process)


def start_detached(endpoint: Endpoint, environ: Mapping[str, str], project: str, lease: Lease) -> int:
    """Start a reaper that outlives this process: it waits for the lease's owner or time. Returns its process number."""
    lock = str(path_of(environ, endpoint.url, project))
    task = Task(endpoint=endpoint, place=place_of(environ, endpoint.url, project), lease=lease, pipe=False, lock=lock)
    process = _spawn(environ, task)
    assert process.stdin is not None
    process.stdin.close()
    process.returncode = 0  # it is nobody's to wait for: no warning about a child that still runs
    return process.pid


def _spawn(environ: Mapping[str, str], task: Task) -> subprocess.Popen[bytes]:
    """Start the program with the module path of this process, without `site`, which would cost time."""
    ours = str(Path(__file__).parents[2])
    path = os.pathsep.join(os.path.abspath(part) for part in (*sys.path, ours))  # noqa: PTH100 - paths here are text
    process = subprocess.Popen(  # noqa: S603 - this interpreter, with a program of our own
        (sys.executable, "-S", "-c", _PROGRAM),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=os.sep,
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(task) + b"\n")
    process.stdin.flush()
    return process


def main() -> None:
    """Be the reaper: read the task, wait, remove."""
    from compose.engine import leased  # noqa: F401, PLC0415 - loaded before there is any hurry
    from compose.engine.connect import connect  # noqa: PLC0415 - nobody else needs it

    line, _, rest = _first_line().partition(b"\n")
    if not line:
        return  # the owner ended before it had made anything
    task = msgspec.json.decode(line, type=Task)
    engine = connect(task.endpoint)
    has_owner = task.pipe or (task.lease.owner is not None and task.lease.owner.pid)
    if _owner_ends(task, rest) if has_owner else _time_comes(task):
        _let_be_brought_up(task)
        reap(engine, task.place, task.lease)
    engine.close()


def _let_be_brought_up(task: Task) -> None:
    """Wait for a run that brings the project up at the moment: what it makes afterwards would be left behind."""
    with suppress(OSError):  # nobody has brought it up, or keeps the lock elsewhere
        file = os.open(task.lock, os.O_RDWR)
        try:
            acquire(file)
        finally:
            os.close(file)


def _first_line() -> bytes:
    data = b""
    while b"\n" not in data and (more := os.read(0, 1 << 16)):
        data += more
    return data if b"\n" in data else b""


def _owner_ends(task: Task, said: bytes) -> bool:
    """Wait for the owner's end; False when it dismisses the reaper first."""
    watched = _descriptor(task.lease.owner)
    sources = [*([0] if task.pipe else []), *([watched] if watched is not None else [])]
    while not said.startswith(_DISMISSED):
        if not task.pipe and watched is None and not _runs(task.lease.owner):
            return True
        # without a descriptor for the process a plain read does, also where `select` knows sockets only
        ready = [0] if sources == [0] else select.select(sources, [], [], None if sources else _POLL_SECONDS)[0]
        if 0 in ready:
            more = os.read(0, 64)
            said += more
            if not more:
                return True
        elif ready:
            return True
    return False


def _descriptor(owner: Owner | None) -> int | None:
    """Return a descriptor that becomes readable when a process ends, None where there is none or it has ended."""
    if owner is None or not hasattr(os, "pidfd_open"):
        return None
    try:
        descriptor: int = os.pidfd_open(owner.pid)
    except OSError:
        return None  # it has ended, which the pipe says as well; or the kernel is old
    if _runs(owner):
        return descriptor
    os.close(descriptor)
    return None


def _runs(owner: Owner | None) -> bool:
    return owner is not None and started(owner.pid) == owner.started


def _time_comes(task: Task) -> bool:
    """Wait until the lease's time is over; False when the project was given another lease meanwhile, or taken down."""
    clock, pause = SystemClock(), threading.Event()
    while (left := task.lease.expires - clock.now()) > 0:
        pause.wait(min(left, _LONGEST_WAIT))
    with settled(task.place) as holds:
        return task.lease in holds


def reap(engine: Engine, place: Place, lease: Lease) -> tuple[Diagnostic, ...]:
    """Remove what a project has with a lease, once this lease is over; return what could not be removed.

    Nothing is removed while others hold the project. Raises nothing that the engine said: it is tried again until it
    is quiet, and what is left after two minutes is for `compose gc`.
    """
    with release(place, lease) as is_last:
        if is_last:
            return _until_quiet(engine, place)
    return ()


def _until_quiet(engine: Engine, place: Place) -> tuple[Diagnostic, ...]:
    from compose.engine.leased import list_leased, remove_leased  # noqa: PLC0415 - needs the engine

    clock, pause = SystemClock(), threading.Event()
    began = busy = clock.monotonic()
    problems: tuple[Diagnostic, ...] = ()
    while clock.monotonic() - busy < _QUIET_SECONDS and clock.monotonic() - began < _LONGEST_SECONDS:
        try:
            found = _removable(list_leased(engine, place.project), place)
            problems = remove_leased(engine, found)
            if found:
                busy = clock.monotonic()
                if not problems:
                    continue
        except ComposeError as error:
            problems, busy = error.diagnostics, clock.monotonic()  # an engine that is not there may come back
        pause.wait(_LOOK_SECONDS)
    return problems


def _removable(found: tuple[Leased, ...], place: Place) -> tuple[Leased, ...]:
    """Return what may go now: a project of this name at another address of the engine may be held."""
    machine, now = this_machine(), SystemClock().now()
    holds = elsewhere(place)
    return tuple(one for one in found if not holds or may_go(one.lease, holds, machine, now))
