"""What planners are given: the engine's side of a project, and facts of this machine."""

from __future__ import annotations

from pathlib import Path

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.build.proxies import read_proxies
from compose.commands.session import Session, Sighting
from compose.engine.observe import inspected, observe
from compose.load.files import Files
from compose.model.project import Project
from compose.payload.security import profile_paths
from compose.payload.surroundings import Surroundings
from compose.plan.images import references
from compose.plan.options import UpOptions
from compose.plan.sight import Sight
from compose.plan.up import undecided
from compose.state.observed import Observed

NOTHING_ELSE = Sight()


def look(session: Session, project: Project, options: UpOptions) -> Observed:
    """Observe a project as `plan_up` needs it, but for details: its objects and its images.

    Raises:
        EngineError: the engine refused a call.
    """
    sight = Sight(
        networks=tuple(network.name for network in project.networks.values()),
        volumes=tuple(volume.name for volume in project.volumes.values()),
        images=dict(references(project, options)),
    )
    return see(session, project.name, sight)


def look_closer(session: Session, project: Project, options: UpOptions, observed: Observed) -> Observed:
    """Return what was observed with details where `plan_up` decides by them.

    Raises:
        EngineError: the engine refused a call.
    """
    return inspected(session.engine, observed, undecided(project, observed, options))


def see(session: Session, project_name: str, sight: Sight = NOTHING_ELSE) -> Observed:
    """Observe what a project has and what `sight` names, and remember it as what the next plan is made from.

    Raises:
        EngineError: the engine refused a call.
    """
    observed = observe(session.engine, project_name, networks=sight.networks, volumes=sight.volumes, images=sight.images)
    session.sighting = Sighting(sight=sight, observed=observed)
    return observed


def surroundings(session: Session, project: Project) -> Surroundings:
    """Return the proxies of the docker configuration and the seccomp profiles that the project names.

    Raises:
        ComposeError: a profile cannot be read, or the file of a secret or config is missing.
    """
    _check_files(session, project)
    files = Files(session.cwd)
    profiles = {}
    for option in profile_paths(project):
        path = option if option.startswith("/") else f"{project.directory}/{option}"
        profiles[option] = files.text(path)
    return Surroundings(proxies=read_proxies(session.environ, session.engine.address), seccomp=profiles)


def _check_files(session: Session, project: Project) -> None:
    """Refuse secrets and configs whose file is not there; where the engine is on another machine only warn."""
    missing = []
    is_local = session.endpoint.url.startswith("unix:")
    for kind, objects in (("secret", project.secrets), ("config", project.configs)):
        used = {reference.source for service in project.services.values() for reference in getattr(service, f"{kind}s")}
        for key in sorted(used & objects.keys()):
            file = objects[key].file
            if file and not Path(file).exists():
                missing.append(
                    Diagnostic(
                        severity="error" if is_local else "warning",
                        code="secret-file-missing" if objects is project.secrets else "config-file-missing",
                        summary=f"{kind} file {file} does not exist",
                        span=project.span(f"{kind}s", key, "file"),
                        hint="create it, or correct the path: it is relative to the file that names it",
                    )
                )
    if missing and is_local:
        raise ComposeError(*missing)
    session.warn(*missing)
