"""How a builder tells what it does and what failed, whichever builder it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.place import Span
from compose.base.value import Value

LAST_LINES = 20
"""How many lines of a failed step an error shows."""
_AROUND = 2
"""Lines of the Dockerfile shown before and after those that failed."""


class Reporter(Protocol):
    """Receives what happens during one build."""

    def progress(self, part: str, detail: str, current: int = 0, total: int = 0) -> None:
        """Note that a part (a step of the Dockerfile, a layer) moved on."""
        ...

    def output(self, part: str, text: str, *, error: bool = False) -> None:
        """Note a line that a step wrote."""
        ...

    def warn(self, diagnostic: Diagnostic) -> None:
        """Tell the user something that does not end the build."""
        ...


class Failure(Value, frozen=True, kw_only=True):
    """A step of a Dockerfile that failed.

    `message` is the builder's own text, `step` the instruction as the builder shows it, `lines` the end of what it
    wrote, `file`, `first` and `last` the place in the Dockerfile (0 = not known), `exit_code` the process's.
    """

    service: str
    message: str
    step: str = ""
    lines: tuple[str, ...] = ()
    file: str = ""
    first: int = 0
    last: int = 0
    exit_code: int = 1


class BuildFailed(ComposeError):
    """The build of `service` failed, or cannot begin; others of the same bake end with it, but for the `finished`."""

    def __init__(self, service: str, *diagnostics: Diagnostic, exit_code: int | None = None) -> None:
        super().__init__(*diagnostics, exit_code=exit_code)
        self.service = service
        self.finished: frozenset[str] = frozenset()


def failed(failure: Failure, dockerfile: str = "", span: Span | None = None) -> BuildFailed:
    """Return the error for a failed build, with the step's last lines and the lines of the Dockerfile.

    `dockerfile` is its text; `span` stands in for a place in it (an inline Dockerfile lies in the project's file).
    """
    parts = [f"{failure.step}:" if failure.step else ""]
    parts += [f"  {line}" for line in failure.lines[-LAST_LINES:]]
    excerpt = _excerpt(failure, dockerfile.splitlines())
    if failure.first and span is None and failure.file:
        span = Span(file=failure.file, line=failure.first, column=1, end_line=failure.last + 1, end_column=1)
    return BuildFailed(
        failure.service,
        Diagnostic(
            severity="error",
            code="build-failed",
            summary=f"building `{failure.service}` failed: {failure.message}",
            span=span,
            detail="\n".join([*(part for part in parts if part), *excerpt]),
        ),
        exit_code=failure.exit_code,
    )


def _excerpt(failure: Failure, lines: Sequence[str]) -> list[str]:
    if not failure.first or failure.first > len(lines):
        return []
    start, end = max(1, failure.first - _AROUND), min(len(lines), failure.last + _AROUND)
    width = len(str(end))
    shown = [
        f"  {'>' if failure.first <= number <= failure.last else ' '} {number:>{width}} | {lines[number - 1]}".rstrip()
        for number in range(start, end + 1)
    ]
    return [f"{failure.file or 'Dockerfile'}:{failure.first}", *shown]
