"""The plan of the `pull` command; pure.

Source: reconcile section 9.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from compose.base.address import Address
from compose.base.reference import canonical, parse_reference
from compose.base.value import Value
from compose.graph.dependency import closure, dependencies
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.operation import PullImage
from compose.plan.plan import Plan, Reason, Step, Unchanged
from compose.state import platform as platforms
from compose.state.observed import ImageState

_ASKED = Reason(code="pull-asked", text="a pull was asked for")
_MISSING = {"missing", "if_not_present"}
_NEVER = {"never", "build"}

NO_IMAGE = "No image to be pulled"
PRESENT = "Image is already present locally"
BUILDABLE = "Image can be built"


class PullOptions(Value, frozen=True, kw_only=True):
    """Options of pull; `services` empty = all; `policy` is "", missing or always."""

    services: tuple[str, ...] = ()
    include_deps: bool = False
    ignore_buildable: bool = False
    ignore_failures: bool = False
    policy: str = ""


class _Wanted(Value, frozen=True, kw_only=True):
    reference: str
    service: str
    policy: str
    buildable: bool = False


def plan_pull(project: Project, images: Mapping[str, ImageState], options: PullOptions) -> Plan:
    """Return the plan that pulls images of services and their hooks, each once for each platform, however it is written.

    `images` are those on the engine, by reference as the project has it.
    """
    steps: dict[tuple[str, str], Step] = {}
    left: list[Unchanged] = []
    for name in _selected(project, options):
        service = project.services[name]
        if not service.image:
            left.append(_skipped(Address(kind="service", key=name), name, NO_IMAGE))
        platform = service.platform or project.environment.get("DOCKER_DEFAULT_PLATFORM", "")
        for wanted in _wanted(service, options):
            why = _why_not(wanted, images, options)
            if why is not None:
                left.append(_skipped_image(wanted.reference, why))
                continue
            key = (canonical(wanted.reference), platforms.canonical(platform))
            if key in steps:
                steps[key], also = _shared(steps[key], wanted)
                left += also
            else:
                steps[key] = _step(str(len(steps) + 1), wanted, platform, optional=options.ignore_failures)
    return Plan(project=project.name, command="pull", steps=tuple(steps.values()), unchanged=tuple(dict.fromkeys(left)))


def references(project: Project, options: PullOptions) -> tuple[str, ...]:
    """Return the images to look up before planning."""
    found = (wanted.reference for name in _selected(project, options) for wanted in _wanted(project.services[name], options))
    return tuple(dict.fromkeys(found))


def must_build(project: Project, plan: Plan, failed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the services whose image could not be pulled (`failed` are step ids) but can be built."""
    names = (name for step in plan.steps if step.id in failed for name in _services(step))
    return tuple(dict.fromkeys(name for name in names if project.services[name].build is not None))


def _selected(project: Project, options: PullOptions) -> list[str]:
    names = [name for name in options.services if name in project.services] if options.services else list(project.services)
    if options.include_deps:
        reached = closure(names, dependencies(project.services))
        names = [name for name in project.services if name in reached]
    return names


def _wanted(service: Service, options: PullOptions) -> Iterator[_Wanted]:
    """Yield the images of a service; a hook's has the service's policy, but cannot be built."""
    policy = options.policy or service.pull_policy
    if service.image and service.provider is None:
        yield _Wanted(reference=service.image, service=service.name, policy=policy, buildable=service.build is not None)
    for hook in service.pre_start:
        if hook.image and hook.image != service.image:
            yield _Wanted(reference=hook.image, service=service.name, policy="missing" if policy == "build" else policy)


def _why_not(wanted: _Wanted, images: Mapping[str, ImageState], options: PullOptions) -> str | None:
    """Return why an image is not pulled ("" for no particular reason), None when it is."""
    if wanted.policy in _NEVER:
        return ""
    newest = parse_reference(wanted.reference).wanted == "latest"
    if wanted.policy in _MISSING and wanted.reference in images and not newest:
        return PRESENT
    return BUILDABLE if wanted.buildable and options.ignore_buildable else None


def _skipped(address: Address, resource: str, why: str) -> Unchanged:
    return Unchanged(address=address, resource=resource, action=f"Skipped {why}".rstrip())


def _skipped_image(reference: str, why: str) -> Unchanged:
    return _skipped(Address(kind="image", key=reference), f"Image {reference}", why)


def _shared(step: Step, wanted: _Wanted) -> tuple[Step, list[Unchanged]]:
    """Return a pull that serves one more service, and what to tell of a reference that is written in another way."""
    assert isinstance(step.operation, PullImage)
    services = tuple(dict.fromkeys((*step.operation.services, wanted.service)))
    pulled = step.operation.reference
    also = [] if wanted.reference == pulled else [_skipped_image(wanted.reference, f"Image is being pulled as {pulled}")]
    return replace(step, operation=replace(step.operation, services=services)), also


def _step(identifier: str, wanted: _Wanted, platform: str, *, optional: bool) -> Step:
    reference = wanted.reference
    return Step(
        id=identifier,
        address=Address(kind="image", key=reference),
        resource=f"Image {reference}",
        operation=PullImage(reference=reference, platform=platform, services=(wanted.service,)),
        reason=_ASKED,
        optional=optional,
    )


def _services(step: Step) -> tuple[str, ...]:
    return step.operation.services if isinstance(step.operation, PullImage) else ()
