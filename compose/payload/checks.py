"""What a service asks for that cannot be done on any engine: refused, or said to be ignored.

What has no effect whatever the engine is said by `compose.load`. The texts of refusals are Docker Compose's, so that
scripts that look for them go on working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compose.base.diagnostics import Diagnostic
from compose.base.place import Path
from compose.model.project import Project
from compose.model.service import Service
from compose.payload.files import Reference, content, references
from compose.payload.networking import by_priority
from compose.payload.security import is_valid

_MOUNT_OPTIONS = ("bind", "volume", "tmpfs", "image")


def problems(project: Project) -> Iterator[Diagnostic]:
    """Yield errors for what cannot be done, and warnings for what is ignored."""
    for service in project.services.values():
        for check in _CHECKS:
            yield from check(project, service)


def _error(project: Project, code: str, summary: str, path: Path) -> Diagnostic:
    return Diagnostic(severity="error", code=code, summary=summary, span=project.span(*path), path=path)


def _ignored(project: Project, summary: str, path: Path) -> Diagnostic:
    return Diagnostic(severity="warning", code="ignored-attribute", summary=summary, span=project.span(*path), path=path)


def _healthcheck(project: Project, service: Service) -> Iterator[Diagnostic]:
    check = service.healthcheck
    if check is not None and check.start_interval is not None and check.start_period is None:
        summary = "healthcheck.start_interval requires healthcheck.start_period to be set"
        yield _error(project, "start-interval-alone", summary, ("services", service.name, "healthcheck", "start_interval"))


def _mac_address(project: Project, service: Service) -> Iterator[Diagnostic]:
    path: Path = ("services", service.name, "mac_address")
    if service.mac_address and service.network_mode:
        summary = "`mac_address` is ignored where `network_mode` is set"
        yield _ignored(project, summary, path)
    keys = by_priority(service)
    primary = service.networks[keys[0]] if keys else None
    if primary is not None and service.mac_address and primary.mac_address not in {"", service.mac_address}:
        summary = f"the service-level mac_address should have the same value as network {keys[0]}"
        yield _error(project, "mac-address-mismatch", summary, path)


def _security(project: Project, service: Service) -> Iterator[Diagnostic]:
    for index, option in enumerate(service.security_opt):
        if not is_valid(option):
            path: Path = ("services", service.name, "security_opt", index)
            yield _error(project, "invalid-security-opt", f'invalid security-opt: "{option}"', path)


def _mounts(project: Project, service: Service) -> Iterator[Diagnostic]:
    for index, mount in enumerate(service.volumes):
        for option in _MOUNT_OPTIONS:
            if option != mount.type and getattr(mount, option) is not None:
                path: Path = ("services", service.name, "volumes", index, option)
                summary = f"mount of type `{mount.type}` should not define `{option}` option"
                yield _ignored(project, summary, path)


def _files(project: Project, service: Service) -> Iterator[Diagnostic]:
    for reference in references(project, service):
        path: Path = ("services", service.name, *reference.path)
        refusal = _refusal(project, service, reference)
        if refusal:
            yield _error(project, *refusal, path)


def _refusal(project: Project, service: Service, reference: Reference) -> tuple[str, str] | None:
    """Return code and text when a secret or config cannot be given to a container."""
    kind, definition = reference.kind, reference.definition
    name = definition.name or reference.use.source
    if definition.external:
        return "unsupported-external", f"unsupported external {kind} {name}"
    for attribute in ("driver", "template_driver"):
        if getattr(definition, attribute):
            return "unsupported-driver", f"Docker Compose does not support {kind}s.*.{attribute}"
    if definition.environment and not definition.content and definition.environment not in project.environment:
        return "variable-not-set", f'environment variable "{definition.environment}" required by {kind} "{name}" is not set'
    if service.read_only and content(project, definition):
        text = f'cannot create {kind} "{name}" in read-only service {service.name}: `file` is the sole supported option'
        return "read-only-service", text
    return None


_CHECKS: tuple[Callable[[Project, Service], Iterator[Diagnostic]], ...] = (
    _healthcheck,
    _mac_address,
    _security,
    _mounts,
    _files,
)
