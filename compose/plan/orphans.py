"""Containers of the project that no service of it stands for. Source: reconcile section 13.2."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from compose.base import labels
from compose.base.diagnostics import Diagnostic, Note
from compose.model.project import Project
from compose.plan.plan import Reason
from compose.state.observed import ContainerState, Observed

ORPHAN = Reason(code="orphan", text="no service of the project stands for it")
_ENDED = frozenset({"exited", "dead"})


def orphans(observed: Observed, services: Collection[str]) -> tuple[ContainerState, ...]:
    """Return containers whose service is not among `services`, and one-offs that have ended."""
    return tuple(
        container
        for container in observed.containers
        if labels.HOOK not in container.labels
        and (container.state in _ENDED if container.oneoff else container.service not in services)
    )


def is_foreign(container: ContainerState, project: Project) -> bool:
    """Return whether a container was made by a project of the same name in another directory."""
    directory = container.labels.get(labels.WORKING_DIR, "")
    return bool(directory) and directory != project.directory


def declared(project: Project) -> frozenset[str]:
    """Return the names of all services of the files, enabled or not."""
    return frozenset(project.services) | frozenset(project.disabled)


def warn_of_orphans(found: Iterable[ContainerState]) -> Diagnostic:
    """Return the warning that there are orphans, each with its origin."""
    several = list(found)
    names = ", ".join(container.name for container in several)
    summary = (
        f"Found orphan containers ({names}) for this project. If you removed or renamed this service in your compose file, "
        "you can run this command with the --remove-orphans flag to clean it up."
    )
    return Diagnostic(severity="warning", code="orphans", summary=summary, notes=tuple(map(_origin, several)))


def warn_of_foreign(found: Iterable[ContainerState], project: Project) -> Diagnostic:
    """Return the warning that another directory uses the same project name; its containers are never removed."""
    several = list(found)
    places = sorted({container.labels.get(labels.WORKING_DIR, "") for container in several})
    names = ", ".join(container.name for container in several)
    return Diagnostic(
        severity="warning",
        code="foreign-orphans",
        summary=f"containers ({names}) belong to a project called `{project.name}` in another directory; they are left alone",
        detail=f"made from {', '.join(places)}; this project is in {project.directory}",
        hint="give one of the two another name (`name:` in the file, or `-p`), or remove the containers from their directory",
        notes=tuple(map(_origin, several)),
    )


def _origin(container: ContainerState) -> Note:
    kind = "one-off of service" if container.oneoff else "service"
    origin = container.labels.get(labels.CONFIG_FILES) or container.labels.get(labels.WORKING_DIR) or "an unknown place"
    return Note(message=f"{container.name}: {kind} `{container.service}`, made from {origin}")
