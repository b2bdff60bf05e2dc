"""Bring Compose projects up on any Docker API endpoint, and tell what happens and why.

From Python (typed; nothing is printed, no program is started, no state is global):

    import compose

    with compose.load("compose.yaml") as project:   # a compose.Project; leaving the block closes connections only
        project.up(wait=True)
        print(project.url("web", 8000), project.exec("db", "pg_isready", check=True).stdout)
        project.down(volumes=True)

    with compose.load("compose.yaml").running(volumes=True) as project:     # up, and down after the block
        for line in project.logs("web", follow=True): ...

    print(compose.load("compose.yaml").plan())              # what `up` would do, and why; nothing is changed

What goes wrong is a `compose.ComposeError`: `InvalidProject` (files), `EngineUnreachable`, `EngineError` (it refused),
`CommandFailed` (`check=True`), `Cancelled`; its `diagnostics` say what, where, and what to do. Methods that change something
take `on_event`, which gets what the command line draws its progress from. They block, may be called from several threads
at once, and beside a running event loop: `await asyncio.to_thread(project.up)`. Another thread ends them with
`stop=Cancellation()` and its `cancel()`.

`compose.testing` has `Stack`, a copy of a project for tests, and the pytest plugin with the fixture `stack`.

How it is made: text becomes a Project; a Project and an Observed state become a Plan; an executor performs the Plan and
emits Events; everything a person or a program sees is folded from Events.

    text -source-> Document -load-> Project -graph-> order -payload-> API bodies -+
    engine -observe-> Observed ---------------------------------------------------+-plan-> Plan -execute-> Events -> view

Packages, lowest first; a package may import those below it, never those above or beside it:

    base                    diagnostics, errors, events, addresses, labels, units, clock
    model | state | source  what the files ask for | what an engine said | text with positions
    graph | payload         order of services | exact API bodies (pure)
    plan | health           decisions | readiness (pure: given time and observations)
    load | engine           files to Project | the only way to a Docker API
    build | watch           images: contexts, builders, registries | changes of files, carried into containers
    commands | view         one use case a file, no printing | everything printed
    api                     the Python API
    cli | testing           the command line | stacks for tests, the pytest plugin

Only `load`, `engine` and the edges above them do I/O; import contracts in `pyproject.toml` hold all of this.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from compose.base.version import __version__ as __version__

if TYPE_CHECKING:
    from compose.api.loading import load
    from compose.api.project import Project
    from compose.api.results import Address, CommandFailed
    from compose.base.diagnostics import Diagnostic
    from compose.base.errors import Cancelled, ComposeError, EngineError, EngineUnreachable, InvalidProject
    from compose.base.events import Event, LogLine
    from compose.commands.captured import Completed
    from compose.commands.stopping import Cancellation

__all__ = [
    "Address",
    "Cancellation",
    "Cancelled",
    "CommandFailed",
    "Completed",
    "ComposeError",
    "Diagnostic",
    "EngineError",
    "EngineUnreachable",
    "Event",
    "InvalidProject",
    "LogLine",
    "Project",
    "load",
]

_HOMES = {
    "compose.api.loading": ("load",),
    "compose.api.project": ("Project",),
    "compose.api.results": ("Address", "CommandFailed"),
    "compose.base.diagnostics": ("Diagnostic",),
    "compose.base.errors": ("Cancelled", "ComposeError", "EngineError", "EngineUnreachable", "InvalidProject"),
    "compose.base.events": ("Event", "LogLine"),
    "compose.commands.stopping": ("Cancellation",),
    "compose.commands.captured": ("Completed",),
}
"""Where public names live; a module is loaded when one of its names is asked for, so that the command line stays quick."""


def _public(name: str) -> object:
    """Return a public name, loading its module."""
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module  # noqa: PLC0415 - hardly any run of the command line asks

            return getattr(import_module(module), name)
    raise AttributeError(f"module `compose` has no attribute `{name}`")


if not TYPE_CHECKING:  # a type checker finds mistyped names only where there is none
    __getattr__ = _public


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


class _Package(ModuleType):
    """This module: `compose.load` is the function, although a package of that name lies below it."""

    @property
    def load(self) -> Any:  # noqa: ANN401 - the function's own type is above
        """Load a project (`compose.api.loading.load`)."""
        return _public("load")

    @load.setter
    def load(self, _package: ModuleType) -> None:
        """Leave the name to the function when the package is imported; `from compose.load import ...` does not need it."""


sys.modules[__name__].__class__ = _Package
