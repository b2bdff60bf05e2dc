"""`volumes`, `tmpfs`, file secrets and file configs as the engine's Binds, Mounts and Tmpfs.

Bind strings are used wherever they can say it, as Docker Compose does: they let the engine make a missing host
directory, and a container's `inspect` then reads the same whichever tool made it. Source: attributes, Storage.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compose.base.value import Value
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import BindOptions, Mount, VolumeOptions
from compose.payload.files import bound_files
from compose.payload.labels import image_source
from compose.payload.naming import volume_name
from compose.payload.versions import has
from compose.state.observed import EngineFacts

_RECURSIVE = {"disabled": "NonRecursive", "writable": "ReadOnlyNonRecursive", "readonly": "ReadOnlyForceRecursive"}


class Mounted(Value, frozen=True, kw_only=True):
    """Everything a container mounts; `volumes` lists the keys of the project volumes among it."""

    binds: tuple[str, ...] = ()
    mounts: tuple[dict[str, Any], ...] = ()
    volumes: tuple[str, ...] = ()


def mounted(project: Project, service: Service, facts: EngineFacts) -> Mounted:
    """Return the service's mounts; at an equal target volumes win over secrets, secrets over configs."""
    by_target: dict[str, Mount] = {mount.target: mount for mount in service.volumes}
    own = set(by_target)
    for mount in bound_files(project, service):
        by_target.setdefault(mount.target, mount)
    binds: list[str] = []
    mounts: list[dict[str, Any]] = []
    for target, mount in by_target.items():
        bind = _bind_string(project, mount) if target in own else None
        if bind is not None:
            binds.append(bind)
        else:
            mounts.append(_mount(project, mount, facts))
    return Mounted(binds=tuple(binds), mounts=tuple(mounts), volumes=tuple(_keys(project, service)))


def tmpfs(service: Service) -> dict[str, str]:
    """Return `Tmpfs`: options by path."""
    entries = (entry.partition(":") for entry in service.tmpfs)
    return {path: options for path, _, options in entries}


def _keys(project: Project, service: Service) -> Iterator[str]:
    seen: set[str] = set()
    for mount in service.volumes:
        if mount.type == "volume" and mount.source in project.volumes and mount.source not in seen:
            seen.add(mount.source)
            yield mount.source


def _bind_string(project: Project, mount: Mount) -> str | None:
    if mount.type == "bind" and not _bind_needs_mount(mount.bind):
        source = mount.source
    elif mount.type == "volume" and mount.source in project.volumes and not _volume_needs_mount(mount.volume):
        source = volume_name(project, mount.source)
    else:
        return None
    options = ["ro" if mount.read_only else "rw"]
    if mount.bind is not None and mount.bind.selinux:
        options.append(mount.bind.selinux)
    return f"{source}:{mount.target}:{','.join(options)}"


def _bind_needs_mount(options: BindOptions | None) -> bool:
    return options is not None and (options.create_host_path is False or bool(options.propagation) or bool(options.recursive))


def _volume_needs_mount(options: VolumeOptions | None) -> bool:
    return options is not None and (bool(options.labels) or bool(options.subpath) or options.nocopy)


def _mount(project: Project, mount: Mount, facts: EngineFacts) -> dict[str, Any]:
    source = mount.source
    if mount.type == "volume" and source in project.volumes:
        source = volume_name(project, source)
    elif mount.type == "image":
        source = image_source(project, source)
    body: dict[str, Any] = {"Type": mount.type, "Source": source, "Target": mount.target}
    if mount.read_only:
        body["ReadOnly"] = True
    if mount.consistency:
        body["Consistency"] = mount.consistency
    kind, options = _options(mount, facts)
    if options is not None:
        body[kind] = options
    return {key: value for key, value in body.items() if value != ""}


def _options(mount: Mount, facts: EngineFacts) -> tuple[str, dict[str, Any] | None]:
    if mount.type == "bind" and mount.bind is not None:
        return "BindOptions", _bind_options(mount.bind, facts)
    if mount.type == "volume" and mount.volume is not None:
        subpath = mount.volume.subpath if has(facts, (1, 45)) else ""
        return "VolumeOptions", _given(NoCopy=mount.volume.nocopy, Labels=mount.volume.labels, Subpath=subpath)
    if mount.type == "tmpfs" and mount.tmpfs is not None:
        return "TmpfsOptions", _given(SizeBytes=int(mount.tmpfs.size or 0), Mode=mount.tmpfs.mode)
    if mount.type == "image" and mount.image is not None:
        return "ImageOptions", _given(Subpath=mount.image.subpath)
    return "", None


def _bind_options(options: BindOptions, facts: EngineFacts) -> dict[str, Any]:
    body = _given(Propagation=options.propagation, CreateMountpoint=options.create_host_path is not False and has(facts, (1, 42)))
    flag = _RECURSIVE.get(options.recursive)
    if flag == "NonRecursive" or (flag and has(facts, (1, 44))):
        body[flag] = True
    return body


def _given(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a JSON body
    return {name: value for name, value in fields.items() if value}
