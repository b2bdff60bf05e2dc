"""The only exceptions that cross package borders.

Every foreign exception is translated where it enters (the engine adapter, the file reader) and
chained, so that a user never sees a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compose.base.diagnostics import Diagnostic

if TYPE_CHECKING:
    from compose.base.place import Span


class ComposeError(Exception):
    """A failure that is explained to the user by its diagnostics.

    `exit_code` is the status of the process when nothing catches it (peer's table: 1 unless the
    case has its own code).
    """

    exit_code = 1

    def __init__(self, *diagnostics: Diagnostic, exit_code: int | None = None) -> None:
        super().__init__("; ".join(diagnostic.summary for diagnostic in diagnostics))
        self.diagnostics = diagnostics
        if exit_code is not None:
            self.exit_code = exit_code


class InvalidProject(ComposeError):
    """The files do not describe a valid project; carries every problem that was found."""


class EngineError(ComposeError):
    """The engine refused or failed a call.

    `status` is the HTTP status of the answer, 0 when there was none; `message` is the engine's own text.
    """

    def __init__(self, diagnostic: Diagnostic, *, status: int = 0, message: str = "") -> None:
        super().__init__(diagnostic)
        self.status = status
        self.message = message or diagnostic.summary


class EngineUnreachable(EngineError):
    """No engine answered; the diagnostic says what was tried and how to get one."""


class Cancelled(ComposeError):
    """The user asked to stop (Ctrl-C, SIGTERM, a declined question)."""

    exit_code = 130


def fail(
    code: str, summary: str, *, span: Span | None = None, detail: str = "", hint: str = "", exit_code: int = 1
) -> ComposeError:
    """Return the exception for a single problem, ready to be raised."""
    return ComposeError(
        Diagnostic(severity="error", code=code, summary=summary, span=span, detail=detail, hint=hint),
        exit_code=exit_code,
    )
