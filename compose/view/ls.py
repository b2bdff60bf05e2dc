"""Rows of `ls`: projects, as their containers tell of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from compose.base.labels import CONFIG_FILES, INSTANCE, INSTANCE_OF
from compose.state.observed import ContainerState
from compose.view.go_template import Record
from compose.view.listing import Listing
from compose.view.tables import WIDE

UNKNOWN_FILES: Final = "N/A"

LISTING: Final = Listing(
    columns=(("NAME", "Name"), ("STATUS", "Status"), ("CONFIG FILES", "ConfigFiles")),
    as_array=True,
    templates=False,
    style=WIDE,
)


WITH_INSTANCES: Final = replace(
    LISTING,
    columns=(("NAME", "Name"), ("INSTANCE", "Instance"), ("STATUS", "Status"), ("CONFIG FILES", "ConfigFiles")),
)
"""The same where some projects are copies."""


def listing(found: Sequence[Record]) -> Listing:
    """Return how rows are shown: with their instances where there are any."""
    return WITH_INSTANCES if any("Instance" in row for row in found) else LISTING


def rows(projects: Mapping[str, Sequence[ContainerState]]) -> list[Record]:
    """Return a row for each project, by name; copies of a project say whose they are and their instance."""
    found = {name: instance(projects[name]) for name in projects}
    if not any(copy for copy, _ in found.values()):
        return [Record(_row(name, projects[name])) for name in sorted(projects)]
    return [
        Record(_row(name, projects[name]) | {"Instance": found[name][0], "InstanceOf": found[name][1]})
        for name in sorted(projects)
    ]


def _row(name: str, containers: Sequence[ContainerState]) -> dict[str, str]:
    return {"Name": name, "Status": status(containers), "ConfigFiles": config_files(containers)}


def instance(containers: Iterable[ContainerState]) -> tuple[str, str]:
    """Return which instance containers belong to and of which project, both "" where they are no copy."""
    known = ((one.labels.get(INSTANCE, ""), one.labels.get(INSTANCE_OF, "")) for one in containers)
    return next((pair for pair in known if pair[0]), ("", ""))


def status(containers: Iterable[ContainerState]) -> str:
    """Return how many containers are in which state: `exited(1), running(2)`."""
    counted = Counter(container.state for container in containers)
    return ", ".join(f"{state}({counted[state]})" for state in sorted(counted))


def config_files(containers: Iterable[ContainerState]) -> str:
    """Return the files that the containers were made from, in their order, `N/A` when no label tells."""
    files: dict[str, None] = {}
    for container in containers:
        files |= dict.fromkeys(file for file in container.labels.get(CONFIG_FILES, "").split(",") if file)
    return ",".join(files) or UNKNOWN_FILES
