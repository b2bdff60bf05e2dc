"""How a stack is told apart from every other copy of its project."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from compose.base.value import Value
from compose.engine.port import Engine
from compose.engine.subnets import in_use
from compose.load.allot import allot
from compose.load.isolate import Isolation, isolate, wanted
from compose.model.project import Project
from compose.model.service import Service

LOOPBACK = "127.0.0.1"


class Apart(Value, frozen=True, kw_only=True):
    """A project that disturbs no other; a line for each thing that was changed, and for each that copies share."""

    project: Project
    changes: tuple[str, ...] = ()


def apart(project: Project, isolation: Isolation, labels: Mapping[str, str], engine: Engine) -> Apart:
    """Return the project as a copy of its own, everything of it with these labels; see `compose.load.isolate`.

    The engine is asked only where the files fix subnets.
    """
    numbers = allot(
        project.name, wanted(project, isolation), {}, is_free=lambda _port: True, subnets_in_use=lambda: in_use(engine)
    )
    found = isolate(project, isolation, numbers)
    services = {name: _unpulled(project.services[name], service) for name, service in found.project.services.items()}
    lines = [*(str(change) for change in found.changes), *(f"{one} is shared by all copies" for one in found.shared)]
    changed = replace(found.project, services=services, labels={**found.project.labels, **labels})
    return Apart(project=changed, changes=tuple(lines))


def _unpulled(original: Service, service: Service) -> Service:
    """Return a service whose image, if it has its name from here, is not looked for in registries."""
    named_here = service.build is not None and service.image != original.image and not service.pull_policy
    return replace(service, pull_policy="never") if named_here else service


def isolation_of(name: str, *, keep: tuple[str, ...], is_here: bool) -> Isolation:
    """Return what is changed for a stack: free ports (on the loopback address, if the engine is on this machine).

    `name` is what the images are called after that are built for stacks of this directory.
    """
    return Isolation(ports="ephemeral", host_ip=LOOPBACK if is_here else "", images="shared", image_project=name, keep=keep)
