"""The stacks of one process of a test run: opened, shared, kept, told of."""

from __future__ import annotations

import hashlib
import inspect
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from compose.api.loading import endpoint, gc, keep, remove
from compose.base.errors import ComposeError
from compose.base.similar import did_you_mean
from compose.commands import timings
from compose.commands.addresses import engine_host
from compose.testing import evidence
from compose.testing.failure import StackFailed
from compose.testing.lease import Lease, Leases, Note
from compose.testing.naming import fixed_name, stack_name
from compose.testing.plugin import is_shared
from compose.testing.stack import Stack

if TYPE_CHECKING:
    from compose.testing.evidence import Section

_BEGAN: pytest.StashKey[float] = pytest.StashKey()
_DIGITS = 4
_TOLD = ("changes", "kept", "durations", "notes")
OPTIONS = tuple(inspect.signature(Stack).parameters)
"""What `Stack` takes; `files` as a list in a marker."""
Node = pytest.Item | pytest.Collector


class _Loan(NamedTuple):
    """What a stack is lent for: how long it stays, which files and name it has, and what a marker asks for."""

    node: Node
    files: tuple[str, ...]
    marked: str


class Stacks:
    """What this process has up, and what is to be said about it in the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._open: list[Stack] = []
        self._lent: dict[_Loan, Stack | str] = {}
        self._leases: dict[Stack, Lease] = {}
        self._failed: list[Section] = []
        self._said: dict[str, list[str]] = {key: [] for key in _TOLD}
        self._resets = False
        self._is_tidy = False
        self.failures = 0

    # -- opening and closing

    def lend(self, node: Node, files: Sequence[str], name: str, marked: Mapping[str, Any]) -> Stack:
        """Return a stack that stays as long as a node of the collection: the session, a module, a test.

        It is brought up once for each node and what a marker asks for, whatever tests that want another one come between.
        One for several tests that did not come up is not tried again.
        """
        __tracebackhide__ = True
        loan = _Loan(node, (name, *files), _spelt(marked))
        if loan not in self._lent:
            found = self._opened(files, {"name": name, **marked}, shared=is_shared(self._config) and not marked.get("reset"))
            if isinstance(found, Stack):
                node.addfinalizer(partial(self._end, loan, found))
            elif isinstance(node, pytest.Item):  # a plugin may run the test once more
                return self._usable(found)
            self._lent[loan] = found
        return self._usable(self._lent[loan])

    def _end(self, loan: _Loan, stack: Stack) -> None:
        del self._lent[loan]
        self.close(stack)

    def open(self, files: Sequence[str], options: dict[str, Any], *, shareable: bool = False) -> Stack:
        """Bring a stack up, or take part in one; a test that asked for it fails with the whole story when it does not."""
        __tracebackhide__ = True
        return self._usable(self._opened(files, options, shared=shareable and is_shared(self._config)))

    def _usable(self, stack: Stack | str) -> Stack:
        """Return a stack that came up; `stack` is else why it did not."""
        __tracebackhide__ = True
        if isinstance(stack, str):
            pytest.fail(stack, pytrace=False)
        return stack

    def _tidy(self) -> None:
        """Remove, beside everything else, what the stacks of killed runs left whose reapers were killed too."""
        if self._is_tidy:
            return
        self._is_tidy = True

        def collect() -> None:
            try:
                gc()
            except ComposeError as error:
                self._say("notes", f"what earlier runs left could not be removed: {error}")

        threading.Thread(target=collect, name="compose-gc", daemon=True).start()

    def _opened(self, files: Sequence[str], options: dict[str, Any], *, shared: bool) -> Stack | str:
        """Return a stack that is up, or why there is none."""
        self._tidy()
        unknown = [key for key in options if key not in OPTIONS]
        if unknown:
            return _unknown(unknown[0])
        try:
            stack = self._made(files, options, shared=shared)
        except ComposeError as error:
            return _text(error)
        try:
            self._start(stack, shared=shared)
        except ComposeError as error:
            self._failed = evidence.gather(stack, 0.0)
            self._abandon(stack)
            return _text(error)
        self._open.append(stack)
        self._say("changes", *(f"{stack.project.model.directory}: {one}" for one in stack.changes_of_any_copy))
        return stack

    def close(self, stack: Stack) -> None:
        """Take a stack down, unless it is to be kept or others have a part in it."""
        self._open.remove(stack)
        try:
            lease = self._leases.pop(stack, None)
            if self._is_kept():
                stack.leave()
                self._say("kept", stack.name)
            elif lease is not None:
                lease.leave(stack.down)
            else:
                stack.down()
        finally:
            stack.close()

    def _made(self, files: Sequence[str], options: dict[str, Any], *, shared: bool) -> Stack:
        config = self._config
        wanted = {
            "services": config.getini("compose_services"),
            "profiles": config.getini("compose_profiles"),
            "variables": dict(line.partition("=")[::2] for line in config.getini("compose_env")),
            "timeout": float(config.getini("compose_timeout")),
            "keep": config.getini("compose_keep_fixed"),
            "reset": self._resets and not shared,
            **{key: value for key, value in options.items() if key != "files"},
        }
        chosen = [str(config.rootpath / file) for file in options.get("files", ())] or list(files)
        if not wanted.get("name"):
            own = {key: value for key, value in options.items() if key != "name"}
            wanted["name"] = self._name(str(Path(chosen[0]).parent if chosen else config.rootpath), own, shared=shared)
        reuse = bool(config.getoption("compose_reuse"))
        owner = self._worker.get("compose_controller", 0) if shared else 0
        return Stack(*chosen, **{"reuse": reuse, "owner": owner, **wanted})

    def _name(self, base: str, options: dict[str, Any], *, shared: bool) -> str:
        """Return the project's name: the same in every worker that shares it, the same in every run that reuses it."""
        digest = hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()[:_DIGITS] if options else ""
        if self._config.getoption("compose_reuse"):
            worker = "" if shared else self._worker.get("workerid", "")
            return "-".join(part for part in (fixed_name(base), digest, worker) if part)
        if shared:
            return stack_name(base, run=self._worker["testrunuid"], worker=digest)
        return stack_name(base, worker=self._worker.get("workerid", ""))

    def _start(self, stack: Stack, *, shared: bool) -> None:
        if not shared:
            stack.up()
            self._say("durations", f"{stack.name}\n{timings.render(stack.project.runs)}")
            return
        lease = Leases(Path(self._worker["compose_leases"])).lease(stack.name, self._worker["workerid"])
        error: list[StackFailed] = []

        def start() -> Note:
            try:
                self._start(stack, shared=False)
            except StackFailed as failed:
                error.append(failed)
                return Note(name=stack.name, failure=failed.report)
            return Note(name=stack.name, host=_other_host(stack))

        note, _ = lease.join(start)
        if note.failure:
            raise error[0] if error else StackFailed((), note.failure)
        self._leases[stack] = lease

    def _abandon(self, stack: Stack) -> None:
        """Take away what did not come up, unless it is to be looked at."""
        self.failures += 1
        try:
            if self._is_kept():
                stack.leave()
                self._say("kept", stack.name)
            else:
                stack.down()
        except ComposeError as error:
            self._say("notes", f"{stack.name} could not be removed: {error}")
        finally:
            stack.close()

    def _is_kept(self) -> bool:
        keep = self._config.getoption("compose_keep")
        return bool(self._config.getoption("compose_reuse")) or keep == "all" or (keep == "failed" and self.failures > 0)

    def host(self) -> str:
        """Return the address under which published ports can be reached."""
        for stack in self._open:
            return engine_host(stack.project.endpoint.url)
        return engine_host(endpoint().url)

    # -- resetting

    def will_reset(self) -> None:
        """From now on keep how stacks begin."""
        self._resets = True

    def reset(self, item: pytest.Item, wanted: object) -> None:
        """Bring the stacks of a test back to how they began: every service with data, or those that `wanted` names."""
        names = (wanted,) if isinstance(wanted, str) else tuple(wanted) if isinstance(wanted, list | tuple) else ()
        for stack in self._of(item):
            if stack.will_reset:
                stack.reset(*names)

    def _of(self, item: pytest.Item) -> list[Stack]:
        """Return the stacks that are up and that a test may use, by the fixtures it names."""
        names = set(getattr(item, "fixturenames", ()))
        lent = {stack: loan for loan, stack in self._lent.items() if isinstance(stack, Stack)}
        marked = _spelt(getattr(getattr(item, "callspec", None), "params", {}).get("stack", {}))
        above = item.listchain() if "stack" in names else []
        others = bool(names & {"stack_factory", "docker_services"})
        return [
            stack
            for stack in self._open
            if (others if stack not in lent else lent[stack].node in above and lent[stack].marked == marked)
        ]

    # -- telling

    def tell(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """Add to the report of a failed phase what services did since the test began; of a passed one nothing is read."""
        if call.when == "setup":
            item.stash[_BEGAN] = call.start
        if not report.failed:
            return
        self.failures += 1
        began = item.stash.get(_BEGAN, call.start)
        sections = [
            *self._failed,
            *(section for stack in self._of(item) for section in evidence.gather(stack, self._since(stack, began, call))),
        ]
        self._failed = []
        report.sections.extend((one.title, "\n".join(one.lines)) for one in sections if one.lines)
        quiet = [f"{one.service}: {one.state}" for one in sections if not one.lines]
        if quiet:
            report.sections.append(("compose: services that wrote nothing meanwhile", "\n".join(quiet)))
        item.user_properties.extend((f"compose.{one.stack}.{one.service}", one.state) for one in sections)
        directory = self._config.getoption("compose_artifacts")
        if directory and sections:
            evidence.write(self._config.invocation_params.dir / directory, item.nodeid, sections)

    @staticmethod
    def _since(stack: Stack, began: float, call: pytest.CallInfo[None]) -> float:
        """Return from when on lines count: a test that went as far as its own code does not want to see the stack start."""
        return began if call.when == "setup" else max(began, stack.ready_at)

    def _say(self, kind: str, *lines: str) -> None:
        self._said[kind].extend(line for line in lines if line not in self._said[kind])

    def heard(self) -> dict[str, list[str]]:
        """Return what this process has to say, for another to say it."""
        return self._said

    def hear(self, said: dict[str, list[str]]) -> None:
        """Take in what another process has to say."""
        for kind, lines in said.items():
            self._say(kind, *lines)

    def summarise(self, reporter: Any) -> None:  # noqa: ANN401 - pytest does not export its type
        """Write the section about stacks of pytest's summary, if there is something to say."""
        durations = self._said["durations"] if self._config.getoption("compose_durations") else []
        if not durations and not any(self._said[kind] for kind in ("kept", "changes", "notes")):
            return
        reporter.section("compose")
        for line in self._said["changes"]:
            reporter.write_line(f"changed for the tests: {line}")
        for table in durations:
            reporter.write_line(table.rstrip())
        for name in self._said["kept"]:
            reporter.write_line(f"kept: {name}   look: compose -p {name} ps -a   remove: compose -p {name} down -v")
        for note in self._said["notes"]:
            reporter.write_line(note)

    # -- at the end of a run with workers

    def end(self, leases: Leases, failures: int) -> None:
        """Take down what workers shared; `failures` is how many tests failed in all of them."""
        self.failures += failures
        try:
            for note in leases.notes():
                if note.failure:
                    continue
                if self._is_kept():
                    keep(note.name, host=note.host)
                    self._say("kept", note.name)
                else:
                    remove(note.name, host=note.host)
        finally:
            leases.end()


def _other_host(stack: Stack) -> str:
    """Return the address of a stack's engine, "" for the one that any process of this run finds (with its certificates)."""
    found = stack.project.endpoint
    return "" if found == endpoint() else found.url


def _spelt(marked: Mapping[str, Any]) -> str:
    return repr(sorted(marked.items()))


def _unknown(key: str) -> str:
    hint = did_you_mean(key, OPTIONS)
    return f"a stack has no option `{key}`{f': {hint}' if hint else ''}; it takes {', '.join(OPTIONS)}"


def _text(error: ComposeError) -> str:
    from compose.view.diagnostics import render_all  # noqa: PLC0415 - only when something is wrong

    return error.report if isinstance(error, StackFailed) else render_all(error.diagnostics).rstrip()
