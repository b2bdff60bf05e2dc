"""The create body of a volume. Source: reconcile section 6."""

from __future__ import annotations

from typing import Any

from compose.base import labels
from compose.model.project import Project
from compose.payload.hash import volume_hash
from compose.payload.labels import resource_labels
from compose.payload.naming import volume_name
from compose.payload.payloads import VolumePayload


def render_volume(project: Project, key: str) -> VolumePayload:
    """Return the body of POST volumes/create for the volume `key` of the project."""
    volume = project.volumes[key]
    name = volume_name(project, key)
    if volume.external:
        return VolumePayload(key=key, name=name, external=True)
    config_hash = volume_hash(volume)
    optional: dict[str, Any] = {"Driver": volume.driver, "DriverOpts": volume.driver_opts}
    body = {"Name": name} | {field: value for field, value in optional.items() if value}
    body["Labels"] = resource_labels(project, volume.labels, kind=labels.VOLUME, key=key, config_hash=config_hash)
    return VolumePayload(key=key, name=name, hash=config_hash, body=body)
