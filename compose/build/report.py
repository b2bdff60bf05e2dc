"""How a builder tells what it does and what failed, whichever builder it is."""

from __future__ import annotations

from typing import Protocol

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.base.place import Span
from compose.base.value import Value

LAST_LINES = 20
"""How many lines of a failed step an error shows."""
_HINTS = {
    "unsupported frontend capability": "this engine's BuildKit is too old: put `# syntax=docker/dockerfile:1` first into the "
    "Dockerfile, or update the engine",
    "unsupported request frontend.lint": "checks need the BuildKit of Docker 27 or later",
    "requires BuildKit": "install the `docker-buildx` plugin, and do not set DOCKER_BUILDKIT=0",
    "unknown API capability": "this engine's BuildKit is too old for what is asked: update the engine",
    "is not allowed by build daemon configuration": "name a builder that grants it (`docker buildx create "
    "--buildkitd-flags '--allow-insecure-entitlement security.insecure'`, then `--builder`), or let the engine's own grant it: "
    '`{"builder": {"entitlements": {"security-insecure": true}}}` in its configuration',
    "invalid empty ssh agent socket": "start an agent (`eval $(ssh-agent)`) or give a key: `ssh: [default=~/.ssh/id_ed25519]`",
}
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


class Source(Value, frozen=True, kw_only=True):
    """A Dockerfile: what it is called, its text, and for one written in the project's file where that is."""

    file: str = ""
    text: str = ""
    inline: Span | None = None


class Failure(Value, frozen=True, kw_only=True):
    """A step of a Dockerfile that failed.

    `message` is the builder's own text, `step` the instruction as the builder shows it, `lines` the end of what it
    wrote, `first` and `last` the lines of the Dockerfile (0 = not known), `exit_code` the process's.
    """

    service: str
    message: str
    step: str = ""
    lines: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    exit_code: int = 1


class BuildFailed(ComposeError):
    """The build of `service` failed, or cannot begin; others of the same bake end with it, but for the `finished`."""

    def __init__(self, service: str, *diagnostics: Diagnostic, exit_code: int | None = None) -> None:
        super().__init__(*diagnostics, exit_code=exit_code)
        self.service = service
        self.finished: frozenset[str] = frozenset()


def failed(failure: Failure, source: Source | None = None) -> BuildFailed:
    """Return the error for a failed build, with the step's last lines and the lines of the Dockerfile."""
    source = source or Source()
    parts = [f"{failure.step}:" if failure.step else ""]
    parts += [f"  {line}" for line in failure.lines[-LAST_LINES:]]
    return BuildFailed(
        failure.service,
        Diagnostic(
            severity="error",
            code="build-failed",
            summary=f"building `{failure.service}` failed: {failure.message}",
            span=_span(failure, source),
            hint=next((hint for words, hint in _HINTS.items() if words in failure.message), ""),
            detail="\n".join([*(part for part in parts if part), *_excerpt(failure, source)]),
        ),
        exit_code=failure.exit_code,
    )


def _span(failure: Failure, source: Source) -> Span | None:
    if not failure.first:
        return source.inline
    if source.inline is None:
        return _lines(source.file, failure.first, failure.last) if source.file else None
    inline = source.inline
    if inline.end_line - inline.line < len(source.text.splitlines()):
        return inline  # not written line by line
    return _lines(inline.file, inline.line + failure.first, inline.line + failure.last)


def _lines(file: str, first: int, last: int) -> Span:
    return Span(file=file, line=first, column=1, end_line=last + 1, end_column=1)


def _excerpt(failure: Failure, source: Source) -> list[str]:
    lines = source.text.splitlines()
    if not failure.first or failure.first > len(lines):
        return []
    start, end = max(1, failure.first - _AROUND), min(len(lines), failure.last + _AROUND)
    width = len(str(end))
    shown = [
        f"  {'>' if failure.first <= number <= failure.last else ' '} {number:>{width}} | {lines[number - 1]}".rstrip()
        for number in range(start, end + 1)
    ]
    return [f"{source.file or 'Dockerfile'}:{failure.first}", *shown]
