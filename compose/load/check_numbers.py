"""Numbers of a service that contradict each other: how many containers, and how much each may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compose.base.go_text import round_single
from compose.base.place import Path
from compose.load.problem import Problem
from compose.model.project import Project
from compose.model.service import Service

_INVALID = ": invalid compose project"
_LIMITS = (
    ("cpus", "limits", "cpus"),
    ("mem_limit", "limits", "memory"),
    ("mem_reservation", "reservations", "memory"),
    ("pids_limit", "limits", "pids"),
)
"""An attribute of a service, and where `deploy.resources` says the same."""


def scale(_project: Project, service: Service) -> Iterator[Problem]:
    """Yield what is wrong with `scale`, `deploy.replicas` and a fixed container name."""
    path: Path = ("services", service.name)
    replicas = service.deploy.replicas if service.deploy else None
    if service.scale is not None and replicas is not None and service.scale != replicas:
        summary = f"services.{service.name}: can't set distinct values on 'scale' and 'deploy.replicas'{_INVALID}"
        notes = (("`replicas` is here", (*path, "deploy", "replicas")),)
        yield Problem(path=(*path, "scale"), code="distinct-values", summary=summary, hint="keep one of them", notes=notes)
    for number, below in ((service.scale, ("scale",)), (replicas, ("deploy", "replicas"))):
        if number is not None and number < 0:
            summary = f"services.{service.name}.{'.'.join(below)}: must be greater than or equal to 0"
            yield Problem(path=(*path, *below), code="negative-number", summary=summary, hint="write 0 or more")
    if service.replicas > 1 and service.container_name:
        attribute = "scale" if service.scale is not None else "deploy.replicas"
        summary = f"services.{attribute}: can't set container_name and {service.name} as container name must be unique{_INVALID}"
        notes = ((f"`{attribute}` is here", (*path, *attribute.split("."))),)
        hint = "leave `container_name` out, or run one container"
        yield Problem(path=(*path, "container_name"), code="container-name-with-scale", summary=summary, hint=hint, notes=notes)


def limits(_project: Project, service: Service) -> Iterator[Problem]:
    """Yield the limits that the service and its `deploy.resources` set to different values; unset there counts as 0."""
    if service.deploy is None:
        return
    for attribute, block, key in _LIMITS:
        resource = getattr(service.deploy.resources, block)
        value = getattr(service, attribute)
        if not value or resource is None or _same(value, getattr(resource, key)):
            continue
        other = f"deploy.resources.{block}.{key}"
        summary = f"services.{service.name}: can't set distinct values on '{attribute}' and '{other}'{_INVALID}"
        notes = ((f"`{other}` is here", ("services", service.name, *other.split("."))),)
        path = ("services", service.name, attribute)
        yield Problem(
            path=path, code="distinct-values", summary=summary, hint="set one of them, or both to the same", notes=notes
        )


def _same(value: Any, other: Any) -> bool:  # noqa: ANN401 - numbers of any kind
    if isinstance(value, float):
        return round_single(value) == round_single(other)
    return bool(value == (other or 0))
