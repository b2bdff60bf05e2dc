"""`x-seed` volumes: what they hold in the beginning is made once, kept on this machine, and put into every new stack.

    volumes:
      db-data:
        x-seed:
          command: psql -U app -f /seed/schema.sql   # run in the service that mounts it, once that is ready
          inputs: [./seed]                           # files and directories that decide what comes of it

What was kept counts for as long as the declaration, its inputs and the service's image, environment and command stay.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from compose.base.errors import fail
from compose.base.value import Value
from compose.engine.endpoint import state_directory
from compose.model.project import Project
from compose.testing.snapshots import container_of, fill_new
from compose.testing.volumes import Place, places, save

if TYPE_CHECKING:
    from compose.testing.stack import Stack

EXTENSION = "x-seed"
_KEYS = frozenset({"command", "inputs", "service"})


class Seed(Value, frozen=True, kw_only=True):
    """A volume with a seed: where it is mounted, what fills it, and the file that keeps what came of it."""

    place: Place
    command: tuple[str, ...] = ()
    file: str

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.file)


def seeds(project: Project, environ: Mapping[str, str]) -> tuple[Seed, ...]:
    """Return the seeds of a project's volumes.

    Raises:
        ComposeError: a declaration that makes no sense, or inputs that are not there.
    """
    found = []
    for place in places(project):
        declared = project.volumes[place.key].extensions.get(EXTENSION)
        if declared is not None:
            found.append(_seed(project, place, declared, state_directory(environ) / "seeds"))
    return tuple(found)


def plant(stack: Stack, found: Sequence[Seed]) -> tuple[Seed, ...]:
    """Fill the volumes whose seeds are kept, before anything starts; return the seeds that are not kept yet."""
    kept = {seed.place: seed.path for seed in found if seed.path.exists()}
    if kept:
        fill_new(stack, kept)
    return tuple(seed for seed in found if seed.place not in kept)


def harvest(stack: Stack, found: Sequence[Seed]) -> None:
    """Run what fills the volumes, stop their services, keep what the volumes hold, and start the services again."""
    for seed in found:
        if seed.command:
            stack[seed.place.service].exec(*seed.command, check=True)
    names = tuple(dict.fromkeys(seed.place.service for seed in found))
    stack.changing(lambda project: project.stop(*names))
    for seed in found:
        seed.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = seed.path.with_suffix(f".{os.getpid()}")
        save(stack.project.engine, container_of(stack, seed.place), seed.place.target, unfinished)
        unfinished.replace(seed.path)
    for name in names:
        stack[name].start(timeout=stack.timeout)


def _seed(project: Project, place: Place, declared: object, directory: Path) -> Seed:
    if not isinstance(declared, Mapping) or declared.keys() - _KEYS:
        raise fail(
            "bad-seed",
            f"`{EXTENSION}` of volume `{place.key}` is a mapping with `command`, `inputs` and `service`",
            span=project.span("volumes", place.key, EXTENSION),
        )
    service = str(declared.get("service") or place.service)
    place = next((one for one in places(project, [service]) if one.key == place.key), place)
    words = declared.get("command") or ()
    command = tuple(map(str, words)) if isinstance(words, list | tuple) else ("sh", "-c", str(words))
    digest = hashlib.sha256(msgspec.json.encode([place.target, command, _about(project, place)], order="sorted"))
    for text in declared.get("inputs") or ():
        for file in _files(project, place, Path(project.directory, str(text))):
            digest.update(
                f"\0{file.relative_to(project.directory) if file.is_relative_to(project.directory) else file}\0".encode()
            )
            digest.update(file.read_bytes())
    return Seed(place=place, command=command, file=str(directory / f"{digest.hexdigest()[:32]}.tar"))


def _about(project: Project, place: Place) -> dict[str, Any]:
    """Return what of a service decides what it makes of an empty volume."""
    service = project.services[place.service]
    return {
        "image": service.image,
        "environment": service.environment,
        "command": service.command,
        "entrypoint": service.entrypoint,
    }


def _files(project: Project, place: Place, where: Path) -> Iterator[Path]:
    if where.is_dir():
        yield from (file for file in sorted(where.rglob("*")) if file.is_file())
    elif where.exists():
        yield where
    else:
        span = project.span("volumes", place.key, EXTENSION, "inputs")
        raise fail("bad-seed", f"input `{where}` of volume `{place.key}` does not exist", span=span)
