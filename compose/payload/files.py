"""Secrets and configs: bound from files, or copied in when their content comes from elsewhere.

Source: reconcile section 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from compose.base.value import Value
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import BindOptions, FileObject, FileReference, Mount
from compose.payload.payloads import FileCopy

_DEFAULT_MODE = 0o444
API_SOCKET = "#apisocket"
"""Key of the config that holds registry credentials (`use_api_socket`); no key a file may use."""
_BASE = {"secret": "/run/secrets/", "config": "/"}

Kind = Literal["secret", "config"]


class Reference(Value, frozen=True, kw_only=True):
    """A service's use of a secret or config; `path` is its place in the file, `target` absolute."""

    kind: Kind
    index: int
    use: FileReference
    definition: FileObject
    target: str

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where the reference stands below its service."""
        return (f"{self.kind}s", self.index)

    @property
    def copied(self) -> bool:
        """Whether the content is copied in, and not bound from a file."""
        return bool(self.definition.environment or self.definition.content)


def references(project: Project, service: Service) -> Iterator[Reference]:
    """Yield the service's secrets, then its configs, in file order; undefined ones are the loader's matter."""
    uses: tuple[tuple[Kind, tuple[FileReference, ...], dict[str, FileObject]], ...] = (
        ("secret", service.secrets, project.secrets),
        ("config", service.configs, project.configs),
    )
    for kind, entries, definitions in uses:
        for index, use in enumerate(entries):
            definition = definitions.get(use.source)
            if definition is not None:
                yield Reference(kind=kind, index=index, use=use, definition=definition, target=_target(kind, use))


def _target(kind: Kind, use: FileReference) -> str:
    name = use.target or use.source
    is_absolute = name.startswith("/") or name[1:3] in {":\\", ":/"}
    return name if is_absolute else _BASE[kind] + name


def bound_files(project: Project, service: Service) -> Iterator[Mount]:
    """Yield read-only mounts for the secrets and configs that have a file."""
    for reference in references(project, service):
        if reference.copied or not reference.definition.file:
            continue
        options = BindOptions(create_host_path=False) if reference.kind == "secret" else None
        yield Mount(type="bind", source=reference.definition.file, target=reference.target, read_only=True, bind=options)


def copied_files(project: Project, service: Service) -> tuple[FileCopy, ...]:
    """Return the files to copy into a container before it starts; empty ones are left out, as the peer does."""
    found = (_copy(reference, content(project, reference.definition)) for reference in references(project, service))
    return tuple(copy for copy in found if copy.content)


def content(project: Project, definition: FileObject) -> str:
    """Return what a secret or config without file holds; "" when nothing."""
    return definition.content or project.environment.get(definition.environment, "")


def _copy(reference: Reference, text: str) -> FileCopy:
    use = reference.use
    return FileCopy(
        target=reference.target,
        content=text.encode(),
        mode=_DEFAULT_MODE if use.mode is None else int(use.mode),
        uid=_number(use.uid),
        gid=_number(use.gid),
        secret=reference.kind == "secret" or use.source == API_SOCKET,
        label=use.source,
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1
