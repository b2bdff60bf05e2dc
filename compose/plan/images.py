"""Which images a plan pulls or builds before anything else.

Source: reconcile sections 9.1 and 9.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compose.base.address import Address
from compose.base.reference import canonical
from compose.base.units import Duration
from compose.base.value import Value
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.labels import image_source
from compose.payload.naming import image_name
from compose.payload.surroundings import Surroundings
from compose.plan.draft import Draft, Ids
from compose.plan.operation import BuildImage, PullImage
from compose.plan.options import UpOptions
from compose.plan.plan import Plan, Reason
from compose.plan.situation import Situation
from compose.state import platform as platforms
from compose.state.observed import ImageState, Observed

_DAY = 24 * 3600.0
_REFRESH = {"daily": _DAY, "weekly": 7 * _DAY}
_EVERY = "every_"
_CONTEXT = "service:"

ABSENT = Reason(code="image-absent", text="the image is not on the engine")
_TEXTS = {
    "pull-always": "the pull policy asks for the newest image every time",
    "pull-due": "the image was last looked for too long ago",
    "build-asked": "a build was asked for",
    "build-context": "another build takes its files from this image",
}


class Wanted(Value, frozen=True, kw_only=True):
    """An image reference a service needs; `pull` and `build` say why it would be made anew (None = it is not)."""

    reference: str
    service: str
    platform: str = ""
    pull: Reason | None = None
    build: Reason | None = None


def plan_images(project: Project, observed: Observed, options: UpOptions) -> Plan:
    """Return the plan that pulls and builds what `up` needs, and does nothing else.

    When it has steps and containers exist, do it first, observe again and call `plan_up` with `images_ready`: only
    then is it known whether an image changed.
    """
    draft = Draft()
    draft_images(Situation(project, observed, options, Surroundings()), draft)
    return draft.plan(project.name, options.command)


def references(project: Project, options: UpOptions) -> dict[str, str]:
    """Return the images to look up before planning, with the platform each must be for ("" = any)."""
    situation = Situation(project, Observed(project=project.name), options, Surroundings())
    found: dict[str, str] = {}
    for service in situation.with_image:
        for reference in _references(situation, service):
            found.setdefault(reference, _platform(situation, service))
    return found


def kept(project: Project, observed: Observed, options: UpOptions) -> tuple[str, ...]:
    """Return the services whose image is there and would not be built again, although it may be older than its inputs."""
    if options.outdated == "leave" or options.no_build:
        return ()
    situation = Situation(project, observed, options, Surroundings())
    return tuple(
        dict.fromkeys(
            service.name
            for service in situation.with_image
            if service.build is not None
            and situation.image(service) in observed.images
            and _policy(situation, service) != "build"
        )
    )


def draft_images(situation: Situation, draft: Draft) -> frozenset[str]:
    """Add the image steps, close the gate behind them, and return the references they may change."""
    wanted = list(_wanted(situation))
    pulls = _draft_pulls(situation, draft, [one for one in wanted if one.pull is not None])
    builds = _draft_builds(situation, draft, [one for one in wanted if one.build is not None], pulls)
    draft.gate = (*(step for several in pulls.values() for step in several), *builds.values())
    changing = {*pulls, *map(canonical, builds)}
    if not changing:
        return frozenset()
    every = {reference for service in situation.with_image for reference in _references(situation, service)}
    return frozenset(builds) | {reference for reference in every if canonical(reference) in changing}


def _draft_pulls(situation: Situation, draft: Draft, wanted: Iterable[Wanted]) -> dict[str, Ids]:
    """Add a pull per image and platform, however services write them; return the steps by canonical reference."""
    by_image: dict[tuple[str, str], list[Wanted]] = {}
    for one in wanted:
        by_image.setdefault((canonical(one.reference), platforms.canonical(one.platform)), []).append(one)
    buildable = {canonical(situation.image(service)) for service in situation.with_image if service.build is not None}
    steps: dict[str, Ids] = {}
    for (key, _), several in by_image.items():
        reference = several[0].reference
        operation = PullImage(
            reference=reference,
            platform=several[0].platform,
            services=tuple(dict.fromkeys(one.service for one in several)),
            tolerant=key in buildable,
            quiet=situation.options.quiet_pull,
        )
        reason = several[0].pull
        assert reason is not None
        step = draft.add(operation, reason, address=Address(kind="image", key=reference), resource=f"Image {reference}")
        steps[key] = (*steps.get(key, ()), step)
    return steps


def _draft_builds(situation: Situation, draft: Draft, wanted: Iterable[Wanted], pulls: Mapping[str, Ids]) -> dict[str, str]:
    """Add a build per image, after those whose images it takes files from and after a pull that may make it needless."""
    by_service = {one.service: one for one in wanted}
    steps: dict[str, str] = {}
    for name in _in_build_order(situation.project, by_service):
        one = by_service.get(name) or _context(situation.project, name)
        if one.reference in steps:
            continue
        service = _known(situation.project, name)
        assert one.build is not None
        assert service.build is not None
        sharing = [other.service for other in by_service.values() if other.reference == one.reference]
        operation = BuildImage(
            service=name,
            tags=(one.reference, *service.build.tags),
            no_cache=service.build.no_cache,
            pull=service.build.pull,
            quiet=situation.options.quiet_build,
            if_absent=one.reference if one.pull is not None else "",
            services=tuple(dict.fromkeys((name, *sharing))),
        )
        sources = [steps.get(image_name(situation.project, _known(situation.project, other)), "") for other in _contexts(service)]
        steps[one.reference] = draft.add(
            operation,
            one.build,
            address=Address(kind="image", key=one.reference),
            resource=f"Image {one.reference}",
            after=(*sources, *pulls.get(canonical(one.reference), ())),
        )
    return steps


def _in_build_order(project: Project, wanted: Iterable[str]) -> Iterator[str]:
    """Yield the services to build, each after those it takes files from (which are built even if not selected)."""
    done: set[str] = set()

    def visit(name: str, above: frozenset[str]) -> Iterator[str]:
        if name in done or name in above:
            return
        for other in _contexts(_known(project, name)):
            yield from visit(other, above | {name})
        done.add(name)
        yield name

    for name in wanted:
        yield from visit(name, frozenset())


def _contexts(service: Service) -> tuple[str, ...]:
    build = service.build
    if build is None:
        return ()
    return tuple(value.removeprefix(_CONTEXT) for value in build.additional_contexts.values() if value.startswith(_CONTEXT))


def _known(project: Project, name: str) -> Service:
    return project.services.get(name) or project.disabled[name]


def _context(project: Project, name: str) -> Wanted:
    reason = Reason(code="build-context", text=_TEXTS["build-context"])
    return Wanted(reference=image_name(project, _known(project, name)), service=name, build=reason)


def _wanted(situation: Situation) -> Iterator[Wanted]:
    for service in situation.with_image:
        if service.provider is None:
            yield _of_service(situation, service)
            yield from _of_mounts(situation, service)
            yield from _of_hooks(situation, service)


def _of_service(situation: Situation, service: Service) -> Wanted:
    reference = situation.image(service)
    policy = _policy(situation, service)
    local = situation.observed.images.get(reference)
    pull = _pull_reason(policy, local, situation.options.now) if service.image else None
    return Wanted(
        reference=reference,
        service=service.name,
        platform=_platform(situation, service),
        pull=pull,
        build=_build_reason(situation, service, policy, local),
    )


def _of_mounts(situation: Situation, service: Service) -> Iterator[Wanted]:
    names = {**situation.project.services, **situation.project.disabled}
    for mount in service.volumes:
        if mount.type == "image" and mount.source not in names and mount.source not in situation.observed.images:
            yield Wanted(reference=mount.source, service=service.name, platform=_platform(situation, service), pull=ABSENT)


def _of_hooks(situation: Situation, service: Service) -> Iterator[Wanted]:
    policy = _policy(situation, service)
    own = situation.image(service)
    if policy == "never":
        return
    for hook in service.pre_start:
        if hook.image and hook.image != own:
            local = situation.observed.images.get(hook.image)
            reason = _pull_reason("missing" if policy == "build" else policy, local, situation.options.now)
            yield Wanted(reference=hook.image, service=service.name, platform=_platform(situation, service), pull=reason)


def _references(situation: Situation, service: Service) -> Iterator[str]:
    if service.provider is not None:
        return
    yield situation.image(service)
    for mount in service.volumes:
        if mount.type == "image":
            yield image_source(situation.project, mount.source)
    yield from (hook.image for hook in service.pre_start if hook.image)


def _platform(situation: Situation, service: Service) -> str:
    return service.platform or situation.project.environment.get("DOCKER_DEFAULT_PLATFORM", "")


def _policy(situation: Situation, service: Service) -> str:
    options = situation.options
    if options.build and service.build is not None:
        return "build"
    if options.pull and options.pull != "policy" and service.image:
        return options.pull
    return service.pull_policy


def _pull_reason(policy: str, local: ImageState | None, now: float) -> Reason | None:
    if policy in {"never", "build"}:
        return None
    if policy == "always":
        return Reason(code="pull-always", text=_TEXTS["pull-always"])
    if local is None:
        return ABSENT
    period = _REFRESH.get(policy)
    if policy.startswith(_EVERY):
        period = Duration.parse(policy.removeprefix(_EVERY)).seconds
    if period is not None and (local.last_tagged is None or local.last_tagged + period <= now):
        return Reason(code="pull-due", text=_TEXTS["pull-due"])
    return None


def _build_reason(situation: Situation, service: Service, policy: str, local: ImageState | None) -> Reason | None:
    if service.build is None or situation.options.no_build:
        return None
    if policy == "build":
        return Reason(code="build-asked", text=_TEXTS["build-asked"])
    if local is None:
        return ABSENT
    stale = situation.options.stale.get(service.name)
    return Reason(code="image-stale", text=stale) if stale else None
