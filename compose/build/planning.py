"""The plan of the `build` and `push` commands, and what builds add to every plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from compose.base.address import Address
from compose.base.errors import ComposeError
from compose.base.reference import is_same_image
from compose.base.value import Value
from compose.build.bake import SERVICE_CONTEXT
from compose.build.context import open_context
from compose.build.identical import share
from compose.build.job import Job, service_of
from compose.build.kind import kind_of
from compose.build.stale import needs_of
from compose.graph.dependency import closure, dependencies
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.naming import image_name
from compose.plan.operation import BuildImage, PushImage
from compose.plan.plan import Plan, Reason, Step, Unchanged

_ASKED = Reason(code="build-asked", text="a build was asked for")
_CONTEXT = Reason(code="build-context", text="another build takes its files from this image")
_PUSH = Reason(code="push-asked", text="a push was asked for")


class BuildOptions(Value, frozen=True, kw_only=True):
    """Options of build, as its flags have them; `services` empty = all; `args` have values; `memory` in bytes."""

    services: tuple[str, ...] = ()
    with_dependencies: bool = False
    no_cache: bool = False
    pull: bool = False
    quiet: bool = False
    args: Mapping[str, str] = {}
    push: bool = False
    check: bool = False
    memory: int = 0
    builder: str = ""
    ssh: tuple[str, ...] = ()
    provenance: str = ""
    sbom: str = ""


class PushOptions(Value, frozen=True, kw_only=True):
    """Options of push; `services` empty = all."""

    services: tuple[str, ...] = ()
    include_deps: bool = False
    ignore_failures: bool = False
    quiet: bool = False


def plan_build(project: Project, options: BuildOptions) -> Plan:
    """Return the plan that builds services, with those they take files from; no steps when none has a build section."""
    wanted = _selected(project, options.services, with_dependencies=options.with_dependencies)
    steps: dict[str, Step] = {}
    for name in _in_order(project, [name for name in wanted if project.services[name].build is not None]):
        service = service_of(project, name)
        reference = image_name(project, service)
        steps[name] = Step(
            id=str(len(steps) + 1),
            address=Address(kind="image", key=reference),
            resource=f"Image {reference}",
            operation=_operation(service, reference, options),
            reason=_ASKED if name in wanted else _CONTEXT,
            after=tuple(steps[other].id for other in _contexts(service) if other in steps),
        )
    return refine(Plan(project=project.name, command="build", steps=tuple(steps.values())), project)


def plan_push(project: Project, options: PushOptions) -> Plan:
    """Return the plan that pushes the images of services that have both a build section and a name, with their further tags."""
    steps: dict[str, Step] = {}
    skipped: list[Unchanged] = []
    for name in _selected(project, options.services, with_dependencies=options.include_deps):
        service = project.services[name]
        if service.build is None or not service.image:
            skipped.append(Unchanged(address=Address(kind="service", key=name), resource=name, action="Skipped"))
            continue
        for reference in (service.image, *service.build.tags):
            known = steps.get(reference)
            steps[reference] = Step(
                id=known.id if known else str(len(steps) + 1),
                address=Address(kind="image", key=reference),
                resource=f"Image {reference}",
                operation=PushImage(reference=reference, services=_with(name, known), quiet=options.quiet),
                reason=_PUSH,
                optional=options.ignore_failures,
            )
    return Plan(project=project.name, command="push", steps=tuple(steps.values()), unchanged=tuple(skipped))


def _with(name: str, step: Step | None) -> tuple[str, ...]:
    """Return the services of a push with one more."""
    services = step.operation.services if step is not None and isinstance(step.operation, PushImage) else ()
    return tuple(dict.fromkeys((*services, name)))


def refine(plan: Plan, project: Project) -> Plan:
    """Return a plan whose equal builds are one, and whose builds come after those that make their base images.

    Reads the Dockerfiles of local contexts; one that cannot be read is left for its build to complain about.
    """
    shared = share(plan, project)
    builds = {step.id: step for step in shared.steps if isinstance(step.operation, BuildImage)}
    if len(builds) < 2:  # noqa: PLR2004 - one build has no other before it
        return shared
    makers = {tag: step.id for step in builds.values() if isinstance(step.operation, BuildImage) for tag in step.operation.tags}
    after = {step.id: set(step.after) for step in builds.values()}
    for step in builds.values():
        for image in _images(project, step):
            maker = next((maker for tag, maker in makers.items() if is_same_image(image, tag)), step.id)
            if maker != step.id and not _reaches(after, maker, step.id):
                after[step.id].add(maker)
    steps = (_behind(step, after[step.id]) if step.id in builds else step for step in shared.steps)
    return replace(shared, steps=tuple(steps))


def _behind(step: Step, after: Iterable[str]) -> Step:
    return replace(step, after=(*step.after, *sorted(set(after) - set(step.after))))


def _operation(service: Service, reference: str, options: BuildOptions) -> BuildImage:
    assert service.build is not None
    return BuildImage(
        service=service.name,
        tags=tuple(dict.fromkeys((reference, *service.build.tags))),
        services=(service.name,),
        every_platform=True,
        no_cache=options.no_cache,
        pull=options.pull,
        quiet=options.quiet,
        args=dict(options.args),
        push=options.push,
        check=options.check,
        memory=options.memory,
        builder=options.builder,
        ssh=options.ssh,
        provenance=options.provenance,
        sbom=options.sbom,
    )


def _selected(project: Project, named: Iterable[str], *, with_dependencies: bool) -> list[str]:
    given = list(named)
    names = [name for name in given if name in project.services] if given else list(project.services)
    if with_dependencies:
        reached = closure(names, dependencies(project.services))
        names = [name for name in project.services if name in reached]
    return names


def _contexts(service: Service) -> tuple[str, ...]:
    sources = service.build.additional_contexts.values() if service.build is not None else ()
    return tuple(source.removeprefix(SERVICE_CONTEXT) for source in sources if source.startswith(SERVICE_CONTEXT))


def _in_order(project: Project, names: Iterable[str]) -> Iterator[str]:
    """Yield services to build, each after those it takes files from."""
    done: set[str] = set()

    def visit(name: str, above: frozenset[str]) -> Iterator[str]:
        if name not in done and name not in above:
            for other in _contexts(service_of(project, name)):
                yield from visit(other, above | {name})
            done.add(name)
            yield name

    for name in names:
        yield from visit(name, frozenset())


def _images(project: Project, step: Step) -> tuple[str, ...]:
    """Return the images a build starts from, as far as its Dockerfile can be read here."""
    operation = step.operation
    assert isinstance(operation, BuildImage)
    build = service_of(project, operation.service).build
    if build is None or kind_of(build.context) != "directory":
        return ()
    merged = replace(build, args={**build.args, **operation.args})
    try:
        context = open_context(merged)
    except ComposeError:
        return ()  # the build will say what is wrong with it
    return needs_of(Job(service=operation.service, build=merged, tags=operation.tags), context).images


def _reaches(after: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Return whether `start` waits, directly or through others, for `goal`."""
    seen: set[str] = set()
    queue = [start]
    while queue:
        step = queue.pop()
        if step == goal:
            return True
        if step not in seen:
            seen.add(step)
            queue.extend(after.get(step, ()))
    return False
