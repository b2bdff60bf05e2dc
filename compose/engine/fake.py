"""An engine in memory, for tests: the Docker API's answers and rules without a daemon, and failures on demand."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from compose.base.errors import EngineError
from compose.engine import errors
from compose.engine.fake_routes import ROUTES, Blocked, Route
from compose.engine.fake_script import Fault, Gate, ManualClock, Matches, Script
from compose.engine.fake_streams import FakeConnection, FakeStream
from compose.engine.fake_things import FakeContainer, FakeImage
from compose.engine.fake_world import Refusal, World, tagged
from compose.engine.port import JSON, Call, Connection, Stream
from compose.state.observed import EngineFacts

RunInside = Callable[[FakeContainer, Sequence[str]], tuple[int, bytes, bytes]]
Variables = Mapping[str, str]


class FakeEngine:
    """Behaves as a Docker engine does (the `Engine` port).

    - `images`: references that are there; `registry`: those that can be pulled.
    - `scripts`: how containers behave, by container name or service; one `Script` per run, the last one for all
      later runs.
    - `clock`: whose time it lives by: a `ManualClock` stands still, an `InstantClock` never waits.
    - `credentials`: references the user is logged in for.
    - `run_inside` answers exec calls with (exit code, stdout, stderr); without it every command succeeds.

    `calls` has every call in order, also those that failed. Safe to use from several threads.
    """

    def __init__(
        self,
        *,
        images: Sequence[str] = ("busybox",),
        registry: Sequence[str] = (),
        scripts: Mapping[str, Script | Sequence[Script]] | None = None,
        clock: ManualClock | None = None,
        facts: EngineFacts | None = None,
        run_inside: RunInside | None = None,
        credentials: Sequence[str] = (),
    ) -> None:
        self.scripts: dict[str, Sequence[Script]] = {}
        for name, script in (scripts or {}).items():
            self.script(name, script)
        self.clock = clock or ManualClock()
        self.world = World(self.clock, self.scripts)
        self.run_inside = run_inside
        self.registry: dict[str, FakeImage] = {}
        self.execs: dict[str, dict[str, Any]] = {}
        self.calls: list[Call] = []
        self.credentials = tuple(credentials)
        self._facts = facts or EngineFacts(version="28.0.0", api_version=(1, 48), arch="amd64")
        self._faults: list[tuple[Fault, list[int]]] = []
        self._gates: list[Gate] = []
        self._lock = threading.Lock()
        for reference in images:
            self.add_image(reference)
        for reference in registry:
            self.registry[tagged(reference)] = FakeImage(f"sha256:{self.world.new_id()}", tagged(reference))

    # -- what tests tell it

    def script(self, name: str, *runs: Script | Sequence[Script]) -> None:
        """Say how the containers of a service, or the container of a name, behave from their next start on."""
        self.scripts[name] = tuple(script for run in runs for script in ((run,) if isinstance(run, Script) else run))

    def add_image(self, reference: str, *, config: dict[str, Any] | None = None, platform: str = "linux/amd64") -> FakeImage:
        """Put an image there, in place of the one that has this reference."""
        tag = tagged(reference)
        image = FakeImage(f"sha256:{self.world.new_id()}", tag, config=config, platform=platform)
        self.world.images[tag] = image
        return image

    def fail(self, fault: Fault) -> None:
        """Let calls fail from now on."""
        with self._lock:
            self._faults.append((fault, [0]))

    def hold(self, matches: Matches) -> Gate:
        """Let calls that match wait, until the returned gate is opened."""
        gate = Gate(matches)
        with self._lock:
            self._gates.append(gate)
        return gate

    def cut_streams(self) -> None:
        """Break every open event stream, as an engine that restarts does."""
        with self.world.lock:
            listeners, self.world.listeners = self.world.listeners, []
        for stream, _ in listeners:
            stream.cut(errors.connection_lost("GET /events", "connection reset by peer"))

    # -- the port

    @property
    def facts(self) -> EngineFacts:
        """What the engine is."""
        return self._facts

    @property
    def name(self) -> str:
        """`docker` or `podman`."""
        return self._facts.name

    @property
    def api_version(self) -> tuple[int, int]:
        """The API version that both sides speak."""
        return self._facts.api_version

    @property
    def address(self) -> str:
        """Where it would be."""
        return "unix:///fake.sock"

    def call(self, call: Call) -> JSON:
        """Do one request and return its answer."""
        answer = self._perform(call)
        if isinstance(answer, Blocked):
            answer.event.wait()
            answer = answer.result()
        if isinstance(answer, FakeStream):
            return b"".join(answer.chunks()).decode(errors="replace")
        return msgspec.json.decode(msgspec.json.encode(answer)) if isinstance(answer, (dict, list)) else answer

    def stream(self, call: Call) -> Stream:
        """Do one request and return its open answer."""
        answer = self._perform(call)
        if isinstance(answer, FakeStream):
            return answer
        if not isinstance(answer, Blocked):
            return FakeStream.of(msgspec.json.encode(answer))
        stream = FakeStream()
        threading.Thread(target=_answer_later, args=(answer, stream), daemon=True).start()
        return stream

    def hijack(self, call: Call) -> Connection:
        """Do one request that turns into a two-way stream."""
        answer = self._perform(call)
        if not isinstance(answer, FakeConnection):
            raise errors.refused(f"{call.method} {call.path}", 400, "cannot be hijacked")
        return answer

    def registry_auth(self, reference: str) -> str:
        """Return something for the references of `credentials`."""
        return f"fake:{reference}" if reference in self.credentials else ""

    def registry_config(self) -> str:
        """Return "": nobody is logged in."""
        return ""

    def close(self) -> None:
        """End every open stream."""
        self.cut_streams()

    def _perform(self, call: Call) -> Any:  # noqa: ANN401 - JSON or a stream
        with self._lock:
            self.calls.append(call)
            gates = [gate for gate in self._gates if gate.matches(call)]
            fault = self._due_fault(call)
        for gate in gates:
            gate.pass_through()
        if fault is not None and not fault.performed:
            raise _failure(fault, call)
        answer = self._answer(call)
        if fault is not None:
            raise _failure(fault, call)
        return answer

    def _due_fault(self, call: Call) -> Fault | None:
        due = None
        for fault, seen in self._faults:
            if fault.matches(call):
                seen[0] += 1
                if fault.first <= seen[0] < fault.first + fault.times:
                    due = due or fault
        return due

    def _answer(self, call: Call) -> Any:  # noqa: ANN401 - as above
        route, variables = _route(call)
        try:
            with self.world.lock:
                return route(self, call, variables)
        except Refusal as refusal:
            raise errors.refused(f"{call.method} {call.path}", refusal.status, refusal.message) from refusal


def calls_to(method: str, pattern: str = "") -> Matches:
    """Return what matches calls of a method whose path a regular expression finds something in."""
    wanted = re.compile(pattern)
    return lambda call: call.method == method and wanted.search(call.path) is not None


def writes(call: Call) -> bool:
    """Match every call that can change something."""
    return call.writes


def anything(_call: Call) -> bool:
    """Match every call."""
    return True


def _answer_later(blocked: Blocked, stream: FakeStream) -> None:
    blocked.event.wait()
    stream.feed(msgspec.json.encode(blocked.result()))
    stream.end()


def _route(call: Call) -> tuple[Route, Variables]:
    for method, pattern, route in ROUTES:
        match = pattern.fullmatch(call.path) if method == call.method else None
        if match is not None:
            return route, match.groupdict()
    raise errors.refused(f"{call.method} {call.path}", 404, "page not found")


def _failure(fault: Fault, call: Call) -> EngineError:
    what = f"{call.method} {call.path}"
    return errors.refused(what, fault.status, fault.message) if fault.status else errors.connection_lost(what, fault.message)
