"""Everything that tells how a run went, for a file to keep: what was asked for, what happened, how things are now.

Nothing secret is in it: values that sound secret are masked, and so is their text wherever else it turns up.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.events import Event, LogLine
from compose.base.version import __version__
from compose.commands.session import Session
from compose.commands.unsecret import Unsecret, secrets_of
from compose.engine.logs import LogSource, Range, read
from compose.engine.port import Call, path
from compose.engine.workers import Workers
from compose.load import encode
from compose.plan import encode as plans

VERSION = 1
"""Of the layout: the names of the parts, the fields of `report.json`."""
_MOST_EVENTS = 50_000
_MOST_LINES = 10_000
_THREADS = 8

Parts = dict[str, bytes]
"""File names inside the archive, and what they hold."""


class Recorder:
    """Keeps the events of a session on their way to whoever shows them; of log lines only how many there were."""

    def __init__(self, session: Session) -> None:
        self.began = session.clock.now()
        self.events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self.lines = 0
        self._emit = session.emit
        self._emit_all = session.emit_all
        session.emit = self._one
        session.emit_all = self._many

    def _one(self, event: Event) -> None:
        self._keep(event)
        self._emit(event)

    def _many(self, events: Sequence[Event]) -> None:
        for event in events:
            self._keep(event)
        self._emit_all(events)

    def _keep(self, event: Event) -> None:
        if isinstance(event, LogLine):
            self.lines += 1
        else:
            self.events.append(event)


def gather(
    session: Session,
    recorder: Recorder,
    *,
    command: Sequence[str],
    exit_code: int,
    diagnostics: Sequence[Diagnostic],
    text: str,
) -> Parts:
    """Return the parts of a report; what cannot be had is named in it.

    `command` are the program's arguments, `text` is what the user was told of the failure.
    """
    return _Gathering(session, recorder).parts(command=command, exit_code=exit_code, diagnostics=diagnostics, text=text)


class _Gathering:
    def __init__(self, session: Session, recorder: Recorder) -> None:
        self._session = session
        self._recorder = recorder
        self._project = session.project
        self._missing: list[str] = []
        self._unsecret = Unsecret(secrets_of(self._project, session.environ))

    def parts(self, *, command: Sequence[str], exit_code: int, diagnostics: Sequence[Diagnostic], text: str) -> Parts:
        name = self._name()
        looked = dict(self._looked(name)) if name else {}  # first: what containers hold as secret is masked everywhere
        summary = {
            "version": VERSION,
            "tool": __version__,
            "project": name,
            "command": self._unsecret.assignments(command),
            "began": self._recorder.began,
            "ended": self._session.clock.now(),
            "exit_code": exit_code,
            "diagnostics": msgspec.to_builtins(tuple(diagnostics)),
            "log_lines": self._recorder.lines,
            "missing": self._missing,
        }
        parts: Parts = {"report.json": self._json(summary), "report.txt": self._unsecret.text(text).encode()}
        if self._project is not None:
            data = json.loads(encode.to_json(self._project))
            parts["config.yaml"] = encode.raw_yaml(self._unsecret.config(data)).encode()
        for number, run in enumerate(self._session.runs, 1):
            shown = json.loads(plans.shown(run.plan))
            parts[f"plans/{number}-{run.plan.command}.json"] = self._json(shown)
        events = (msgspec.json.encode(event).decode() for event in self._recorder.events)
        parts["events.jsonl"] = "".join(f"{self._unsecret.text(event)}\n" for event in events).encode()
        parts |= {file: made() for file, made in looked.items()}
        return parts

    def _name(self) -> str:
        """Return the project's name, "" where neither files nor the user told it."""
        if self._project is not None:
            return self._project.name
        named = self._session.options.project_name or self._session.environ.get("COMPOSE_PROJECT_NAME", "")
        return named.lower()

    # -- the engine

    def _looked(self, name: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield what the engine has, each as a function that is called when all secrets are known."""
        mine = {"label": [f"{labels.PROJECT}={name}"]}
        workers = Workers(_THREADS, name="engine-report")
        try:
            wanted = {
                "engine/version.json": Call(method="GET", path="/version"),
                "engine/info.json": Call(method="GET", path="/info"),
                "networks.json": Call(method="GET", path="/networks", query={"filters": mine}),
                "volumes.json": Call(method="GET", path="/volumes", query={"filters": mine}),
            }
            answers = {file: workers.start(partial(self._ask, call)) for file, call in wanted.items()}
            listed = self._ask(Call(method="GET", path="/containers/json", query={"all": True, "filters": mine})) or []
            ids = [one["Id"] for one in listed]
            details = workers.gather(self._container, ids)
            found = [one for one in details if one is not None]
            for container in found:
                self._unsecret.learn_from_container(container)
            logs = workers.gather(self._logs, [one["Id"] for one in found])
            images = workers.gather(self._image, sorted({one["Image"] for one in found}))
            for file, answer in answers.items():
                yield file, partial(self._json, answer.result())
        finally:
            workers.close()
        for container, written in zip(found, logs, strict=True):
            shown = container["Name"].removeprefix("/")
            yield f"containers/{shown}.json", partial(self._json, container)
            yield f"logs/{shown}.log", partial(self._log, written)
        yield "images.json", partial(self._json, [one for one in images if one is not None])

    def _ask(self, call: Call) -> Any:  # noqa: ANN401 - any JSON
        try:
            return self._session.engine.call(call)
        except ComposeError as error:
            self._missing.append(f"{call.method} {call.path}: {error}")
            return None

    def _container(self, identifier: str) -> Any:  # noqa: ANN401 - any JSON
        return self._ask(Call(method="GET", path=path("/containers/{}/json", identifier)))

    def _image(self, identifier: str) -> Any:  # noqa: ANN401 - any JSON
        return self._ask(Call(method="GET", path=path("/images/{}/json", identifier)))

    def _logs(self, identifier: str) -> list[str]:
        try:
            lines = read(self._session.engine, LogSource(id=identifier, name=""), Range(tail=str(_MOST_LINES)))
            return [f"{line.timestamp} {line.stream} {line.text}" for line in lines]
        except ComposeError as error:
            self._missing.append(f"logs of {identifier[:12]}: {error}")
            return []

    def _log(self, lines: Sequence[str]) -> bytes:
        return self._unsecret.text("".join(f"{line}\n" for line in lines)).encode(errors="surrogateescape")

    def _json(self, value: Mapping[str, Any] | Sequence[Any] | None) -> bytes:
        return f"{json.dumps(self._unsecret.json(value), indent=2, ensure_ascii=False)}\n".encode(errors="surrogateescape")
