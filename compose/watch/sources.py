"""The files that a project itself is made of, and whose changes are followed as well; pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import msgspec

from compose.model.project import Project
from compose.watch.matching import Filter
from compose.watch.rules import ignore_files
from compose.watch.tree import Tree


class Sources(msgspec.Struct, frozen=True):
    """Absolute paths: `project` are the files that say what the project is, `builds` those of builds, with their service."""

    project: tuple[str, ...]
    builds: tuple[tuple[str, str], ...]


def sources_of(project: Project, watched: tuple[str, ...]) -> Sources:
    """Return a project's files, and the Dockerfiles and ignore files of services that are watched."""
    return Sources(tuple(dict.fromkeys(_project(project))), tuple(_builds(project, watched)))


def tree_of(file: str) -> Tree:
    """Return what watches a single file."""
    return Tree(Filter(file))


def _project(project: Project) -> Iterator[str]:
    for file in (*project.files, *project.env_files):
        if file != "-" and "://" not in file:
            yield posixpath.join(project.directory, file)
    if not project.env_files:
        yield posixpath.join(project.directory, ".env")
    for service in project.services.values():
        for env_file in service.env_file:
            yield posixpath.join(project.directory, env_file.path)


def _builds(project: Project, watched: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in watched:
        service = project.services[name]
        build = service.build
        if build is None or not build.context.startswith("/"):
            continue
        if not build.dockerfile_inline:
            yield posixpath.join(build.context, build.dockerfile or "Dockerfile"), name
        for file in ignore_files(service):
            yield file, name
