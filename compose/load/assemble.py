"""The files of one model -> one tree: every document of every file in order, each over what came before.

Specification: loading, section 1, steps 5 to 17.
"""

from __future__ import annotations

from collections.abc import Iterable

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.load import canonical, defaults, extends, include, normalise, paths, semantics
from compose.load.context import Scope, span_of
from compose.load.decode import decode
from compose.load.merge import merge
from compose.load.reset import apply_resets
from compose.load.unique import enforce_unicity
from compose.source.document import Document, Map, Mark


def assemble(scope: Scope, files: Iterable[str], *, via: str = "", mark: Mark | None = None) -> Map:
    """Return the merged tree of a model's files, canonical but without defaults.

    What is wrong is left in the scope's context; a file that cannot be used is passed over.
    """
    tree = Map()
    extender = extends.Extender(scope)
    for path in files:
        for document in _documents(scope, path, via, mark):
            if isinstance(document.data, Map):
                _add(scope, tree, document, path, extender)
            else:
                scope.context.fail("not-a-mapping", "top-level object must be a mapping", _whole(document))
    return tree


def _whole(document: Document) -> Mark:
    return (document.origin, 0, 0, None)


def _documents(scope: Scope, path: str, via: str, mark: Mark | None) -> list[Document]:
    try:
        return scope.context.documents(path, via=via, mark=mark)
    except InvalidProject as error:
        scope.context.broken(error)
        return []


def _add(scope: Scope, tree: Map, document: Document, path: str, extender: extends.Extender) -> None:
    context, data = scope.context, document.data
    if tree and scope.interpolation is not None:
        # what is wrong in one file stays wrong where a later one overrides it
        context.found(decode(tree).problems, tree, document.origin)
    scope.interpolate(document)
    include.apply(scope, data, path, _included)
    extender.apply(data, path, document.resets)
    apply_resets(tree, document.resets)
    context.found(merge(tree, data), tree, document.origin)
    if "version" in tree:
        _drop_version(scope, tree)
    if not isinstance(tree.get("name", ""), str):
        _refuse_name(scope, tree)
    _, problems = canonical.canonicalise(tree, lenient=scope.interpolation is None)
    context.found(problems, tree, document.origin)
    enforce_unicity(tree)


def _drop_version(scope: Scope, tree: Map) -> None:
    version, mark = tree.pop("version"), tree.marks.pop("version", None)
    where = f"{mark[0].file}: " if mark is not None else ""
    is_text = isinstance(version, str)
    summary = f"{where}the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion"
    diagnostic = Diagnostic(
        severity="warning" if is_text else "error",
        code="obsolete-version" if is_text else "wrong-type",
        summary=summary if is_text else "version must be a string",
        span=span_of(mark),
        path=("version",),
        hint="" if is_text else "remove it: `version` is obsolete",
    )
    (scope.context.warnings if is_text else scope.context.errors).append(diagnostic)


def _refuse_name(scope: Scope, tree: Map) -> None:
    """Tell of a name that is no text; later it would give way to the one that the project goes by."""
    name, mark = tree.pop("name"), tree.marks.pop("name", None)
    hint = f'write `name: "{name}"`' if isinstance(name, int | float) and not isinstance(name, bool) else ""
    scope.context.errors.append(
        Diagnostic(
            severity="error", code="wrong-type", summary="name must be a string", span=span_of(mark), path=("name",), hint=hint
        )
    )


def _included(scope: Scope, files: tuple[str, ...], mark: Mark | None, /) -> Map:
    return complete(scope, assemble(scope, files, via="include", mark=mark))


def complete(scope: Scope, tree: Map, *, resolve_paths: bool = True) -> Map:
    """Bring defaults, absolute paths and values of the environment into a model's tree, in place, and return it."""
    defaults.apply(tree)
    scope.context.found(semantics.validate(tree, lenient=scope.interpolation is None), tree)
    if resolve_paths:
        paths.resolve(tree, scope.directory, scope.context.home)
    normalise.resolve_environment(tree, scope.environment)
    return tree
