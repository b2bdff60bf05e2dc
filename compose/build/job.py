"""One image to build, with everything that decides on it gathered from the file and the command; pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from compose.base import labels
from compose.base.errors import fail
from compose.base.value import Value
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import FileObject
from compose.payload.labels import VERSION
from compose.plan.operation import BuildImage

DEFAULT_PLATFORM = "DOCKER_DEFAULT_PLATFORM"


class Job(Value, frozen=True, kw_only=True):
    """A build, the same for both builders.

    `services` are those whose image it is. `build` is the file's section with the command's settings folded in, all its
    arguments resolved; `file_args` are the arguments of the file alone, since what a command adds says nothing about
    whether an image is up to date. `secrets` holds what `build.secrets` refer to, by the id the Dockerfile uses. The
    first of `tags` is the image's name; `named` is whether the file gives it, without which it is not pushed. `origin`
    are the labels that tell project and service, `inputs` those that tell what the image was built from.
    """

    service: str
    build: Build
    tags: tuple[str, ...]
    services: tuple[str, ...] = ()
    origin: dict[str, str] = {}
    inputs: dict[str, str] = {}
    secrets: dict[str, FileObject] = {}
    file_args: dict[str, str | None] = {}
    named: bool = False
    push: bool = False
    check: bool = False
    memory: int = 0

    @property
    def args(self) -> dict[str, str]:
        """The build arguments that have a value."""
        return {name: value for name, value in self.build.args.items() if value is not None}


def job(project: Project, operation: BuildImage, proxies: Mapping[str, str]) -> Job:
    """Return the build an operation asks for; `proxies` are arguments that count where none of that name is given.

    Raises:
        ComposeError: `platform-not-supported` or `invalid-ssh-key`.
    """
    service = service_of(project, operation.service)
    build = service.build or Build()
    asked = {
        "args": {**proxies, **build.args, **operation.args},
        "platforms": platforms(project, service, every=operation.every_platform),
        "ssh": operation.ssh or build.ssh,
        "no_cache": build.no_cache or operation.no_cache,
        "pull": build.pull or operation.pull,
        "provenance": operation.provenance or build.provenance,
        "sbom": operation.sbom or build.sbom,
    }
    for key in operation.ssh:
        if key != "default" and "=" not in key:
            raise fail("invalid-ssh-key", f'invalid ssh key "{key}"', hint="write `default`, or `id=path`")
    return Job(
        service=service.name,
        build=msgspec.structs.replace(build, **asked),
        tags=operation.tags,
        services=operation.services,
        origin={labels.PROJECT: project.name, labels.SERVICE: service.name, labels.VERSION: VERSION},
        secrets={ref.target or ref.source: project.secrets[ref.source] for ref in build.secrets if ref.source in project.secrets},
        file_args=build.args,
        named=bool(service.image),
        push=operation.push,
        check=operation.check,
        memory=operation.memory,
    )


def service_of(project: Project, name: str) -> Service:
    """Return a service that is to be built, also one no profile enables (another's `service:` context)."""
    return project.services[name] if name in project.services else project.disabled[name]


def platforms(project: Project, service: Service, *, every: bool) -> tuple[str, ...]:
    """Return the platforms to build: all that the file lists if `every`, else the one its containers run on.

    Empty means the builder's own platform.

    Raises:
        ComposeError: `platform-not-supported`, the service's platform is none of those its build lists.
    """
    listed = service.build.platforms if service.build else ()
    default = project.environment.get(DEFAULT_PLATFORM, "")
    wanted = service.platform or default
    if wanted and listed and wanted not in listed:
        why = f"build configuration does not support platform: {wanted}"
        if not service.platform:
            why = f"build.platforms does not support value set by {DEFAULT_PLATFORM}: {wanted}"
        span = project.span("services", service.name, "build", "platforms")
        raise fail("platform-not-supported", f'service "{service.name}" {why}', span=span)
    if wanted and not (every and listed):
        return (wanted,)
    return listed if every or len(listed) == 1 else ()
