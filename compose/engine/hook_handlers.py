"""Lifecycle hooks: commands in a container, or a container of their own. Source: reconcile section 12."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compose.base.errors import ComposeError, EngineError, fail
from compose.engine import inside
from compose.engine.container_handlers import connect_all, create, filled, remove
from compose.engine.errors import CONFLICT, NOT_FOUND
from compose.engine.logs import LogSource, request
from compose.engine.port import path
from compose.engine.streams import Written, written
from compose.engine.work import Finished, Work
from compose.payload.hooks import with_volumes_of

if TYPE_CHECKING:
    from compose.plan import operation as ops

_TAIL_LINES = 10
_TAIL_CHARACTERS = 2048
_SHORT_ID = 12
_NO_HURRY = 86_400.0


def run_hook(operation: ops.RunHook, work: Work) -> Finished:
    """Run a hook to its end.

    Raises:
        ComposeError: it exited with another code than 0; the message has its last lines.
    """
    return _in_container_of_its_own(operation, work) if operation.hook == "pre_start" else _inside(operation, work)


def _inside(operation: ops.RunHook, work: Work) -> Finished:
    """Exec in the service's container; before a stop, a container that does not run any more needs no hook."""
    said: list[Written] = []

    def told(line: Written) -> None:
        said.append(line)
        work.output(line.text, part=operation.container.name, stream=line.stream)

    try:
        code = inside.run(work.engine, work.id(operation.container), operation.body, told)
    except EngineError as error:
        if operation.hook == "pre_stop" and error.status in {NOT_FOUND, CONFLICT}:
            return Finished(action="Skipped", detail="the container does not run")
        raise
    if code:
        raise fail("hook-failed", f"{operation.container.service} hook exited with status {code}{last_words(said)}")
    return Finished()


def _in_container_of_its_own(operation: ops.RunHook, work: Work) -> Finished:
    """Create, start and await a hook container; it is removed after success and kept after failure."""
    body = with_volumes_of(filled(work, operation.body, operation.bindings), work.id(operation.container))
    identifier = create(work, "", body, operation.platform)
    connect_all(work, identifier, operation.connects)
    try:
        work.call("POST", path("/containers/{}/start", identifier))
        said = _follow(operation, work, identifier)
        code = _await(work, identifier)
    except ComposeError:
        remove(work, identifier, volumes=True)
        raise
    if code:
        name = f'service "{operation.container.service}" pre_start[{operation.index}]'
        kept = f"(hook container {identifier[:_SHORT_ID]} retained for inspection)"
        raise fail("hook-failed", f"{name} exited with code {code}{last_words(said)} {kept}")
    remove(work, identifier, volumes=True)
    return Finished()


def _follow(operation: ops.RunHook, work: Work, identifier: str) -> list[Written]:
    """Pass a hook container's output on until it ends, and return it."""
    said: list[Written] = []
    one = LogSource(id=identifier, name=f"{operation.container.service} pre_start[{operation.index}]")
    with work.engine.stream(request(identifier, follow=True, stamps=False)) as stream:
        for line in written(stream.chunks()):
            said.append(line)
            work.output(line.text, part=one.name, stream=line.stream)
    return said


def _await(work: Work, identifier: str) -> int:
    """Return the exit code of a container that was started, when it has ended."""
    where = path("/containers/{}/wait", identifier)
    answer = work.call("POST", where, condition="not-running", timeout=_NO_HURRY)
    return int(answer["StatusCode"])


def last_words(lines: Sequence[Written]) -> str:
    """Return `: ` and the last lines of what a hook wrote, of stderr when there is any, within bounds; else ""."""
    said = [line.text.strip() for line in lines if line.text.strip() and line.stream == "stderr"]
    said = said or [line.text.strip() for line in lines if line.text.strip()]
    text = "\n".join(said[-_TAIL_LINES:])[-_TAIL_CHARACTERS:]
    return f": {text}" if text else ""
