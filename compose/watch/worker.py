"""The queue of one service: copies what changed into its containers, then does what the rules ask for besides.

Each service has a thread of its own, so that a restart of one never delays another. What could not be done stays to be
done, and is tried again: later after each failure, at once when the container changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol

from msgspec.structs import replace

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError, EngineError
from compose.base.events import ActionState, Event, FilesSynced, Notice, WatchAction
from compose.engine.errors import CONFLICT, internal
from compose.engine.port import Engine
from compose.engine.retry import is_lost
from compose.engine.workers import Workers
from compose.watch.container import Facts, inspect
from compose.watch.exec import Commands
from compose.watch.layout import Layout
from compose.watch.record import Record, Records
from compose.watch.replica import Replica
from compose.watch.rules import Rule
from compose.watch.synced import Synced
from compose.watch.tree import Tree

PATHS_TOLD = 20
_FIRST_PAUSE, _TOLD_PAUSE, _LONGEST_PAUSE = 0.25, 1.0, 5.0
_BUSY_SECONDS = 0.01
"""When to look again at a file that somebody is writing."""
_COPYING_SECONDS, _RESTARTING_SECONDS = 2.0, 60.0
"""How long the end waits for copies, and for restarts."""
_REPLICAS = 16
_KEEP_SECONDS = 2.0
"""How long after the last change the record is written."""


class Actions(Protocol):
    """What rules ask for that needs plans."""

    def restart(self, service: str) -> None:
        """Restart a service, with what depends on it that way.

        Raises:
            ComposeError: it could not be restarted.
        """
        ...

    def rebuild(self, service: str) -> None:
        """Have a service's image built anew, and its containers replaced; returns at once."""
        ...


