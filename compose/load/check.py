"""Does a project fit together: references, exclusions, numbers that contradict each other, circles.

Only enabled services are looked at. Messages are the peer's. Specification: loading, section 13.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from compose.base.place import Path, dotted
from compose.graph import dependency as graph
from compose.load import advice, check_numbers
from compose.load.problem import Problem
from compose.model.project import Project
from compose.model.service import Service

_INVALID = ": invalid compose project"
_SERVICE = "service:"
_MOST_EDGES = 2000
_MOST_CIRCLES = 10
_PROBES = frozenset({"CMD", "CMD-SHELL", "NONE"})
_WITHOUT_TARGET = frozenset({"rebuild", "restart"})


def check(project: Project, *, names: bool = True) -> tuple[Problem, ...]:
    """Return everything about a project that does not fit together, warnings included.

    `names`: two services must not have one container name; commands that make no container do without.
    """
    problems: list[Problem] = []
    for service in project.services.values():
        for rule in _RULES:
            problems.extend(rule(project, service))
    if names:
        problems.extend(container_names(project))
    problems.extend(_secrets(project))
    problems.extend(_circles(project))
    problems.extend(advice.advise(project))
    return tuple(problems)


def _hint(name: str, known: Collection[str], otherwise: str) -> str:
    from compose.base.similar import did_you_mean  # noqa: PLC0415 - difflib is only for mistakes

    return did_you_mean(name, known) or otherwise


def _source(_project: Project, service: Service) -> Iterator[Problem]:
    if service.build is None and not service.image and service.provider is None:
        summary = f'service "{service.name}" has neither an image nor a build context specified{_INVALID}'
        path = ("services", service.name)
        yield Problem(path=path, code="no-image", summary=summary, hint="add `image:` or `build:`", at="key")


def _build(project: Project, service: Service) -> Iterator[Problem]:
    build = service.build
    if build is None:
        return
    path: Path = ("services", service.name, "build")
    if build.dockerfile_inline and build.dockerfile:
        summary = f'service "{service.name}" declares mutualy exclusive dockerfile and dockerfile_inline{_INVALID}'
        notes = (("the other is here", (*path, "dockerfile")),)
        yield Problem(path=(*path, "dockerfile_inline"), code="exclusive-keys", summary=summary, hint="keep one", notes=notes)
    for name, context in build.additional_contexts.items():
        yield from _context(project, service, name, context)
    if build.platforms and service.platform and service.platform not in build.platforms:
        summary = f'service.build.platforms MUST include service.platform "{service.platform}"{_INVALID}'
        notes = (("the service's platform is here", ("services", service.name, "platform")),)
        hint = f"add `{service.platform}` here, or change `platform`"
        yield Problem(path=(*path, "platforms"), code="platform-not-built", summary=summary, hint=hint, notes=notes)


def _context(project: Project, service: Service, name: str, context: str) -> Iterator[Problem]:
    other = context.removeprefix(_SERVICE)
    if other == context:
        return
    target = project.services.get(other)
    path: Path = ("services", service.name, "build", "additional_contexts", name)
    if target is None:
        summary = f'service "{service.name}" declares unknown service "{other}" as additional contexts {name}'
        yield Problem(path=path, code="unknown-service", summary=summary, hint=_hint(other, project.services, ""))
    elif target.build is None:
        summary = f'service "{service.name}" declares non-buildable service "{other}" as additional contexts {name}'
        hint = f"give `{other}` a `build:`, or use `docker-image://`"
        yield Problem(
            path=path, code="not-buildable", summary=summary, hint=hint, notes=((f"`{other}` is here", ("services", other)),)
        )


def _networks(project: Project, service: Service) -> Iterator[Problem]:
    path: Path = ("services", service.name)
    if service.network_mode and service.networks:
        summary = f"service {service.name} declares mutually exclusive `network_mode` and `networks`{_INVALID}"
        notes = (("`networks` is here", (*path, "networks")),)
        yield Problem(path=(*path, "network_mode"), code="exclusive-keys", summary=summary, hint="keep one of them", notes=notes)
    for network in service.networks:
        yield from _reference(service, "network", network, project.networks, (*path, "networks", network))


def _reference(service: Service, kind: str, name: str, known: Collection[str], path: Path) -> Iterator[Problem]:
    if name not in known:
        section = f"{kind.rpartition(' ')[2]}s"
        summary = f'service "{service.name}" refers to undefined {kind} {name}{_INVALID}'
        declare = f"declare it at the top level: `{section}:` `{name}:`"
        other = "; a path of the host begins with `./`" if kind == "volume" else ""
        hint = _hint(name, known, declare + other)
        yield Problem(path=path, code=f"undefined-{section[:-1]}", summary=summary, hint=hint)


def _resources(project: Project, service: Service) -> Iterator[Problem]:
    path: Path = ("services", service.name)
    for index, mount in enumerate(service.volumes):
        if mount.type == "volume" and mount.source:
            yield from _reference(service, "volume", mount.source, project.volumes, (*path, "volumes", index))
    for index, secret in enumerate(service.build.secrets if service.build else ()):
        yield from _reference(service, "build secret", secret.source, project.secrets, (*path, "build", "secrets", index))
    for index, config in enumerate(service.configs):
        yield from _reference(service, "config", config.source, project.configs, (*path, "configs", index))
    for model in service.models:
        yield from _reference(service, "model", model, project.models, (*path, "models", model))
    for index, secret in enumerate(service.secrets):
        yield from _reference(service, "secret", secret.source, project.secrets, (*path, "secrets", index))


def _health(_project: Project, service: Service) -> Iterator[Problem]:
    test = service.healthcheck.test if service.healthcheck else ()
    if test and test[0] not in _PROBES:
        summary = 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"'
        hint = "write text to have a shell run it, or put `CMD` first"
        yield Problem(
            path=("services", service.name, "healthcheck", "test"), code="invalid-healthcheck", summary=summary, hint=hint
        )


def _dependencies(project: Project, service: Service) -> Iterator[Problem]:
    for name, dependency in service.depends_on.items():
        if name in project.services or (name in project.disabled and not dependency.required):
            continue
        path: Path = ("services", service.name, "depends_on", name)
        summary = f'service "{service.name}" depends on undefined service "{name}"{_INVALID}'
        if name in project.disabled:
            yield _disabled(project, summary, path, name)
        else:
            yield Problem(
                path=path,
                code="unknown-service",
                summary=summary,
                hint=_hint(name, project.services, "declare it, or remove what needs it"),
                at="key",
            )


def _disabled(project: Project, summary: str, path: Path, name: str) -> Problem:
    profiles = " or ".join(f"`{profile}`" for profile in project.disabled[name].profiles)
    first = project.disabled[name].profiles[0] if project.disabled[name].profiles else ""
    detail = f"`{name}` is disabled: none of its profiles is active ({profiles})" if first else f"`{name}` is disabled"
    hint = (
        f"activate the profile (`--profile {first}`), or write `required: false` for this dependency, "
        f"or give `{path[1]}` the same profiles"
    )
    notes = ((f"the profiles of `{name}` are here", ("services", name, "profiles")),)
    return Problem(path=path, code="disabled-dependency", summary=summary, detail=detail, hint=hint, notes=notes, at="key")


def _network_mode(project: Project, service: Service) -> Iterator[Problem]:
    name = service.network_mode.removeprefix(_SERVICE)
    if name == service.network_mode or name in project.services or name in service.depends_on:
        return
    summary = f"service \"{name}\" not found for network_mode 'service:{name}'"
    path = ("services", service.name, "network_mode")
    yield Problem(path=path, code="unknown-service", summary=summary, hint=_hint(name, project.services, ""))


def _watch(_project: Project, service: Service) -> Iterator[Problem]:
    for index, rule in enumerate(service.develop.watch if service.develop else ()):
        if not rule.target and rule.action not in _WITHOUT_TARGET:
            summary = f"services.{service.name}.develop.watch: target is required for non-rebuild actions{_INVALID}"
            hint = "say where in the container the files go: `target: /path`"
            yield Problem(
                path=("services", service.name, "develop", "watch", index), code="missing-target", summary=summary, hint=hint
            )


def _mounts(_project: Project, service: Service) -> Iterator[Problem]:
    taken: dict[str, Path] = {}
    targets = [*((("tmpfs", index), line.partition(":")[0]) for index, line in enumerate(service.tmpfs))]
    targets += [(("volumes", index), mount.target) for index, mount in enumerate(service.volumes)]
    for (attribute, index), target in targets:
        path: Path = ("services", service.name, attribute, index)
        if target not in taken:
            taken[target] = path
            continue
        summary = f"{dotted(path)}: target {target} already mounted as {dotted(taken[target])}"
        notes = (("it is mounted here already", taken[target]),)
        yield Problem(path=path, code="target-mounted-twice", summary=summary, hint="keep one of them", notes=notes)


def container_names(project: Project) -> Iterator[Problem]:
    """Yield the services that have the container name of another."""
    owners: dict[str, str] = {}
    for service in project.services.values():
        owner = owners.setdefault(service.container_name, service.name)
        if service.container_name and owner != service.name:
            name = service.container_name
            summary = f'services.{service.name}: container name "{name}" is already in use by service {owner}'
            path = ("services", service.name, "container_name")
            notes = ((f"`{owner}` has it here", ("services", owner, "container_name")),)
            yield Problem(path=path, code="container-name-twice", summary=summary, hint="leave the name out in one", notes=notes)


def _secrets(project: Project) -> Iterator[Problem]:
    for name, secret in project.secrets.items():
        if not (secret.external or secret.file or secret.environment):
            summary = f'secret "{name}" must declare either `file` or `environment`{_INVALID}'
            yield Problem(path=("secrets", name), code="secret-without-source", summary=summary, at="key")


def _circles(project: Project) -> Iterator[Problem]:
    edges = [edge for edge in graph.dependencies(project.services) if edge.service in project.services]
    try:
        graph.order(project.services, edges)
    except ValueError:
        loops = graph.cycles(edges) if len(edges) <= _MOST_EDGES else (_any_circle(edges),)
        for loop in loops[:_MOST_CIRCLES]:
            yield _circle(loop)


def _any_circle(edges: list[graph.Dependency]) -> graph.Loop:
    """Return one circle of so many edges that finding every one would take long."""
    needed: dict[str, set[str]] = {}
    for edge in edges:
        needed.setdefault(edge.dependant, set()).add(edge.service)
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        around: list[str] = error.args[1][:0:-1]
        return graph.circle(around, {(edge.dependant, edge.service): edge for edge in edges})
    raise AssertionError("there is a circle: no order was found")


def _circle(loop: graph.Loop) -> Problem:
    around = [*loop.services, loop.services[0]]
    places = [(f"`{name}` needs `{other}`", ("services", name, "depends_on", other)) for name, other in pairwise(around)]
    return Problem(
        path=places[0][1],
        code="dependency-cycle",
        summary=f"dependency cycle detected: {loop}",
        hint="remove one of these dependencies",
        notes=tuple(places[1:]),
        at="key",
    )


Rule = Callable[[Project, Service], Iterable[Problem]]

_RULES: tuple[Rule, ...] = (
    _source,
    _build,
    _networks,
    _health,
    _dependencies,
    _network_mode,
    _resources,
    check_numbers.scale,
    check_numbers.limits,
    _watch,
    _mounts,
)
