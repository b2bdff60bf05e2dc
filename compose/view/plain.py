"""Progress as plain lines, one for each event: ` Container shop-web-1 Creating `."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TextIO

from compose.base.events import (
    Event,
    ResourceUnchanged,
    StepFailed,
    StepFinished,
    StepOutput,
    StepProgress,
    StepSkipped,
    StepStarted,
)
from compose.view.progress_view import Unmoving
from compose.view.width import printable
from compose.view.wording import failure_word, waiting, word

_TRANSFERS: Final = frozenset({"Pulling", "Pushing"})
"""What steps do that are one line at their beginning and one at their end, however many layers they move."""


class Plain(Unmoving):
    """Writes a line to `stderr` for each event of a step, and the output of programs to `stdout`."""

    def __init__(self, stdout: TextIO, stderr: TextIO) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._details: dict[tuple[str, str], str] = {}
        self._transfers: set[str] = set()
        self._skipped: set[tuple[str, str]] = set()

    def handle(self, event: Event) -> None:
        """Write what `event` says, if it says something."""
        if isinstance(event, StepStarted):
            (self._transfers.add if event.action in _TRANSFERS else self._transfers.discard)(event.step)
        if isinstance(event, StepOutput):
            self._stdout.write(f"{printable(event.text)}\n")
            self._stdout.flush()
            return
        if isinstance(event, StepProgress) and not self._is_news(event):
            return
        if isinstance(event, StepSkipped) and self._is_told(event):
            return
        words = _WORDS.get(type(event))
        if words is not None:
            name, action, detail = words(event)
            if not action:
                return
            self._stderr.write(f" {printable(name)} {action} {printable(detail)}\n")
            self._stderr.flush()

    def _is_news(self, event: StepProgress) -> bool:
        if event.step in self._transfers:
            return False
        key = (event.step, event.part)
        known = self._details.get(key)
        self._details[key] = event.detail
        return bool(event.detail) and event.detail != known

    def _is_told(self, event: StepSkipped) -> bool:
        """Whether another step on the same thing was skipped for the same reason, as starting after creating."""
        key = (event.resource, event.reason)
        told = key in self._skipped
        self._skipped.add(key)
        return told


def _progress(event: StepProgress) -> tuple[str, str, str]:
    return (event.part, event.detail, "") if event.part else (event.resource, event.detail, "")


def _failed(event: StepFailed) -> tuple[str, str, str]:
    return event.resource, failure_word(event), event.diagnostic.summary.partition("\n")[0]


_WORDS: Final[dict[type, Callable[[Any], tuple[str, str, str]]]] = {
    StepStarted: lambda event: (event.resource, word(event), waiting(event.waits_for)),
    StepProgress: _progress,
    StepFinished: lambda event: (event.resource, word(event), event.detail),
    StepFailed: _failed,
    StepSkipped: lambda event: (event.resource, "Skipped", event.reason),
    ResourceUnchanged: lambda event: (event.resource, event.action, ""),
}
