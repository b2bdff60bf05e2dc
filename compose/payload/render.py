"""Rendering of a whole project."""

from __future__ import annotations

from compose.base.errors import ComposeError
from compose.model.project import Project
from compose.payload.checks import problems
from compose.payload.network import render_network
from compose.payload.payloads import Payloads
from compose.payload.support import unsupported
from compose.payload.volume import render_volume
from compose.state.observed import EngineFacts


def render(project: Project, facts: EngineFacts) -> Payloads:
    """Return the bodies of the project's networks and volumes, and what this engine will not honour.

    Containers are rendered one replica at a time by `compose.payload.container.render_container`.

    Raises:
        ComposeError: a service asks for what cannot be done (all such places at once).
    """
    found = (*problems(project), *unsupported(project, facts))
    errors = [diagnostic for diagnostic in found if diagnostic.severity == "error"]
    if errors:
        raise ComposeError(*errors)
    return Payloads(
        networks={key: render_network(project, key, facts) for key in sorted(project.networks)},
        volumes={key: render_volume(project, key) for key in sorted(project.volumes)},
        warnings=found,
    )
