"""What is wrong, where, and what to do about it, as data."""

from __future__ import annotations

from typing import Literal

from compose.base.failure import Failure
from compose.base.place import Path, Span
from compose.base.value import Value

Severity = Literal["error", "warning", "note"]


class Note(Value, frozen=True, kw_only=True):
    """A second place that matters to a diagnostic (`also defined here`)."""

    message: str
    span: Span | None = None


class Diagnostic(Value, frozen=True, kw_only=True):
    """One problem, rendered for people by `compose.view.diagnostics` and for programs as JSON.

    `code` is kebab-case and stable; `summary` is one lower-case line with backticks round what the
    user typed; `detail` and `hint` may have several lines. No field ever holds a secret's value. `failures` has what
    `detail` tells of containers that were waited for in vain, as data.
    """

    severity: Severity
    code: str
    summary: str
    span: Span | None = None
    path: Path = ()
    detail: str = ""
    hint: str = ""
    notes: tuple[Note, ...] = ()
    failures: tuple[Failure, ...] = ()
