"""The output of containers as it comes, one blocking reader each, through restarts and lost connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from compose.base.clock import Clock
from compose.base.errors import EngineError
from compose.base.events import LogLine
from compose.engine.errors import CONFLICT, NOT_FOUND
from compose.engine.logs import LogSource, Range, Unreadable, log_line, read, request
from compose.engine.memory import Memory
from compose.engine.port import Call, Engine, Stream, path
from compose.engine.retry import is_lost
from compose.engine.streams import written
from compose.health.observation import instant

FROM_NOW = Range(tail="0")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_GONE = frozenset({NOT_FOUND, CONFLICT})
"""A container that is not there, or is being removed: one that is attached to would never end there."""

Deliver = Callable[[Sequence[LogLine]], None]


class Follower:
    """Reads what containers write and delivers each line once, in the order it was written in.

    `deliver` is called on the readers' threads, for one container on one thread at a time, with what came at once; while
    it does not return, nothing more is read. `unreadable` is told of
    containers whose logging driver gives nothing back; from then on they are attached to, so what they wrote before
    is not seen.
    """

    def __init__(self, engine: Engine, deliver: Deliver, clock: Clock, *, unreadable: Unreadable) -> None:
        self._engine = engine
        self._deliver = deliver
        self._clock = clock
        self._unreadable = unreadable
        self._tails: dict[str, _Tail] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def begin_after(self, source: LogSource) -> None:
        """Let following begin after what the container has written by now."""
        tail = self._tail(source, FROM_NOW)
        try:
            self._find_now(tail)
        except EngineError:
            return  # it will be tried, and told, when the container is followed

    def remember(self, source: LogSource, line: LogLine) -> None:
        """Take a line for delivered: following goes on after it. Not for a container that is followed already."""
        self._tail(source, Range()).memory.is_new(line)

    def follow(self, source: LogSource, wanted: Range, *, run: float = 0.0) -> None:
        """Follow a container until it ends; `run` is when it was started, by the engine's clock (0 = not known).

        What was followed or remembered before goes on where it was; else it begins with `wanted`. A container that is
        followed already is read once more after its end, because it was started again; so nothing is lost when one
        that does not run yet is followed before its start and again after it.
        """
        tail = self._tail(source, wanted)
        with self._lock:
            if self._closed.is_set():
                return
            tail.again = True
            tail.run = run
            if not tail.active:
                tail.active = True
                threading.Thread(target=self._run, args=(tail,), name=f"engine-log-{source.name}", daemon=True).start()

    def when_quiet(self, container: str, action: Callable[[], None]) -> None:
        """Do something when everything a container wrote before it ended is delivered; at once if it is not followed."""
        with self._lock:
            tail = self._tails.get(container)
            if tail is not None and tail.active:
                tail.then.append(action)
                return
        action()

    def when_all_quiet(self, action: Callable[[], None]) -> None:
        """Do something when nothing more comes from any container; at once if none is followed."""
        with self._lock:
            busy = next((tail for tail in self._tails.values() if tail.active), None)
            if busy is not None:
                busy.then.append(lambda: self.when_all_quiet(action))
                return
        action()

    def close(self) -> None:
        """End all readers; nothing is delivered afterwards."""
        self._closed.set()
        with self._lock:
            streams = [tail.stream for tail in self._tails.values() if tail.stream is not None]
        for stream in streams:
            stream.close()

    def _tail(self, source: LogSource, wanted: Range) -> _Tail:
        with self._lock:
            return self._tails.setdefault(source.id, _Tail(source, wanted))

    def _run(self, tail: _Tail) -> None:
        """Read until the container has ended and nobody asked to look again (the reader's thread)."""
        while True:
            with self._lock:
                tail.again = False
            self._read_run(tail)
            with self._lock:
                waiting, tail.then = tail.then, []
                goes_on = tail.again and not self._closed.is_set()
                tail.active = goes_on
            for action in waiting if not self._closed.is_set() else ():
                action()
            if not goes_on:
                return

    def _read_run(self, tail: _Tail) -> None:
        """Read one run of a container to its end; after a lost connection go on where it broke.

        That a stream ends does not mean that the container did: an engine may give up following.
        """
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            try:
                if tail.wanted == FROM_NOW:
                    self._find_now(tail)
                self._read(tail)
                if self._goes_on(tail):
                    self._closed.wait(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                self._read_rest(tail)
            except EngineError as error:
                if error.status in _GONE or self._closed.is_set():
                    return
                if is_lost(error):
                    self._closed.wait(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                if tail.attached:
                    return
                tail.attached = True
                self._unreadable(tail.source, error)
                continue
            return

    def _read(self, tail: _Tail) -> None:
        source, batch = tail.source, _Batch(self._deliver)
        with self._open(tail) as stream:
            for line in written(batch.between(stream.chunks()), stamped=not tail.attached):
                if self._closed.is_set():
                    return
                found = log_line(source, line)
                if tail.memory.is_new(found):
                    batch.add(found if line.stamp else _at(found, self._clock.now()))
        batch.deliver()

    def _goes_on(self, tail: _Tail) -> bool:
        """Whether a container is still in the run that the stream was of, which has ended."""
        if not tail.run or tail.again or tail.attached or tail.wanted.until or self._closed.is_set():
            return False
        answer = self._engine.call(Call(method="GET", path=path("/containers/{}/json", tail.source.id)))
        state = answer.get("State") or {}
        return bool(state.get("Running") and not state.get("Restarting") and instant(state.get("StartedAt")) == tail.run)

    def _read_rest(self, tail: _Tail) -> None:
        """Read what a stream left out that ended too early; mostly that is nothing."""
        if tail.attached or tail.wanted.until or self._closed.is_set():
            return
        found = [line for line in read(self._engine, tail.source, tail.rest()) if tail.memory.is_new(line)]
        if found:
            self._deliver(found)

    def _find_now(self, tail: _Tail) -> None:
        """Remember the last line of the log, so that following begins right after it, also after a restart."""
        for line in read(self._engine, tail.source, Range(tail="1")):
            tail.memory.is_new(line)
        tail.wanted = Range()

    def _open(self, tail: _Tail) -> Stream:
        stream = self._attach(tail.source) if tail.attached else self._engine.stream(tail.request())
        with self._lock:
            tail.stream = stream
        if self._closed.is_set():
            stream.close()
        return stream

    def _attach(self, source: LogSource) -> Stream:
        query = {"stream": True, "stdout": True, "stderr": True}
        return self._engine.hijack(Call(method="POST", path=path("/containers/{}/attach", source.id), query=query))


class _Batch:
    """Lines that came in one piece, delivered before more is read."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._lines: list[LogLine] = []

    def add(self, line: LogLine) -> None:
        self._lines.append(line)

    def deliver(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._deliver(lines)

    def between(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks; whoever asks for the next one has made lines of the one before."""
        for chunk in chunks:
            yield chunk
            self.deliver()


class _Tail:
    """One container being followed; `again` asks for another round, `then` waits for the end of this one."""

    def __init__(self, source: LogSource, wanted: Range) -> None:
        self.source = source
        self.wanted = wanted
        self.memory = Memory()
        self.active = False
        self.again = False
        self.run = 0.0
        self.attached = False
        self.stream: Stream | None = None
        self.then: list[Callable[[], None]] = []

    def request(self) -> Call:
        """Return the call that goes on after what is remembered, else begins with what is wanted."""
        return request(self.source.id, self.rest(), follow=True)

    def rest(self) -> Range:
        """Return what is wanted and not read yet; what is remembered is expected to come again."""
        since = self.memory.since
        if not since:
            return self.wanted
        self.memory.resume()
        return Range(since=since, until=self.wanted.until)


def _at(line: LogLine, time: float) -> LogLine:
    return LogLine(
        time=time, service=line.service, container=line.container, number=line.number, stream=line.stream, text=line.text
    )
