"""What a builder cannot do: refused or told with the line that asks for it, and with the builder that can. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.build import classic
from compose.build.job import Job
from compose.build.report import BuildFailed, Reporter
from compose.model.project import Project


def check_buildkit(project: Project, job: Job, reporter: Reporter) -> None:
    """Refuse what only the classic builder honours; a flag that scripts have always given in vain is only told.

    Raises:
        BuildFailed: `buildkit-unsupported`.
    """
    if job.memory:
        reporter.warn(_unknown_to_buildkit("a limit of memory"))
    if job.build.isolation not in {"", "default"}:
        found = _unknown_to_buildkit("isolation")
        raise BuildFailed(job.service, _at(found, project, job, "isolation"))


def check_classic(project: Project, job: Job, reporter: Reporter) -> bool:
    """Refuse what only BuildKit honours, tell what is passed over without changing the image; return whether that is anything.

    Raises:
        BuildFailed: `classic-builder-unsupported`.
    """
    unsupported = classic.unsupported(job)
    if unsupported is not None:
        attribute, name = unsupported
        found = Diagnostic(
            severity="error",
            code="classic-builder-unsupported",
            summary=f"the classic builder doesn't support {name}, set DOCKER_BUILDKIT=1 to use BuildKit",
            hint="BuildKit needs the `docker-buildx` plugin",
        )
        raise BuildFailed(job.service, _at(found, project, job, attribute))
    ignored = classic.ignored(job)
    for attribute in ignored:
        found = Diagnostic(
            severity="warning",
            code="classic-builder-ignores",
            summary=f"the classic builder doesn't support `{attribute}`, building `{job.service}` without it",
            hint="BuildKit does: set DOCKER_BUILDKIT=1 and install the `docker-buildx` plugin",
        )
        reporter.warn(_at(found, project, job, attribute))
    return bool(ignored)


def _unknown_to_buildkit(name: str) -> Diagnostic:
    return Diagnostic(
        severity="error" if name == "isolation" else "warning",
        code="buildkit-unsupported",
        summary=f"BuildKit doesn't support {name}, set DOCKER_BUILDKIT=0 to use the classic builder",
    )


def _at(found: Diagnostic, project: Project, job: Job, attribute: str) -> Diagnostic:
    """Return a diagnostic with the line of an attribute of the build section, "" for what a flag asks for."""
    return replace(found, span=project.span("services", job.service, "build", attribute)) if attribute else found
