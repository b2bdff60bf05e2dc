"""What is made later for a project that has a lease belongs to the same lease."""

from __future__ import annotations

from msgspec.structs import replace

from compose.base import labels
from compose.model.project import Project
from compose.state.lease import lease_labels, lease_of
from compose.state.observed import Observed


def under_lease(project: Project, observed: Observed) -> Project:
    """Return the project with the lease of what is there already, unless it has one of its own or nothing has one.

    Where leases differ, that of the newest container counts.
    """
    if labels.LEASE in project.labels:
        return project
    newest = sorted(observed.containers, key=lambda one: one.created, reverse=True)
    for found in (*(one.labels for one in newest), *(one.labels for one in observed.networks)):
        lease = lease_of(found)
        if lease is not None:
            return replace(project, labels={**project.labels, **lease_labels(lease)})
    return project
