"""Rows of `ls`: projects, as their containers tell of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from compose.base.labels import CONFIG_FILES
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


def rows(projects: Mapping[str, Sequence[ContainerState]]) -> list[Record]:
    """Return a row for each project, by name."""
    return [
        Record({"Name": name, "Status": status(projects[name]), "ConfigFiles": config_files(projects[name])})
        for name in sorted(projects)
    ]


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
