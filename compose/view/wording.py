"""The words that views show for steps: those of the events, but for steps that replace a container."""

from __future__ import annotations

from typing import Final

from compose.base.events import StepFailed, StepFinished, StepStarted

_REPLACING: Final = ("recreate:", "update:")
_WORDS: Final[dict[str, str]] = {
    "Creating": "Recreate",
    "Created": "",
    "Removing": "",
    "Removed": "",
    "Renaming": "",
    "Renamed": "Recreated",
}
"""What is said of a container that replaces another; "" = nothing."""


def word(event: StepStarted | StepFinished) -> str:
    """Return the word for a step, "" when it is not worth one.

    A replacement is one thing to the user, however many steps it takes.
    """
    return _WORDS.get(event.action, event.action) if event.group.startswith(_REPLACING) else event.action


def failure_word(event: StepFailed) -> str:
    """Return the word for a failed step: an optional one's failure is a warning."""
    return "Warning" if event.optional else "Error"


def waiting(waits_for: str) -> str:
    """Return what is shown beside `Waiting`: `for db to be healthy`."""
    return f"for {waits_for}" if waits_for else ""
