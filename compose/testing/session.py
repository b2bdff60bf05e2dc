"""The stacks of one process of a test run: opened, shared, kept, told of."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from compose.api.loading import endpoint, gc, keep, remove
from compose.base.errors import ComposeError
from compose.commands import timings
from compose.commands.addresses import engine_host
from compose.testing import evidence
from compose.testing.failure import StackFailed
from compose.testing.lease import Lease, Leases, Note
from compose.testing.naming import fixed_name, stack_name
from compose.testing.stack import Stack

if TYPE_CHECKING:
    from compose.testing.evidence import Section

_BEGAN: pytest.StashKey[float] = pytest.StashKey()
_DIGITS = 4
_TOLD = ("changes", "kept", "durations", "notes")


class Stacks:
    """What this process has up, and what is to be said about it in the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._open: list[Stack] = []
        self._leases: dict[Stack, Lease] = {}
        self._failed: list[Section] = []
        self._said: dict[str, list[str]] = {key: [] for key in _TOLD}
        self._resets = False
        self._is_tidy = False
        self.failures = 0

    # -- opening and closing

    def open(self, files: Sequence[str], options: dict[str, Any], *, shareable: bool = False) -> Stack:
        """Bring a stack up, or take part in one; a test that asked for it fails with the whole story when it does not."""
        __tracebackhide__ = True
        self._tidy()
        stack = self._opened(files, options, shared=shareable and self._shares())
        if isinstance(stack, ComposeError):
            pytest.fail(_text(stack), pytrace=False)
        self._open.append(stack)
        self._say("changes", *(f"{stack.project.model.directory}: {change}" for change in stack.changes))
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

    def _opened(self, files: Sequence[str], options: dict[str, Any], *, shared: bool) -> Stack | ComposeError:
        """Return a stack that is up, or why there is none."""
        try:
            stack = self._made(files, options, shared=shared)
        except ComposeError as error:
            return error
        try:
            self._start(stack, shared=shared)
        except ComposeError as error:
            self._failed = evidence.gather(stack, 0.0)
            self._abandon(stack)
            return error
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
            "reset": self._resets,
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
            return Note(name=stack.name, host=stack.project.endpoint.url, kept=bool(self._config.getoption("compose_keep")))

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

    def _shares(self) -> bool:
        how = self._config.getoption("compose_share") or self._config.getini("compose_share")
        return how == "session" and "compose_leases" in self._worker

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

    def reset(self, wanted: object) -> None:
        """Bring the stacks that are up back to how they began: every service with data, or those that `wanted` names."""
        names = (wanted,) if isinstance(wanted, str) else tuple(wanted) if isinstance(wanted, list | tuple) else ()
        for stack in self._open:
            if stack.will_reset:
                stack.reset(*names)

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
            *(section for stack in self._open for section in evidence.gather(stack, self._since(stack, began, call))),
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
                if self._is_kept() or note.kept:
                    keep(note.name, host=note.host)
                    self._say("kept", note.name)
                else:
                    remove(note.name, host=note.host)
        finally:
            leases.end()


def _text(error: ComposeError) -> str:
    from compose.view.diagnostics import render_all  # noqa: PLC0415 - only when something is wrong

    return error.report if isinstance(error, StackFailed) else render_all(error.diagnostics).rstrip()
