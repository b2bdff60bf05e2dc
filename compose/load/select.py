"""Which services count: profiles, named services with what they depend on, and the resources they use.

Specification: loading, section 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.model.project import Project
from compose.model.service import Service

_Resource = TypeVar("_Resource")


def activate(project: Project, profiles: Iterable[str]) -> Project:
    """Return the project with the services of `profiles`, and those without any, enabled and the others disabled."""
    active = tuple(dict.fromkeys(profiles))
    everything = {**project.services, **project.disabled}
    enabled = {name: service for name, service in everything.items() if _is_enabled(service, active)}
    disabled = {name: service for name, service in everything.items() if name not in enabled}
    return msgspec.structs.replace(project, services=enabled, disabled=disabled, profiles=active)


def _is_enabled(service: Service, active: tuple[str, ...]) -> bool:
    return not service.profiles or "*" in active or any(profile in active for profile in service.profiles)


def enable(project: Project, names: Iterable[str]) -> Project:
    """Return the project with the profiles of the disabled services among `names` active too."""
    wanted = [profile for name in names if name in project.disabled for profile in project.disabled[name].profiles]
    return activate(project, (*project.profiles, *wanted)) if wanted else project


def select(project: Project, services: Iterable[str], *, dependencies: bool = True) -> Project:
    """Return the project with only `services` (names or shell patterns) and, transitively, what they depend on.

    The others become disabled; dependencies on them are dropped. Without names nothing changes.

    Raises:
        InvalidProject: a name fits no enabled service, or a required dependency is not there.
    """
    names = tuple(services)
    if not names:
        return project
    kept = _closure(project, names, dependencies=dependencies)
    selected = {name: _without(service, kept) for name, service in project.services.items() if name in kept}
    disabled = {**project.disabled, **{name: service for name, service in project.services.items() if name not in kept}}
    return msgspec.structs.replace(project, services=selected, disabled=disabled)


def _closure(project: Project, names: tuple[str, ...], *, dependencies: bool) -> set[str]:
    kept: set[str] = set()
    problems: list[Diagnostic] = []
    waiting = [(name, True, "") for name in reversed(names)]
    while waiting:
        pattern, required, dependant = waiting.pop()
        matching = [pattern] if pattern in project.services else [name for name in project.services if fnmatchcase(name, pattern)]
        if not matching and required:
            problems.append(_no_such_service(project, pattern, dependant))
        for name in matching:
            if name in kept:
                continue
            kept.add(name)
            if dependencies:
                waiting.extend((other, needed.required, name) for other, needed in project.services[name].depends_on.items())
    if problems:
        raise InvalidProject(*problems)
    return kept


def _no_such_service(project: Project, name: str, dependant: str) -> Diagnostic:
    from compose.base.similar import did_you_mean  # noqa: PLC0415 - difflib is only for mistakes

    hint = did_you_mean(name, project.services)
    if name in project.disabled:
        hint = f"it is disabled: activate one of its profiles with `--profile {project.disabled[name].profiles[0]}`"
    path = ("services", dependant, "depends_on", name) if dependant else ()
    span = project.span(*path) if path else None
    return Diagnostic(
        severity="error", code="unknown-service", summary=f"no such service: {name}", span=span, path=path, hint=hint
    )


def _without(service: Service, kept: set[str]) -> Service:
    remaining = {name: needed for name, needed in service.depends_on.items() if name in kept}
    if len(remaining) == len(service.depends_on):
        return service
    return msgspec.structs.replace(service, depends_on=remaining)


def prune(project: Project) -> Project:
    """Return the project without the resources that no enabled service uses."""
    used: dict[str, set[str]] = {section: set() for section in ("networks", "volumes", "secrets", "configs", "models")}
    for service in project.services.values():
        used["networks"].update(service.networks)
        used["volumes"].update(mount.source for mount in service.volumes if mount.type == "volume")
        used["secrets"].update(reference.source for reference in service.secrets)
        used["secrets"].update(reference.source for reference in (service.build.secrets if service.build else ()))
        used["configs"].update(reference.source for reference in service.configs)
        used["models"].update(service.models)
    return msgspec.structs.replace(
        project,
        networks=_only(project.networks, used["networks"]),
        volumes=_only(project.volumes, used["volumes"]),
        secrets=_only(project.secrets, used["secrets"]),
        configs=_only(project.configs, used["configs"]),
        models=_only(project.models, used["models"]),
    )


def _only(resources: Mapping[str, _Resource], used: set[str]) -> dict[str, _Resource]:
    return {name: resource for name, resource in resources.items() if name in used}
