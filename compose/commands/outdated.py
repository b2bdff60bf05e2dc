"""Images that are older than what they are built from: told, or built again."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.build.builder import Builder
from compose.build.stale import describe
from compose.commands.session import Session
from compose.model.project import Project
from compose.plan.images import kept
from compose.plan.options import UpOptions
from compose.state.observed import Observed


def judged(session: Session, project: Project, observed: Observed, options: UpOptions) -> UpOptions:
    """Say which images are older than their inputs, and return the options with which those are built again if asked for.

    Raises:
        ComposeError: they are to be built again, and a context cannot be read.
    """
    names = kept(project, observed, options)
    if not names:
        return options
    found = dict(_sentences(session, project, observed, options, names))
    for name, sentence in found.items():
        session.warn(_told(project, name, sentence, again=options.outdated == "build"))
    return replace(options, stale={**options.stale, **found}) if options.outdated == "build" else options


def _sentences(
    session: Session, project: Project, observed: Observed, options: UpOptions, names: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    builder = Builder(project, session.engine, environ=session.environ, clock=session.clock, endpoint=session.endpoint)
    for name in names:
        try:
            changes = builder.stale(observed, [name]).get(name, ())
        except Cancelled:
            raise
        except ComposeError:
            if options.outdated == "build":
                raise
            continue  # the image is there; that its sources are not (any more) matters only to who builds it
        if changes:
            yield name, describe(name, changes)


def _told(project: Project, name: str, sentence: str, *, again: bool) -> Diagnostic:
    return Diagnostic(
        severity="note" if again else "warning",
        code="image-stale",
        summary=sentence,
        span=project.span("services", name, "build"),
        hint="" if again else "`--build=auto` builds such images again, `--build` all",
    )
