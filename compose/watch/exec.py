"""Commands of `sync+exec` rules, and signals: run in every running container, through a shell that is kept open."""

from __future__ import annotations

from collections.abc import Callable

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, EngineError
from compose.base.events import CommandOutput, Event, Notice, WatchAction
from compose.engine import inside
from compose.engine.port import Call, Engine, path
from compose.engine.streams import StreamName, Written
from compose.engine.workers import Workers
from compose.payload.hooks import exec_body
from compose.watch import script
from compose.watch.container import Facts
from compose.watch.rules import Rule
from compose.watch.shell import Shell

_AT_ONCE = 16


class Commands:
    """Runs the commands of a service's rules; for one thread at a time."""

    def __init__(self, engine: Engine, clock: Clock, service: str, emit: Callable[[Event], None]) -> None:
        self._engine = engine
        self._clock = clock
        self._service = service
        self._emit = emit
        self._shells: dict[tuple[str, int], tuple[str, Shell | None]] = {}
        self._workers = Workers(_AT_ONCE, name=f"watch-exec-{service}")

    def prepare(self, rules: list[Rule], containers: list[Facts]) -> None:
        """Open the shells before they are needed."""
        for rule in rules:
            for facts in containers:
                self._shell(rule, facts)

    def run(self, rule: Rule, containers: list[Facts]) -> None:
        """Run a rule's command in containers, in parallel, and tell what it writes and how it ends."""
        self._workers.gather(lambda facts: self._run(rule, facts), containers)

    def signal(self, facts: Facts, name: str) -> None:
        """Send a signal to a container's first process.

        Raises:
            EngineError: the engine refused.
        """
        if facts.running:
            self._engine.call(Call(method="POST", path=path("/containers/{}/kill", facts.id), query={"signal": name}))

    def close(self) -> None:
        """Let go of the containers."""
        for _, shell in self._shells.values():
            if shell is not None:
                shell.close()
        self._shells.clear()
        self._workers.close()

    def _run(self, rule: Rule, facts: Facts) -> None:
        began = self._clock.monotonic()
        try:
            code = self._through_shell(rule, facts)
            if code is None:
                assert rule.exec is not None
                code = inside.run(self._engine, facts.id, exec_body(rule.exec), lambda line: self._told(facts, line))
        except EngineError as error:
            self._tell(rule, facts, error)
            return
        assert rule.exec is not None
        self._emit(
            WatchAction(
                time=self._clock.now(),
                service=self._service,
                action="exec",
                state="failed" if code else "done",
                detail=" ".join(rule.exec.command),
                exit_code=code,
                seconds=round(self._clock.monotonic() - began, 6),
            )
        )

    def _through_shell(self, rule: Rule, facts: Facts) -> int | None:
        """Run the command in the shell and return its exit code, None where there is no shell."""
        assert rule.exec is not None
        shell = self._shell(rule, facts)
        if shell is None:
            return None
        lines = _Lines(lambda text: self._told(facts, Written(stream="stdout", text=text, stamp="")))
        try:
            answer = shell.ask(script.run(rule.exec.command), told=lines.add)
        except EngineError:
            self._shells.pop((facts.id, rule.number), None)
            shell.close()
            if lines.came:
                raise
            return None
        lines.end()
        return answer.status

    def _shell(self, rule: Rule, facts: Facts) -> Shell | None:
        key = (facts.id, rule.number)
        started, shell = self._shells.get(key, ("", None))
        if started != facts.started:
            if shell is not None:
                shell.close()
            assert rule.exec is not None
            try:
                shell = Shell(self._engine, facts.id, exec_body(rule.exec))
            except EngineError:
                shell = None  # no shell there: each command is one of its own
            self._shells[key] = (facts.started, shell)
        return shell

    def _told(self, facts: Facts, line: Written) -> None:
        self._emit(
            CommandOutput(time=self._clock.now(), service=self._service, container=facts.name, text=line.text, stream=line.stream)
        )

    def _tell(self, rule: Rule, facts: Facts, error: ComposeError) -> None:
        assert rule.exec is not None
        summary = f"cannot run `{' '.join(rule.exec.command)}` in {facts.name}: {error}"
        self._emit(
            Notice(
                time=self._clock.now(),
                diagnostic=Diagnostic(severity="warning", code="watch-exec-failed", summary=summary, span=rule.span),
            )
        )


class _Lines:
    """Cuts what comes into lines."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._rest = b""
        self.came = False

    def add(self, _stream: StreamName, data: bytes) -> None:
        self.came = True
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._tell(line.decode(errors="replace"))

    def end(self) -> None:
        if self._rest:
            self._tell(self._rest.decode(errors="replace"))
            self._rest = b""
