"""How a stack is told apart from every other copy of its project."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from compose.engine.port import Engine
from compose.engine.subnets import in_use
from compose.load.allot import allot
from compose.load.isolate import Isolation, isolate, wanted
from compose.model.project import Project
from compose.model.service import Service

LOOPBACK = "127.0.0.1"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - the loopback address of another machine is not reached from here


class Copy:
    """Rewrites a project as a copy that disturbs no other, everything of it with some labels; see `compose.load.isolate`.

    Called with the project's model for whatever selection of services; each time the copy has the same numbers.
    `changes` has a line for each thing that is changed in the model last seen, and for each that copies share.
    """

    def __init__(self, isolation: Isolation, labels: Mapping[str, str], engine: Callable[[], Engine]) -> None:
        self._isolation = isolation
        self._labels = dict(labels)
        self._engine = engine
        self._numbers: dict[str, str] = {}
        self.changes: tuple[str, ...] = ()

    def __call__(self, project: Project) -> Project:
        """Return the copy; the engine is asked only where the files fix subnets."""
        needed = wanted(project, self._isolation)
        self._numbers |= allot(
            project.name, needed, self._numbers, is_free=lambda _port: True, subnets_in_use=lambda: in_use(self._engine())
        )
        found = isolate(project, self._isolation, self._numbers)
        self.changes = (
            *(str(change) for change in found.changes),
            *(f"{one} is shared by all copies" for one in found.shared),
        )
        services = {name: _unpulled(project.services[name], service) for name, service in found.project.services.items()}
        return replace(found.project, services=services, labels={**found.project.labels, **self._labels})


def _unpulled(original: Service, service: Service) -> Service:
    """Return a service whose image, if it has its name from here, is not looked for in registries."""
    named_here = service.build is not None and service.image != original.image and not service.pull_policy
    return replace(service, pull_policy="never") if named_here else service


def isolation_of(name: str, *, keep: tuple[str, ...], is_here: bool) -> Isolation:
    """Return what is changed for a stack: free ports, on the loopback address if the engine is on this machine.

    `name` is what the images are called after that are built for stacks of this directory.
    """
    return Isolation(
        ports="ephemeral", host_ip=LOOPBACK if is_here else _EVERYWHERE, images="shared", image_project=name, keep=keep
    )