class Worker:
    """The queue of one service; its methods may be called by any thread and never block."""

    def __init__(
        self,
        service: str,
        rules: tuple[Rule, ...],
        layout: Layout,
        *,
        engine: Engine,
        clock: Clock,
        records: Records,
        actions: Actions,
        emit: Callable[[Event], None],
        look_again: Callable[[Tree, str], None],
    ) -> None:
        self.service = service
        self.layout = layout
        self._rules = {rule.number: rule for rule in rules}
        self._engine = engine
        self._clock = clock
        self._records = records
        self._record: Record = records.load(service)
        self._actions = actions
        self._emit = emit
        self._look_again = look_again
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._ids: dict[str, str] = {}
        self._replicas: dict[str, Replica] = {}
        self._dirty: dict[str, set[str]] = {}
        self._touched: set[int] = set()
        self._told: dict[str, str] = {}
        self._pause = 0.0
        self._retry: float | None = None
        self._keep: float | None = None
        self._fresh = False
        """Whether something new came since the last failure."""
        self._busy = False
        """Whether somebody was writing to a file that is to be copied."""
        self._closed = False
        self._commands = Commands(engine, clock, service, emit)
        self._workers = Workers(_REPLICAS, name=f"watch-{service}")
        self._waiting: list[threading.Event] = []
        self._known = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{service}", daemon=True)

    def start(self) -> None:
        """Begin to work: to open the containers; what is in them is looked at as soon as the trees are known (`go`)."""
        self._thread.start()

    def go(self) -> None:
        """Take in that the trees are known."""
        self._known.set()

    def changed(self, tree: Tree, paths: Iterable[str]) -> None:
        """Take in that paths of a tree changed."""
        self._inbox.put(partial(self._changed, tree, frozenset(paths)))

    def triggered(self, number: int) -> None:
        """Take in that a rule that copies nothing is to be carried out."""
        self._inbox.put(lambda: self._touched.add(number))

    def has_containers(self, found: dict[str, str]) -> None:
        """Take in which containers there are: a text for each id that changes when the container is started or stopped."""
        known = self._ids
        for identifier, replica in list(self._replicas.items()):
            if found.get(identifier) != known.get(identifier):
                replica.interrupt()  # nobody answers there any more, which the engine does not always tell
        self._inbox.put(partial(self._has_containers, found))

    def wait(self, seconds: float) -> bool:
        """Wait until everything that is known now is done; False when it takes longer than so many seconds."""
        done = threading.Event()
        self._inbox.put(partial(self._waiting.append, done))
        return done.wait(seconds)

    def close(self) -> None:
        """End when what is under way is done, remember what is known, and let go of the containers.

        A restart is waited for, so that nothing is started again behind the back of whoever stops it next.
        """
        self._inbox.put(self._close)
        self._thread.join(_COPYING_SECONDS)
        if self._thread.is_alive():
            for replica in list(self._replicas.values()):
                replica.interrupt()
            self._thread.join(_RESTARTING_SECONDS)

    # -- on the thread

    @property
    def _has_work(self) -> bool:
        return any(self._dirty.values()) or bool(self._touched)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._turn()
            except Cancelled:
                continue  # whoever asked for the end closes us
            except Exception as error:  # noqa: BLE001 - the thread must go on, and the user must know
                self._fail("", internal(error))

    def _turn(self) -> None:
        self._take(self._inbox.get, timeout=self._patience())
        while self._take(self._inbox.get_nowait):
            pass
        if self._closed:
            return
        now = self._clock.monotonic()
        if self._retry is not None and now < self._retry and not self._fresh:
            return
        self._retry, self._fresh = None, False
        if self._has_work:
            self._work()
        if not any(self._dirty.values()):
            for done in self._waiting:
                done.set()
            self._waiting.clear()
        if self._keep is not None and now >= self._keep:
            self._remember()

    def _take(self, get: Callable[..., Callable[[], None]], timeout: float | None = None) -> bool:
        try:
            task = get(timeout=timeout) if timeout is not None else get()
        except Empty:
            return False
        task()
        return True

    def _patience(self) -> float | None:
        times = [time for time in (self._retry, self._keep) if time is not None]
        return max(0.0, min(times) - self._clock.monotonic()) if times else None

    def _changed(self, tree: Tree, paths: frozenset[str]) -> None:
        places = self.layout.places_of(tree, paths)
        if places:
            self._fresh = True
            for dirty in self._dirty.values():
                dirty.update(places)

    def _has_containers(self, found: dict[str, str]) -> None:
        for gone in self._replicas.keys() - found.keys():
            self._replicas.pop(gone).close()
        for gone in self._ids.keys() - found.keys():
            self._dirty.pop(gone, None)
        for identifier, state in found.items():
            if self._ids.get(identifier) != state:
                self._fresh = True
                self._dirty.setdefault(identifier, set()).add("")
        self._ids = dict(found)

    def _work(self) -> None:
        """Bring all containers up to date, then do what the rules that were touched ask for."""
        self._workers.gather(self._bring, [one for one, dirty in self._dirty.items() if dirty])
        if self._busy:
            self._busy = False
            self._retry = self._clock.monotonic() + _BUSY_SECONDS
            return
        if self._retry is None:
            self._pause = 0.0
        touched, self._touched = self._touched, set()
        rules = [self._rules[number] for number in sorted(touched) if number in self._rules]
        if any(rule.action == "rebuild" for rule in rules):
            self._actions.rebuild(self.service)
        if any(rule.action in {"restart", "sync+restart"} for rule in rules):
            self._restart(rules)
        for rule in rules:
            if rule.action == "sync+exec":
                self._commands.run(rule, [one.facts for one in self._replicas.values() if one.facts.running])
        self._keep = self._clock.monotonic() + _KEEP_SECONDS

    def _bring(self, identifier: str) -> None:
        """Bring one container up to date; what remains to be done stays in its set."""
        try:
            places = self._dirty[identifier]
            replica = self._replica(identifier, places)
            if replica is None:
                self._dirty[identifier] = set()
                return
            self._dirty[identifier] = set()
            try:
                done = replica.sync(places - {""})
            except ComposeError:
                self._dirty[identifier] |= places
                raise
            self._done(replica, done)
        except ComposeError as error:
            self._fail(identifier, error)
        except Exception as error:  # noqa: BLE001 - as in `_run`
            self._fail(identifier, internal(error))

    def _replica(self, identifier: str, places: set[str]) -> Replica | None:
        """Return the container, opened anew where that is due (a place `""` says so); None when it is gone."""
        replica = self._replicas.get(identifier)
        if replica is not None and "" not in places and replica.is_usable:
            return replica
        facts = inspect(self._engine, identifier)
        if facts is None:
            return None
        if replica is None:
            replica = Replica(self._engine, self._clock, facts, self.layout, self._record)
            self._known.wait()
            replica.look()
            self._replicas[identifier] = replica
            places |= self._everything(replica)
        else:
            places |= self._everything(replica) if replica.reopen(facts) else replica.owed
            replica.owed.clear()
        return replica

    def _everything(self, replica: Replica) -> set[str]:
        return self.layout.places() | (self._record.owned & replica.index.keys())

    def _done(self, replica: Replica, done: Synced) -> None:
        if done.places and replica.facts.state != "created":
            self._touched |= {one for one in self.layout.rules_of(done.places) if self._rules[one].action != "sync"}
        if done.places:
            self._emit(_event(self.service, self._clock.now(), done))
        self._told.pop(replica.facts.id, None)
        for place, why in done.unreadable.items():
            self._tell(
                place, Diagnostic(severity="warning", code="watch-unreadable", summary=f"cannot read what goes to {place}: {why}")
            )
        if done.unremoved:
            self._unremoved(replica, done)
        for place in done.again:
            source = self.layout.source(place)
            if source is not None:
                self._busy = True
                self._dirty[replica.facts.id].add(place)
                self._look_again(source.tree, source.path)

    def _unremoved(self, replica: Replica, done: Synced) -> None:
        names = ", ".join(done.unremoved[:3])
        if not replica.is_usable:
            self._dirty[replica.facts.id].update(replica.owed)
            self._retry = self._clock.monotonic() + _FIRST_PAUSE
        elif replica.facts.running:
            summary = f"{replica.facts.name}: cannot remove {names}: the image has no `rm`"
            hint = "give the rule `action: rebuild`, or use an image with a shell while developing"
            self._tell(
                replica.facts.id + names, Diagnostic(severity="warning", code="watch-cannot-remove", summary=summary, hint=hint)
            )

    def _restart(self, rules: list[Rule]) -> None:
        restarts = [rule for rule in rules if rule.action in {"restart", "sync+restart"}]
        began = self._clock.monotonic()
        signals = {rule.signal for rule in restarts}
        try:
            if "" in signals:
                self._act("restart", "started")
                self._actions.restart(self.service)
                self._act("restart", "done", seconds=self._clock.monotonic() - began)
            else:
                for name in sorted(signals):
                    for replica in self._replicas.values():
                        self._commands.signal(replica.facts, name)
                    self._act("signal", "done", detail=name, seconds=self._clock.monotonic() - began)
        except Cancelled:
            raise
        except ComposeError as error:
            self._act("restart", "failed", detail=error.diagnostics[0].summary if error.diagnostics else "")
            self._tell("", *(replace(one, severity="warning") for one in error.diagnostics))
            self._told.pop("", None)

    def _act(self, action: str, state: ActionState, *, detail: str = "", seconds: float = 0.0) -> None:
        self._emit(
            WatchAction(
                time=self._clock.now(),
                service=self.service,
                action=action,
                state=state,
                detail=detail,
                seconds=seconds,
            )
        )

    def _fail(self, identifier: str, error: ComposeError) -> None:
        """Say what went wrong, once, and try again later."""
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._retry = self._clock.monotonic() + self._pause
        replica = self._replicas.get(identifier)
        if replica is not None and isinstance(error, EngineError):
            replica.lost()
            if self._pause < _TOLD_PAUSE or error.status == CONFLICT or is_lost(error):
                return  # the container may have ended, which its next state tells; of the engine others tell
        self._tell(identifier, *(replace(one, severity="warning") for one in error.diagnostics))

    def _tell(self, key: str, *diagnostics: Diagnostic) -> None:
        """Say something that was not said before."""
        text = "\n".join(one.summary for one in diagnostics)
        if self._told.get(key) != text:
            self._told[key] = text
            for one in diagnostics:
                self._emit(Notice(time=self._clock.now(), diagnostic=one))

    def _remember(self) -> None:
        self._keep = None
        for replica in self._replicas.values():
            replica.keep()
        try:
            self._records.save(self.service, self._record)
        except OSError as error:
            summary = f"cannot remember what was copied into {self.service}: {error.strerror or error}"
            hint = "files that are deleted while nobody watches will stay in the containers"
            self._tell("record", Diagnostic(severity="note", code="watch-no-record", summary=summary, hint=hint))

    def _close(self) -> None:
        self._closed = True
        self._remember()
        for replica in self._replicas.values():
            replica.close()
        self._commands.close()
        self._workers.close()


def _event(service: str, now: float, done: Synced) -> FilesSynced:
    return FilesSynced(
        time=now,
        service=service,
        container=done.name,
        written=len(done.written),
        removed=len(done.removed),
        paths=tuple(done.places[:PATHS_TOLD]),
        size=done.size,
        seconds=round(done.seconds, 6),
        road=done.road,
    )


__all__ = ["Actions", "Facts", "Worker"]
