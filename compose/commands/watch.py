"""`watch`: what files of the host do to services while they run. Source: watch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.base.events import Notice, PathExplained, WatchChanged
from compose.base.stop import Stop
from compose.base.value import Value
from compose.commands.converge import converge
from compose.commands.session import Session
from compose.commands.underway import Underway
from compose.commands.up import prepared
from compose.commands.watch_actions import WatchActions
from compose.commands.watch_reload import Reloader
from compose.engine.endpoint import state_directory
from compose.engine.events import Interrupted, Occurrence, Opened, Signal, Subscription
from compose.engine.observe import list_containers
from compose.model.project import Project
from compose.plan.options import UpOptions
from compose.plan.plan import Plan
from compose.watch.contents import Contents
from compose.watch.host import Changes, Host
from compose.watch.layout import Layout
from compose.watch.record import Records
from compose.watch.rules import Rule, Rules, compile_rules
from compose.watch.sources import sources_of, tree_of
from compose.watch.tree import Tree
from compose.watch.worker import Worker

NO_RULES_UP = "see https://docs.docker.com/compose/how-tos/file-watch/"
NO_RULES = "consider setting a 'develop' section"
_FIRST_SECONDS = 10.0
"""How long `Watch enabled` waits for the first copies."""


class WatchOptions(Value, frozen=True, kw_only=True):
    """Options of watch; `up` is how the project is brought up before, None with `--no-up`; `quiet` shows nothing of builds."""

    up: UpOptions | None = None
    services: tuple[str, ...] = ()
    prune: bool = True
    quiet: bool = False
    reload: bool = True
    explain: bool = False


def watch(session: Session, options: WatchOptions) -> Plan | None:
    """Bring the project up, then watch until the user asks to stop; in a dry run only return the plan.

    Raises:
        ComposeError: nothing is to be watched, or the project cannot be brought up.
        Cancelled: the user asked to stop; the containers go on running.
    """
    up = options.up or UpOptions(command="watch", services=options.services)
    project, up = prepared(session, up, remove_orphans=None)
    rules = rules_of(session, project, NO_RULES)
    building = _with_builds(project, rules, up)
    if session.options.dry_run:
        return converge(session, project, building)
    watching = Watching(session, project, replace(options, up=up))
    try:
        if options.up is not None and not list_containers(session.engine, project.name):
            converge(session, project, replace(building, start=False))
            watching.prepare()  # so that processes find their files from the first second on
            converge(session, project, up)
        elif options.up is not None:
            converge(session, project, building)
        watching.start()
        _wait(session.stop)
    finally:
        watching.stop()
    raise Cancelled


def rules_of(session: Session, project: Project, hint: str) -> Rules:
    """Return the rules of a project, their warnings said.

    Raises:
        ComposeError: there are none, or some cannot be carried out.
    """
    rules = compile_rules(project, _read, hint=hint)
    session.warn(*rules.warnings)
    return rules


def switch(session: Session, project: Project, *, must: bool) -> Watching | None:
    """Return watching for an attached `up`; None where there is nothing to watch, unless it `must` be.

    Raises:
        ComposeError: there is nothing to watch, or rules cannot be carried out.
    """
    try:
        rules_of(session, project, NO_RULES_UP)
    except ComposeError:
        if must:
            raise
        return None
    return Watching(session, project, WatchOptions(prune=False), waits=False)


class Watching:
    """Watching as something that can be turned on and off; `start` and `stop` may be called again and again.

    Everything happens on threads of its own; what there is to say goes to the session's events. `waits`: it has begun
    when the containers have what the host has.
    """

    def __init__(self, session: Session, project: Project, options: WatchOptions, *, waits: bool = True) -> None:
        self._session = session
        self._project = project
        self._options = options
        self._waits = waits
        self._running: _Running | None = None
        self._is_said = False
        self._reloader: Reloader | None = None
        self._underway = Underway()
        self._lock = threading.Lock()

    @property
    def is_on(self) -> bool:
        """Whether it is watching."""
        return self._running is not None

    def start(self) -> None:
        """Begin to watch, and bring the containers up to date.

        Raises:
            ComposeError: nothing is to be watched, or the engine refused.
        """
        self.prepare()
        with self._lock:
            if self._running is not None and not self._is_said:
                if self._waits:
                    self._running.wait()
                self._say(enabled=True)

    def prepare(self) -> None:
        """Begin without a word; the containers that are there have what the host has then.

        Raises:
            ComposeError: as for `start`.
        """
        with self._lock:
            if self._running is None:
                if self._options.reload:
                    up = replace(self._options.up or UpOptions(command="watch", services=self._options.services), stale={})
                    self._reloader = Reloader(self._session, self._project, up, self._follow, self._underway)
                self._running = self._begun()

    def stop(self) -> None:
        """End watching; what was begun is finished."""
        with self._lock:
            if self._running is not None:
                if self._reloader is not None:
                    self._reloader.close()
                self._running.close()
                self._running = None
                if self._is_said:
                    self._say(enabled=False)

    def settle(self) -> None:
        """Wait until no container is being restarted or replaced."""
        self._underway.settle()

    def _follow(self, project: Project) -> None:
        """Go on with a project whose files changed (on the reloader's thread).

        Raises:
            ComposeError: its rules cannot be carried out; those there were stay.
        """
        compile_rules(project, _read, hint=NO_RULES)
        with self._lock:
            if self._running is not None:
                self._running.close()
                self._project = project
                self._running = self._begun()

    def _begun(self) -> _Running:
        rules = compile_rules(self._project, _read, hint=NO_RULES)
        running = _Running(self._session, self._project, rules, self._options, reloader=self._reloader, underway=self._underway)
        running.start()
        if self._waits:
            running.wait()
        return running

    def _say(self, *, enabled: bool) -> None:
        self._is_said = enabled
        services = tuple(self._running.services) if self._running is not None else ()
        self._session.emit(WatchChanged(time=self._session.clock.now(), enabled=enabled, services=services))


class _Running:
    """One time of watching: trees, their host, a queue for each service, and the engine's events."""

    def __init__(
        self,
        session: Session,
        project: Project,
        rules: Rules,
        options: WatchOptions,
        *,
        reloader: Reloader | None,
        underway: Underway,
    ) -> None:
        self._session = session
        self._project = project
        self._rules = rules
        self._options = options
        self._trees: dict[object, Tree] = {}
        self._of: dict[Tree, list[Rule]] = {}
        self._contents: dict[Tree, Contents] = {}
        self._states: dict[str, int] = {}
        self._is_lost = False
        """Whether the engine does not answer."""
        self._listing: SimpleQueue[bool] = SimpleQueue()
        self._records = Records(state_directory(session.environ) / "watch", session.engine.address, project.name)
        self._actions = WatchActions(session, project, underway, prune=options.prune, quiet=options.quiet)
        self.services: dict[str, Worker] = {}
        pairs = {name: [(rule, self._tree(rule)) for rule in of] for name, of in rules.of.items()}
        self._own: dict[Tree, Callable[[], None]] = {}
        if reloader is not None:
            self._follow_sources(reloader)
        self._host = Host(
            [*self._of, *self._own],
            self._changed,
            clock=session.clock,
            tell=self._tell,
            heard=self._explain if options.explain else None,
        )
        for name, of in rules.of.items():
            layout = Layout((rule, tree) for rule, tree in pairs[name] if rule.syncs)
            self.services[name] = self._worker(name, of, layout)
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Begin; containers are opened while the trees are looked at, because both take their time."""
        for worker in self.services.values():
            worker.start()
        threading.Thread(target=self._list, name="watch-containers", daemon=True).start()
        self._subscription = Subscription(self._session.engine, self._project.name, self._happened, self._session.clock)
        self._look()
        try:
            self._host.look()
        finally:
            for worker in self.services.values():
                worker.go()
        self._contents |= {tree: Contents(tree) for tree, rules in self._of.items() if not all(rule.syncs for rule in rules)}
        self._contents |= {tree: Contents(tree) for tree in self._own}
        self._host.start()
        for contents in self._contents.values():
            threading.Thread(target=contents.read_ahead, name="watch-contents", daemon=True).start()

    def wait(self) -> None:
        """Wait until the containers have what the host has, but not for ever."""
        for worker in self.services.values():
            worker.wait(_FIRST_SECONDS)

    def close(self) -> None:
        """End."""
        self._listing.put(False)  # noqa: FBT003 - the end
        if self._subscription is not None:
            self._subscription.close()
        self._host.close()
        self._actions.close()
        for worker in self.services.values():
            worker.close()

    def _worker(self, name: str, rules: tuple[Rule, ...], layout: Layout) -> Worker:
        session = self._session
        return Worker(
            name,
            rules,
            layout,
            engine=session.engine,
            clock=session.clock,
            records=self._records,
            actions=self._actions,
            emit=session.emit,
            look_again=self._host.look_again,
        )

    def _follow_sources(self, reloader: Reloader) -> None:
        """Watch the project's own files as well."""
        found = sources_of(self._project, tuple(self._rules.of))
        for file in found.project:
            self._own[tree_of(file)] = partial(reloader.changed, file)
        for file, service in found.builds:
            self._own[tree_of(file)] = partial(self._actions.rebuild, service)

    def _tree(self, rule: Rule) -> Tree:
        """Return the tree of a rule; rules that look at the same things share one."""
        tree = self._trees.setdefault(rule.filter.key, Tree(rule.filter))
        self._of.setdefault(tree, []).append(rule)
        return tree

    def _changed(self, tree: Tree, paths: set[str]) -> None:
        contents = self._contents.get(tree)
        real = contents.changed(paths) if contents is not None else set()
        if tree in self._own:
            if real:
                self._own[tree]()
            return
        copied: set[str] = set()
        for rule in self._of[tree]:
            worker = self.services[rule.service]
            if rule.syncs and rule.service not in copied:
                copied.add(rule.service)
                worker.changed(tree, paths)
            elif not rule.syncs and real:
                worker.triggered(rule.number)

    def _explain(self, changes: Changes) -> None:
        for _, path in sorted(changes, key=lambda change: change[1]):
            for rule in self._rules:
                if path.startswith(rule.path + "/"):
                    self._session.emit(_explained(rule, path, self._session.clock.now()))

    def _happened(self, signal: Signal) -> None:
        """Take in an event of the engine (on the subscription's thread)."""
        if isinstance(signal, Interrupted):
            self._lose(signal.error)
        elif isinstance(signal, Opened) and self._is_lost:
            self._is_lost = False
            self._tell(Diagnostic(severity="note", code="watch-engine-back", summary="the engine answers again"))
        if isinstance(signal, Occurrence):
            self._states[signal.container] = self._states.get(signal.container, 0) + 1
        self._listing.put(True)  # noqa: FBT003 - go on

    def _lose(self, error: ComposeError) -> None:
        """Say that the engine does not answer, once."""
        if not self._is_lost:
            self._is_lost = True
            self._session.warn(*(replace(one, severity="warning") for one in error.diagnostics))

    def _list(self) -> None:
        """Look which containers there are whenever something happened (on a thread of its own)."""
        while self._listing.get():
            goes_on = True
            while not self._listing.empty():
                goes_on = self._listing.get() and goes_on
            if not goes_on:
                return
            self._look()

    def _look(self) -> None:
        counts = dict(self._states)
        try:
            found = list_containers(self._session.engine, self._project.name)
        except ComposeError as error:
            self._lose(error)
            return
        for name, worker in self.services.items():
            own = [one for one in found if one.service == name and not one.oneoff]
            worker.has_containers({one.id: f"{one.state} {counts.get(one.id, 0)}" for one in own})

    def _tell(self, diagnostic: Diagnostic) -> None:
        self._session.emit(Notice(time=self._session.clock.now(), diagnostic=diagnostic))


def _explained(rule: Rule, path: str, now: float) -> PathExplained:
    verdict = rule.filter.explain(path[len(rule.path) + 1 :])
    because = " of ".join(part for part in (f"`{verdict.pattern}`" if verdict.pattern else "", verdict.label) if part)
    return PathExplained(
        time=now,
        path=path,
        service=rule.service,
        rule=rule.number,
        wanted=verdict.wanted,
        because=because or "nothing ignores it",
    )


def _with_builds(project: Project, rules: Rules, options: UpOptions) -> UpOptions:
    """Have the images of watched services built anew, so that they begin with what the host has."""
    text = "watching begins with what the files are now"
    stale = {name: text for name in rules.of if project.services[name].build is not None}
    return replace(options, stale={**options.stale, **stale})


def _wait(stop: Stop) -> None:
    """Wait until the user asks to stop."""
    asked = threading.Event()
    stop.subscribe(lambda _level: asked.set())
    if not stop.level:
        asked.wait()


def _read(file: str) -> str | None:
    try:
        return Path(file).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
