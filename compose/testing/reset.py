"""Bringing services back to how they were when the stack was ready, as fast as each kind allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

from compose.base.errors import ComposeError, fail
from compose.model.service import Service, extension
from compose.testing.service import StackService
from compose.testing.snapshots import Snapshot
from compose.testing.volumes import places

if TYPE_CHECKING:
    from compose.testing.stack import Stack

EXTENSION = "x-reset"
_SCRIPT = """
u="${POSTGRES_USER:-postgres}"; d="${POSTGRES_DB:-$u}"
exec psql -q -X -v ON_ERROR_STOP=1 -U "$u" -d template1 -v db="$d" -v template="${d}__pristine" -f -
"""
_PSQL = ("sh", "-c", _SCRIPT)
_ALONE = """
ALTER DATABASE :"db" WITH ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :'db' \\g /dev/null
"""
_KEEP = (
    _ALONE
    + """
SELECT format('CREATE DATABASE %I TEMPLATE %I', :'template', :'db')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'template') \\gexec
ALTER DATABASE :"db" WITH ALLOW_CONNECTIONS true;
"""
)
_BRING_BACK = (
    _ALONE
    + """
DROP DATABASE :"db";
CREATE DATABASE :"db" TEMPLATE :"template";
"""
)


class Reset(Protocol):
    """A way to bring a service back."""

    def keep(self) -> None:
        """Remember how it is now."""
        ...

    def bring_back(self) -> None:
        """Make it so again."""
        ...


class Database:
    """PostgreSQL: the database is kept as a template, and made of it again; those who were connected are cut off."""

    def __init__(self, service: StackService) -> None:
        self._service = service

    def keep(self) -> None:
        """Make the template, if there is none."""
        self._service.exec(*_PSQL, input=_KEEP, check=True)

    def bring_back(self) -> None:
        """Drop the database, and make it of the template."""
        self._service.exec(*_PSQL, input=_BRING_BACK, check=True)


class Cache:
    """Redis and its like: everything is dropped."""

    def __init__(self, service: StackService, client: str) -> None:
        self._service = service
        self._command = ("sh", "-c", f'exec {client} ${{REDIS_PASSWORD:+-a "$REDIS_PASSWORD"}} FLUSHALL')

    def keep(self) -> None:
        """Do nothing: it is empty in the beginning."""

    def bring_back(self) -> None:
        """Drop everything."""
        self._service.exec(*self._command, check=True)


class Own:
    """What the file says in `x-reset`: a command that is run in the container."""

    def __init__(self, service: StackService, command: object) -> None:
        self._service = service
        words = command if isinstance(command, list | tuple) else ("sh", "-c", str(command))
        self._command = tuple(str(word) for word in words)

    def keep(self) -> None:
        """Do nothing: the command knows."""

    def bring_back(self) -> None:
        """Run it."""
        self._service.exec(*self._command, check=True)


class Volumes:
    """Anything with named volumes: these are brought back, and the containers are new ones."""

    def __init__(self, service: StackService) -> None:
        self._service = service
        self._snapshot: Snapshot | None = None

    def keep(self) -> None:
        """Keep what they hold."""
        self._snapshot = self._service.snapshot()

    def bring_back(self) -> None:
        """Bring it back."""
        if self._snapshot is None:
            raise not_kept(self._service.name)
        self._snapshot.restore()


class Recreation:
    """Anything else: the container is made anew."""

    def __init__(self, service: StackService) -> None:
        self._service = service

    def keep(self) -> None:
        """Do nothing: the file says how it begins."""

    def bring_back(self) -> None:
        """Make the container anew."""
        name, stack = self._service.name, self._service.stack
        stack.changing(lambda project: project.up(name, no_deps=True, force_recreate=True, probe=True, timeout=stack.timeout))
        self._service.wait(timeout=stack.timeout)


_BY_IMAGE: Mapping[str, Callable[[StackService], Reset]] = {
    "postgres": Database,
    "postgis": Database,
    "pgvector": Database,
    "timescaledb": Database,
    "redis": partial(Cache, client="redis-cli"),
    "valkey": partial(Cache, client="valkey-cli"),
    "keydb": partial(Cache, client="keydb-cli"),
}
"""Ways by the last part of an image's name."""


def ways(stack: Stack) -> dict[str, Reset]:
    """Return how each service with data is brought back."""
    model = stack.project.model
    found: dict[str, Reset] = {}
    for name in stack.services:
        service, handle = model.services[name], StackService(stack, name)
        command = extension(service, EXTENSION)
        if command:
            found[name] = Own(handle, command)
        elif _product(service) in _BY_IMAGE:
            found[name] = _BY_IMAGE[_product(service)](handle)
        elif places(model, [name]):
            found[name] = Volumes(handle)
    return found


def _product(service: Service) -> str:
    """Return the last part of an image's name: `postgres` of `registry.example/library/postgres:16`."""
    name = service.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return "timescaledb" if name.startswith("timescaledb") else name


def not_kept(name: str) -> ComposeError:
    """Return the error for a service of which nobody kept how it began."""
    hint = "give `reset=True` to `Stack`, or call `stack.keep_state()`"
    return fail("nothing-kept", f"nobody kept how `{name}` began", hint=hint)
