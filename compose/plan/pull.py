"""The plan of the `pull` command. Source: reconcile section 9.3."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from compose.base.address import Address
from compose.base.errors import fail
from compose.base.value import Value
from compose.graph.dependency import closure, dependencies, order
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.operation import PullImage
from compose.plan.plan import Plan, Reason, Step, Unchanged
from compose.state.observed import ImageState

_ASKED = Reason(code="pull-asked", text="a pull was asked for")
_NO_IMAGE = "No image to be pulled"
_PRESENT = "Image is already present locally"
_BUILDABLE = "Image can be built"
_SKIPPED = frozenset({"never", "build"})
_IF_ABSENT = frozenset({"missing", "if_not_present"})


class PullOptions(Value, frozen=True, kw_only=True):
    """Options of pull; `services` empty = all; `policy` "" = as the file says.

    With `ignore_failures` a pull that fails is a warning.
    """

    services: tuple[str, ...] = ()
    include_deps: bool = False
    ignore_buildable: bool = False
    ignore_failures: bool = False
    policy: Literal["", "missing", "always"] = ""


def plan_pull(project: Project, images: dict[str, ImageState], options: PullOptions) -> Plan:
    """Return the plan that pulls the services' images, each reference and platform once.

    `images` are the local ones by reference. What is not pulled is `unchanged`, with the reason in its action.
    A pull is tolerant where the service has a build section: its image can be built instead.

    Raises:
        ComposeError: there is no such service.
    """
    steps: dict[tuple[str, str], Step] = {}
    skipped: list[Unchanged] = []
    for name in _selected(project, options):
        service = project.services[name]
        why = _why_not(service, images, options)
        if why:
            resource = f"Image {service.image}" if service.image else name
            address = Address(kind="image", key=service.image) if service.image else Address(kind="service", key=name)
            skipped.append(Unchanged(address=address, resource=resource, action=f"Skipped {why}"))
        elif service.image and service.provider is None:
            platform = service.platform or project.environment.get("DOCKER_DEFAULT_PLATFORM", "")
            known = steps.get((service.image, platform))
            steps[service.image, platform] = _step(service, platform, known, str(len(steps) + 1), options)
    return Plan(project=project.name, command="pull", steps=tuple(steps.values()), unchanged=tuple(skipped))


def _selected(project: Project, options: PullOptions) -> Iterable[str]:
    for name in options.services:
        if name not in project.services:
            raise fail("unknown-service", f"no such service: {name}")
    edges = dependencies(project.services)
    wanted = set(options.services or project.services)
    if options.include_deps:
        wanted = closure(wanted, edges)
    return [name for level in order(wanted & set(project.services), edges) for name in level]


def _why_not(service: Service, images: dict[str, ImageState], options: PullOptions) -> str:
    """Return why a service's image is not pulled, "" when it is."""
    if service.provider is not None:
        return ""
    if not service.image:
        return _NO_IMAGE
    policy = options.policy or service.pull_policy
    if policy in _SKIPPED:
        return _BUILDABLE if policy == "build" else _PRESENT if service.image in images else _NO_IMAGE
    if options.ignore_buildable and service.build is not None:
        return _BUILDABLE
    return _PRESENT if policy in _IF_ABSENT and service.image in images and not _is_latest(service.image) else ""


def _is_latest(reference: str) -> bool:
    """Return whether a reference names the `latest` tag, in words or by naming none."""
    last = reference.rpartition("/")[2]
    return "@" not in reference and (":" not in last or last.endswith(":latest"))


def _step(service: Service, platform: str, known: Step | None, identifier: str, options: PullOptions) -> Step:
    can_build = service.build is not None
    earlier = known.operation if known is not None and isinstance(known.operation, PullImage) else None
    return Step(
        id=known.id if known is not None else identifier,
        address=Address(kind="image", key=service.image),
        resource=f"Image {service.image}",
        operation=PullImage(
            reference=service.image,
            platform=platform,
            services=(*(earlier.services if earlier is not None else ()), service.name),
            tolerant=can_build or (earlier is not None and earlier.tolerant),
        ),
        reason=_ASKED,
        optional=options.ignore_failures,
    )
