"""What a loading stage finds wrong: a place in the data, not yet in the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from compose.base.diagnostics import Diagnostic, Note, Severity
from compose.base.errors import InvalidProject
from compose.base.place import Path, Places, Span
from compose.base.value import Value


class Problem(Value, frozen=True, kw_only=True):
    """Something wrong at a path of the accumulated tree; becomes a `Diagnostic` when its place is looked up.

    `at` says whether the key or the value at `path` is at fault (an unknown key, a bad value). `notes` are
    further places that matter: what to say, and the path it is about. `span` is the place itself where the
    value is not part of the tree.
    """

    path: Path
    code: str
    summary: str
    hint: str = ""
    detail: str = ""
    severity: Severity = "error"
    at: Literal["key", "value"] = "value"
    notes: tuple[tuple[str, Path], ...] = ()
    span: Span | None = None


def diagnose(problem: Problem, places: Places) -> Diagnostic:
    """Return `problem` with the text ranges that its paths stand for."""
    find = places.key if problem.at == "key" else places.nearest
    return Diagnostic(
        severity=problem.severity,
        code=problem.code,
        summary=problem.summary,
        span=problem.span or find(problem.path),
        path=problem.path,
        detail=problem.detail,
        hint=problem.hint,
        notes=tuple(Note(message=message, span=places.nearest(path)) for message, path in problem.notes),
    )


def raise_errors(problems: Iterable[Problem], places: Places) -> None:
    """Do nothing unless there is an error among `problems`.

    Raises:
        InvalidProject: with every problem of severity error, in the order given.
    """
    errors = [diagnose(problem, places) for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidProject(*errors)
