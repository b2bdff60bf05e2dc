"""What `docker buildx` tells of a bake, folded per target; pure.

Source: buildx `--progress rawjson` (BuildKit's solve status as JSON lines), with plain text after a failure.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from compose.base.pattern import lazy_pattern
from compose.build.report import LAST_LINES, Failure, Reporter

_NAME = lazy_pattern(r"\[(\S+?)(?: ([^\]]*))?\](.*)", re.DOTALL)
_ERROR = lazy_pattern(r"ERROR: (?:target (\S+): )?(?:failed to solve: )?(.*)", re.DOTALL)
_SOURCE = lazy_pattern(r"\s*(\d+) \| (>>>)?.*")
_OWN = lazy_pattern(r".*load (?:local bake definitions|build definition from .*|\.dockerignore)", re.DOTALL)
"""Bake and BuildKit reading what they are told to do: there is nothing to see unless it fails."""
_WORTH_TELLING = 1_000_000
"""Bytes of something whose size is not known, such as a context that is read, below which it is no news."""
_EXPORT = "exporting to image"
"""The last step of an image that stays on the engine."""
_CANCELED = "context canceled"
_STDERR = 2


class Vertex:
    """A node of the build graph: a step of a Dockerfile, or something the builder does around it."""

    def __init__(self) -> None:
        self.name = ""
        self.targets: list[str] = []
        self.error = ""
        self.done = False
        self.lines: list[str] = []
        self.partial = ""


class Transcript:
    """Follows one bake; `reporters` are those of the targets, by name."""

    def __init__(self, reporters: Mapping[str, Reporter]) -> None:
        self._reporters = reporters
        self._vertices: dict[str, Vertex] = {}
        self._plain: list[str] = []
        self._told: dict[tuple[str, str], tuple[str, int, int]] = {}

    def feed(self, line: str) -> None:
        """Take one line of the error output."""
        message = _message(line)
        if message is None:
            self._plain.append(line.rstrip("\n"))
            return
        vertexes = [(told, self._noted(told)) for told in message.get("vertexes") or ()]
        for told, vertex in vertexes:
            if told.get("started") and not told.get("completed"):
                self._progress(vertex, "")
        for status in message.get("statuses") or ():
            self._status(status)
        for log in message.get("logs") or ():
            self._log(log)
        for warning in message.get("warnings") or ():
            self._warning(warning)
        for told, vertex in vertexes:  # the same message may tell what they did on their way
            if told.get("completed"):
                self._ended(vertex, is_cached=bool(told.get("cached")))

    def failure(self, services: Mapping[str, str]) -> Failure:
        """Return why the bake failed; `services` names the services of the targets."""
        target, text = self._error()
        broken = next((one for one in self._vertices.values() if one.error and _CANCELED not in one.error), None)
        if broken is not None and not target:
            target = broken.targets[0]
        numbers = [(int(match[1]), match[2]) for line in self._plain if (match := _SOURCE.fullmatch(line))]
        marked = [number for number, mark in numbers if mark]
        return Failure(
            service=services.get(target, ", ".join(sorted(services.values()))),
            message=text or (broken.error if broken else "the builder ended without saying why"),
            step=broken.name if broken else "",
            lines=tuple(broken.lines[-LAST_LINES:]) if broken else (),
            first=marked[0] if marked else 0,
            last=marked[-1] if marked else 0,
        )

    def finished(self) -> frozenset[str]:
        """Return the targets whose image is on the engine, also when another target failed."""
        exports = [one for one in self._vertices.values() if one.name == _EXPORT and one.done and not one.error]
        return frozenset(target for one in exports for target in one.targets)

    def _error(self) -> tuple[str, str]:
        """Return the target and the text of the last error line, with what follows it."""
        for index in reversed(range(len(self._plain))):
            match = _ERROR.match("\n".join(self._plain[index:]).strip())
            if match:
                return match[1] or "", match[2].strip()
        return "", "\n".join(self._plain[-LAST_LINES:]).strip()

    def _noted(self, told: Mapping[str, Any]) -> Vertex:
        vertex = self._vertices.setdefault(told["digest"], Vertex())
        target, vertex.name = self._split(str(told.get("name") or ""))
        if target not in vertex.targets:
            vertex.targets.append(target)
        vertex.error = str(told.get("error") or vertex.error)
        vertex.done = bool(told.get("completed"))
        return vertex

    def _ended(self, vertex: Vertex, *, is_cached: bool) -> None:
        if vertex.partial:
            self._write(vertex, vertex.partial, error=False)
            vertex.partial = ""
        self._progress(vertex, "failed" if vertex.error else "cached" if is_cached else "done")

    def _status(self, told: Mapping[str, Any]) -> None:
        vertex = self._vertices.get(str(told.get("vertex")))
        if vertex is not None:
            current, total = int(told.get("current") or 0), int(told.get("total") or 0)
            if not total and current < _WORTH_TELLING:
                return
            self._progress(vertex, str(told.get("id") or ""), current, total)

    def _progress(self, vertex: Vertex, detail: str, current: int = 0, total: int = 0) -> None:
        """Report what is new: BuildKit repeats itself, above all where targets share a step."""
        if _OWN.fullmatch(vertex.name) and detail != "failed":
            return
        news = (detail, current, total)
        for target in vertex.targets:
            last = self._told.get((target, vertex.name))
            if news != last and (detail or last is None):
                self._told[target, vertex.name] = news
                self._reporters[target].progress(vertex.name, *news)

    def _log(self, told: Mapping[str, Any]) -> None:
        vertex = self._vertices.get(str(told.get("vertex")))
        if vertex is None:
            return
        *lines, vertex.partial = (vertex.partial + _decoded(told.get("data"))).split("\n")
        for line in lines:
            self._write(vertex, line, error=told.get("stream") == _STDERR)

    def _write(self, vertex: Vertex, line: str, *, error: bool) -> None:
        text = line.rstrip("\r").rpartition("\r")[2]
        vertex.lines = [*vertex.lines[-LAST_LINES:], text]
        self._reporters[vertex.targets[0]].output(vertex.name, text, error=error)

    def _warning(self, told: Mapping[str, Any]) -> None:
        vertex = self._vertices.get(str(told.get("vertex")))
        if vertex is not None:
            self._reporters[vertex.targets[0]].output(vertex.name, f"WARN: {_decoded(told.get('short'))}", error=True)

    def _split(self, name: str) -> tuple[str, str]:
        """Return the target a vertex belongs to and its name without it; with one target names do not tell."""
        match = _NAME.fullmatch(name)
        if match and match[1] in self._reporters and len(self._reporters) > 1:
            return match[1], f"[{match[2]}]{match[3]}" if match[2] else match[3].strip()
        return next(iter(self._reporters)), name


def _message(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _decoded(data: Any) -> str:  # noqa: ANN401 - JSON
    return base64.b64decode(data or "").decode(errors="replace")
