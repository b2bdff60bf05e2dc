"""What a project's containers write, and when they end, while they come and go."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from compose.base import labels
from compose.base.clock import Clock
from compose.base.errors import EngineError
from compose.base.events import ContainerExited, ContainerRecreated, Event, LogLine
from compose.base.stop import Stop
from compose.engine.events import Occurrence
from compose.engine.follow import FROM_NOW, Follower
from compose.engine.logs import EVERYTHING, LogSource, Range, display_name, source, unreadable_notice
from compose.engine.lookout import Lookout, Seen
from compose.engine.observe import list_containers
from compose.engine.port import Engine
from compose.engine.workers import Workers
from compose.health.observation import Observation
from compose.state.observed import ContainerState

RUNS = frozenset({"running", "paused", "restarting"})
"""The states of a container that has not ended."""
_DEATHS = 16

Post = Callable[[Sequence[Event]], None]


class Output:
    """Shows the output of services' containers and tells when they end.

    - `services`: those shown; None = all of the project. One-off containers are left out.
    - `post` receives LogLine, ContainerExited, ContainerRecreated and Notice, from several threads, lines of one container
      as many as came at once; `Serial` makes one that is called by one thread at a time.

    Containers that are created or started while it is open are followed from their first line on.
    """

    def __init__(
        self,
        engine: Engine,
        lookout: Lookout,
        project: str,
        post: Post,
        clock: Clock,
        *,
        services: Collection[str] | None = None,
        separator: str = "-",
    ) -> None:
        self._engine = engine
        self._lookout = lookout
        self._project = project
        self._separator = separator
        self._services = services
        self._post = post
        self._clock = clock
        self._follower = Follower(engine, post, clock, unreadable=self._unreadable)
        self._met: dict[str, _Met] = {}
        self._names: dict[str, str] = {}
        self._unsettled: set[str] | None = None
        self._mark = 0
        self._over = threading.Event()
        self._lost: EngineError | None = None
        self._closed = False
        lookout.listen(self)

    def open(self, containers: Iterable[ContainerState], wanted: Range = FROM_NOW) -> None:
        """Follow the containers that are there, each from `wanted` on, and whatever happens from now on.

        When this returns, "now" is marked in every log, so that whatever is started afterwards is shown whole.
        """
        shown = [one for one in containers if self._is_shown(one.labels)]
        if wanted == FROM_NOW:
            workers = Workers(name="engine-log-end")
            workers.gather(lambda one: self._follower.begin_after(source(one, self._project, self._separator)), shown)
            workers.close()
        for one in shown:
            self._lookout.call(partial(self._meet, one.id, one.name, one.labels, wanted))
        self._lookout.subscribe()

    def remember(self, source: LogSource, line: LogLine) -> None:
        """Take a line for shown: following goes on after it. Only before `open`."""
        self._follower.remember(source, line)

    def wait(self, stop: Stop, *, level: int = 1) -> None:
        """Return when no container shown runs any more and all their lines were posted, or when `stop` is at a level.

        Raises:
            EngineError: the engine could not be asked what runs, or was out of reach for too long.
        """
        self._over.clear()
        stop.subscribe(lambda now: self._over.set() if now >= level else None)
        if stop.level >= level:
            return
        found = [one for one in list_containers(self._engine, self._project) if self._is_shown(one.labels)]
        self._lookout.call(partial(self._settle, found))
        self._over.wait()
        if self._lost is not None and stop.level < level:
            raise self._lost

    def close(self) -> None:
        """End; nothing is posted afterwards."""
        self._closed = True
        self._follower.close()
        self._over.set()

    # -- on the lookout's thread

    def happened(self, occurrence: Occurrence) -> None:
        """Take in an event of the project."""
        if self._closed or not self._is_shown(occurrence.attributes):
            return
        if occurrence.container not in self._met and occurrence.action != "destroy":
            name = occurrence.attributes.get("name", "")
            self._meet(occurrence.container, name, occurrence.attributes, EVERYTHING)
        known = self._met.get(occurrence.container)
        if known is not None and occurrence.action == "die" and "exitCode" in occurrence.attributes:
            known.deaths.append(int(occurrence.attributes["exitCode"]))

    def seen(self, seen: Seen) -> None:
        """Follow a container that was started, tell of one that ended."""
        found = seen.observation
        known = self._met.get(found.id)
        if self._closed or known is None:
            return
        ended = known.ends(found)
        new_run = found.started_at != known.started_at
        self._tell_exits(known, ended if found.state in RUNS else ended[:-1], restarting=True)
        if new_run or not known.looked_at:
            self._follower.follow(known.source, known.wanted, run=found.started_at)
        self._tell_exits(known, [] if found.state in RUNS else ended[-1:], restarting=False)
        known.take_in(found)
        if self._unsettled is not None:
            if seen.order > self._mark:
                self._unsettled.discard(found.id)
            self._end_if_quiet()

    def lost(self, error: EngineError) -> None:
        """Let whoever waits know that the engine is out of reach; there is nothing left to show."""
        self._lost = error
        self._over.set()

    def _is_shown(self, tags: Mapping[str, str]) -> bool:
        if tags.get(labels.ONEOFF, "").lower() == "true" or labels.CONFIG_HASH not in tags:
            return False
        return self._services is None or tags.get(labels.SERVICE) in self._services

    def _meet(self, identifier: str, name: str, tags: Mapping[str, str], wanted: Range) -> None:
        """Become interested in a container."""
        if identifier in self._met:
            return
        number = tags.get(labels.CONTAINER_NUMBER, "")
        replica, service = int(number) if number.isdigit() else 0, tags.get(labels.SERVICE, "")
        shown = display_name(name, self._project, service, replica, self._separator)
        source = LogSource(id=identifier, name=shown, service=service, number=replica)
        self._met[identifier] = _Met(source, wanted)
        if self._names.setdefault(shown, identifier) != identifier:
            self._names[shown] = identifier
            self._post((ContainerRecreated(time=self._clock.now(), service=service, container=shown),))
        self._lookout.watch(identifier, name=name, service=service, number=replica)

    def _settle(self, containers: list[ContainerState]) -> None:
        """Look at every container once more before believing that none runs."""
        self._unsettled, self._mark = {one.id for one in containers}, self._lookout.mark()
        for one in containers:
            self._meet(one.id, one.name, one.labels, EVERYTHING)
            self._lookout.look(one.id)
        self._end_if_quiet()

    def _end_if_quiet(self) -> None:
        if not self._unsettled and not any(known.runs for known in self._met.values()):
            self._follower.when_all_quiet(self._end_if_still_quiet)

    def _end_if_still_quiet(self) -> None:
        if not any(known.runs for known in self._met.values()):
            self._over.set()

    def _tell_exits(self, known: _Met, codes: list[int], *, restarting: bool) -> None:
        """Tell of ends, each after the lines that were written before it."""
        for code in codes:
            event = ContainerExited(
                time=self._clock.now(),
                service=known.source.service,
                container=known.source.name,
                exit_code=code,
                restarting=restarting,
            )
            self._follower.when_quiet(known.source.id, partial(self._post, (event,)))

    def _unreadable(self, source: LogSource, error: EngineError) -> None:
        self._post((unreadable_notice(source, error, self._clock.now()),))


class _Met:
    """A container of interest: from where its lines are wanted, and how it was when last looked at.

    `deaths` are exit codes as events told them; they may be old or come twice, so they only say which codes, never
    how many ends there were.
    """

    def __init__(self, source: LogSource, wanted: Range) -> None:
        self.source = source
        self.wanted = wanted
        self.looked_at = False
        self.runs = False
        self.restarting = False
        self.started_at = 0.0
        self.restarts = 0
        self.deaths: deque[int] = deque(maxlen=_DEATHS)

    def ends(self, found: Observation) -> list[int]:
        """Return the exit codes of the runs that ended since the last look, oldest first."""
        if not self.looked_at and self.wanted != EVERYTHING:
            return []  # it was there before
        new_run = found.started_at != self.started_at
        over = found.state not in RUNS and (new_run or self.runs)
        # a run that is waited for after an end was counted with that end
        restarted = max(found.restarts - self.restarts, int(new_run and self.runs and not self.restarting))
        number = restarted + int(over)
        told = list(self.deaths)[-number:] if number else []
        return [*told, *[found.exit_code] * (number - len(told))]

    def take_in(self, found: Observation) -> None:
        """Remember how the container is."""
        if self.ends(found):
            self.deaths.clear()
        self.looked_at, self.runs, self.restarting = True, found.state in RUNS, found.state == "restarting"
        self.started_at, self.restarts = found.started_at, found.restarts
