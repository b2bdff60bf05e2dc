"""What methods of a project give back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.commands.captured import Completed

_SAID: Final = 2000
"""How many of the last characters that a failed command wrote are told."""


class Address(NamedTuple):
    """Where a published port can be reached from here."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class CommandFailed(ComposeError):
    """A command that was to succeed (`check=True`) ended with another exit code than 0; `completed` is what it wrote."""

    def __init__(self, diagnostic: Diagnostic, completed: Completed) -> None:
        super().__init__(diagnostic, exit_code=completed.code)
        self.completed = completed


def checked(completed: Completed, service: str, command: Sequence[str]) -> Completed:
    """Return what came of a command, if it ended with 0.

    Raises:
        CommandFailed: it did not.
    """
    if completed.code:
        words = " ".join(command) or "its command"
        said = (completed.stderr.strip() or completed.stdout.strip())[-_SAID:]
        summary = f"`{words}` in `{service}` ended with exit code {completed.code}"
        raise CommandFailed(Diagnostic(severity="error", code="command-failed", summary=summary, detail=said), completed)
    return completed
