"""`config --resolve-image-digests` and `--lock-image-digests`: images by what their registry has now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.build.oci import pin
from compose.commands.session import Session
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import Mount

_AT_ONCE = 8


def resolved(session: Session, project: Project) -> Project:
    """Return the project with the digest of each image: of services, of mounts of type image, of hooks.

    Raises:
        ComposeError: `digest-unresolved`, with the registry's words.
    """
    pins = _pins(session, (image for service in project.services.values() for image in _images(service, project)))
    return replace(project, services={name: _pinned(service, pins) for name, service in project.services.items()})


def lock(session: Session, project: Project) -> Project:
    """Return an override file for the project: services with nothing but their pinned images, and image mounts.

    Raises:
        ComposeError: as for `resolved`.
    """
    unlocked = [
        Diagnostic(
            severity="warning",
            code="hook-not-locked",
            summary=f"the images of the hooks of service `{name}` are not locked",
            hint="hooks of several files add up instead of replacing each other; `--resolve-image-digests` has them too",
        )
        for name, service in project.services.items()
        if any(hook.image and hook.image != service.image for hook in _hooks(service))
    ]
    session.warn(*unlocked)
    services = {
        name: Service(name=name, image=service.image, volumes=tuple(mount for mount in service.volumes if mount.type == "image"))
        for name, service in resolved(session, project).services.items()
    }
    return Project(name="", directory=project.directory, services=services)


def resolved_tree(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Return a merged tree with the digests of its services' images, those with variables left as they are.

    Raises:
        ComposeError: as for `resolved`.
    """
    services = {name: service for name, service in data.get("services", {}).items() if _is_literal(service)}
    pins = _pins(session, (service["image"] for service in services.values()))
    pinned = {name: {**service, "image": pins[service["image"]]} for name, service in services.items()}
    return {**data, "services": {**data.get("services", {}), **pinned}}


def _is_literal(service: Any) -> bool:  # noqa: ANN401 - YAML data
    image = service.get("image") if isinstance(service, dict) else None
    return isinstance(image, str) and image != "" and "$" not in image


def _pins(session: Session, images: Iterable[str]) -> dict[str, str]:
    """Return what each image is pinned to; registries are asked side by side."""
    wanted = list(dict.fromkeys(images))
    if not wanted:
        return {}
    engine = session.engine
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(lambda image: pin(engine, image), wanted), strict=True))


def _images(service: Service, project: Project) -> Iterator[str]:
    if service.image:
        yield service.image
    mounted = (mount.source for mount in service.volumes if mount.type == "image" and mount.source)
    yield from (image for image in mounted if image not in project.services)
    yield from (hook.image for hook in _hooks(service) if hook.image)


def _hooks(service: Service) -> tuple[Any, ...]:
    return (*service.pre_start, *service.post_start, *service.pre_stop)


def _pinned(service: Service, pins: dict[str, str]) -> Service:
    def mounted(mount: Mount) -> Mount:
        return replace(mount, source=pins.get(mount.source, mount.source)) if mount.type == "image" else mount

    hooks = {
        kind: tuple(replace(hook, image=pins.get(hook.image, "")) for hook in getattr(service, kind))
        for kind in ("pre_start", "post_start", "pre_stop")
    }
    return replace(service, image=pins.get(service.image, ""), volumes=tuple(map(mounted, service.volumes)), **hooks)
