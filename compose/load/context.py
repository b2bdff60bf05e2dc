"""What the stages of one load share: its files, its findings, and the model each file is read for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.place import Path, Span
from compose.load import hints
from compose.load.files import Files
from compose.load.interpolate import Interpolation, Unset
from compose.load.problem import Problem, diagnose
from compose.load.remote import Remote
from compose.source.document import Document, Map, Mark, Origin, SourceMap, clone
from compose.source.parse import parse

MAX_VALUES = 1_000_000
"""Values of one load, copies included."""


class Context:
    """One load: what it has read and found so far.

    `structure` are errors that make later ones meaningless (a file that is missing or no YAML); `errors` are the
    others, with which the load goes on to find more.
    """

    def __init__(self, files: Files, remote: Remote, home: str | None) -> None:
        self.files = files
        self.remote = remote
        self.home = home
        self.unset = Unset()
        self.structure: list[Diagnostic] = []
        self.errors: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self._values = 0
        self._parsed: dict[tuple[str, str], list[Document]] = {}

    def documents(self, path: str, *, via: str = "", mark: Mark | None = None) -> list[Document]:
        """Return fresh copies of the documents of a file; `via` and `mark` say what names it.

        Raises:
            InvalidProject: the file cannot be read or parsed.
        """
        cause = span_of(mark)
        known = self._parsed.get((path, via))
        if known is None:
            origin = Origin(self.files.shown(path), self.files.text(path, span=cause), via=via, cause=cause)
            known = self._parsed[path, via] = parse(origin)
            for document in known:
                self.warnings.extend(document.warnings)
        self.spend(sum(document.size for document in known), mark)
        return [Document(document.origin, clone(document.data), document.resets) for document in known]

    def spend(self, values: int, mark: Mark | None) -> None:
        """Count values that are read or copied.

        Raises:
            InvalidProject: there are too many of them altogether.
        """
        self._values += values
        if self._values > MAX_VALUES:
            summary = (
                f"the project has more than {MAX_VALUES} values, those that `include` and `extends` repeat counted each time"
            )
            raise InvalidProject(Diagnostic(severity="error", code="too-many-values", summary=summary, span=span_of(mark)))

    def found(self, problems: Iterable[Problem], tree: Map, root: Origin | None = None) -> None:
        """Keep what a stage found in `tree`."""
        places = SourceMap(tree, root)
        for problem in problems:
            if problem.severity != "error":
                self.warnings.append(diagnose(problem, places))
            elif not self.follows(problem.path):
                self.errors.append(diagnose(problem, places))

    def follows(self, path: Path) -> bool:
        """Tell whether a problem at `path` only follows from one that is known.

        A list with an item that cannot be read stays as it was written, so that its other items are not meant either.
        """
        known = {spoilt for error in self.errors if error.path for spoilt in _spoilt(error.path)}
        return any(path[:length] in known for length in range(1, len(path) + 1))

    def broken(self, error: InvalidProject) -> None:
        """Keep the errors of a file that could not be used."""
        self.structure.extend(error.diagnostics)

    def fail(self, code: str, summary: str, mark: Mark | None, *, hint: str = "", **more: Any) -> None:  # noqa: ANN401 - fields of Diagnostic
        """Keep an error about the structure of the files."""
        self.structure.append(Diagnostic(severity="error", code=code, summary=summary, span=span_of(mark), hint=hint, **more))

    def stop_if_wrong(self) -> None:
        """Do nothing unless there are errors.

        Raises:
            InvalidProject: with every error so far.
        """
        if self.structure or self.errors:
            raise InvalidProject(*dict.fromkeys((*self.structure, *self.errors)))

    def stop_if_broken(self) -> None:
        """Do nothing unless there are errors that make later ones meaningless.

        Raises:
            InvalidProject: with every error so far.
        """
        if self.structure:
            self.stop_if_wrong()


class Scope:
    """One model: a project, or one that is included in it.

    `directory` is what its relative paths are relative to, `environment` what interpolation sees, `variables` what of
    it came from env files, `chain` the main files from the project's to this model's.
    """

    def __init__(
        self,
        context: Context,
        directory: str,
        environment: Mapping[str, str],
        *,
        variables: Map,
        interpolate: bool = True,
        chain: tuple[str, ...] = (),
    ) -> None:
        self.context = context
        self.directory = directory
        self.environment = environment
        self.variables = variables
        self.chain = chain
        self.interpolation = Interpolation(environment.get, context.unset, self._hint) if interpolate else None

    def interpolate(self, document: Document) -> None:
        """Replace the variables of a document, unless this load leaves them alone."""
        if self.interpolation is None:
            return
        self.interpolation.run(document)
        for problem in self.interpolation.take_problems():
            leads = {"include", "extends"}.intersection(problem.path)  # to other files, which could not be found
            (self.context.structure if leads else self.context.errors).append(problem)
        self.context.warnings.extend(self.interpolation.take_warnings())

    def _hint(self, name: str, document: Document) -> str:
        return hints.missing(name, self.variables, document.data, self.directory, self.context.files)


def _spoilt(path: Path) -> tuple[Path, ...]:
    return (path, path[:-1]) if isinstance(path[-1], int) else (path,)


def span_of(mark: Mark | None) -> Span | None:
    """Return the range of a value's text."""
    return mark[0].span(mark[2]) if mark is not None else None
