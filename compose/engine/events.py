"""The engine's event stream as a subscription that survives the loss of its connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from compose.base import labels
from compose.base.clock import Clock
from compose.base.errors import EngineError
from compose.base.value import Value
from compose.engine.port import Call, Engine, Stream

ACTIONS = ("create", "start", "kill", "die", "oom", "update", "pause", "unpause", "health_status", "rename", "destroy")
"""What happens to containers that someone may be waiting for; an exec's events would come with every probe."""
_PODMAN = {"died": "die", "remove": "destroy"}
_OVERLAP_SECONDS = 2.0
"""How far back a subscription reaches, so that nothing falls between the request and the engine's attention."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class Occurrence(Value, frozen=True, kw_only=True):
    """Something happened to a container; a reason to look at it, never a fact to build on."""

    action: str
    container: str
    attributes: dict[str, str] = {}
    time: float = 0.0


class Opened(Value, frozen=True, kw_only=True):
    """The stream is open, for the first time or `again` after a loss: look at everything."""

    again: bool = False


class Interrupted(Value, frozen=True, kw_only=True):
    """The stream broke or could not be opened; it is being tried again. `error` says why."""

    error: EngineError


Signal = Occurrence | Opened | Interrupted
Deliver = Callable[[Signal], None]


class Subscription:
    """Delivers what happens to a project's containers, from a thread of its own, until closed.

    `deliver` must not block. After a loss the stream is opened again from where it stopped; a signal may then
    come twice.
    """

    def __init__(self, engine: Engine, project: str, deliver: Deliver, clock: Clock) -> None:
        self._engine = engine
        self._project = project
        self._deliver = deliver
        self._since = clock.now() - _OVERLAP_SECONDS
        self._closed = threading.Event()
        self._stream: Stream | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="engine-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the subscription; nothing is delivered afterwards."""
        self._closed.set()
        with self._lock:
            if self._stream is not None:
                self._stream.close()

    def _run(self) -> None:
        pause, opened = _FIRST_PAUSE, False
        while not self._closed.is_set():
            try:
                with self._open() as stream:
                    self._send(Opened(again=opened))
                    pause, opened = _FIRST_PAUSE, True
                    for occurrence in occurrences(stream.chunks()):
                        self._since = max(self._since, occurrence.time)
                        self._send(occurrence)
            except EngineError as error:
                self._send(Interrupted(error=error))
            self._closed.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _open(self) -> Stream:
        stream = self._engine.stream(request(self._project, since=self._since, podman=self._engine.facts.name == "podman"))
        with self._lock:
            self._stream = stream
        if self._closed.is_set():
            stream.close()
        return stream

    def _send(self, signal: Signal) -> None:
        if not self._closed.is_set():
            self._deliver(signal)


def request(project: str, *, since: float, podman: bool = False) -> Call:
    """Return the call for the events of a project's containers; Podman does not know Docker's names in its filter."""
    filters: dict[str, Any] = {"type": ["container"], "label": [f"{labels.PROJECT}={project}"]}
    if not podman:
        filters["event"] = list(ACTIONS)
    return Call(method="GET", path="/events", query={"filters": filters, "since": f"{since:.9f}"})


def occurrences(chunks: Iterable[bytes]) -> Iterator[Occurrence]:
    """Yield the container events of a stream of JSON lines; what is no event of a container is left out."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            found = occurrence(line)
            if found is not None:
                yield found


def occurrence(line: bytes) -> Occurrence | None:
    """Return one event, None for an empty line and for other kinds of things."""
    if not line.strip():
        return None
    data = msgspec.json.decode(line)
    action, _, detail = str(data.get("Action") or data.get("status") or "").partition(":")
    action = _PODMAN.get(action, action)
    actor = data.get("Actor") or {}
    if data.get("Type") not in {None, "container"} or action not in ACTIONS:
        return None
    attributes = {str(name): str(value) for name, value in (actor.get("Attributes") or {}).items()}
    if detail:
        attributes[action] = detail.strip()
    nanoseconds = data.get("timeNano") or data.get("time", 0) * 1_000_000_000
    return Occurrence(
        action=action, container=str(actor.get("ID") or data.get("id") or ""), attributes=attributes, time=nanoseconds / 1e9
    )
