"""What isolating a project takes and gives (see `compose.load.isolate`)."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from compose.base.value import Value
from compose.model.project import Project
from compose.model.service import Port


class Isolation(Value, frozen=True, kw_only=True):
    """How a copy is told apart.

    - `ports`: published host ports become others that stay the same from run to run (`stable`, given to `isolate`),
      free ones that the engine chooses (`ephemeral`), or are left alone (`keep`).
    - `host_ip`: where ephemeral ports are published ("" = where the file says).
    - `images`: images that are built get the copy's name (`own`), or all copies share those of the project `image_project`
      (`shared`).
    - `keep`: dotted paths of what is left alone, with everything below, shell patterns allowed: `services.web.ports`,
      `services.*.container_name`, `volumes.cache`.
    """

    ports: Literal["stable", "ephemeral", "keep"] = "stable"
    host_ip: str = ""
    images: Literal["own", "shared"] = "own"
    image_project: str = ""
    keep: tuple[str, ...] = ()

    def keeps(self, *path: str | int) -> bool:
        """Whether what stands at `path` is left alone."""
        dotted = ".".join(map(str, path))
        return any(fnmatchcase(dotted, one) or fnmatchcase(dotted, f"{one}.*") for one in self.keep)


class Wanted(Value, frozen=True, kw_only=True):
    """What has to be chosen for a copy: `count` consecutive host ports, or a subnet as long as `subnet`.

    `key` names it for good: `port/8080`, `subnet/front/0`.
    """

    key: str
    kind: Literal["port", "subnet"]
    count: int = 1
    subnet: str = ""


class Change(Value, frozen=True, kw_only=True):
    """One thing that the copy has otherwise than the files say; `note` adds what became of the old value."""

    path: tuple[str | int, ...]
    old: str
    new: str
    note: str = ""

    def __str__(self) -> str:
        where = ".".join(map(str, self.path))
        return f"{where}: {self.old} -> {self.new}" + (f" ({self.note})" if self.note else "")


class Shared(Value, frozen=True, kw_only=True):
    """One thing that copies have in common because it cannot be told apart; `what` says it in words."""

    path: tuple[str | int, ...]
    what: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.what}"


class Isolated(Value, frozen=True, kw_only=True):
    """The rewritten project, what was changed, and what all copies have in common nevertheless."""

    project: Project
    changes: tuple[Change, ...] = ()
    shared: tuple[Shared, ...] = ()


def port_key(port: Port) -> str:
    """Return the key of a published port: equal host ports of a project (tcp and udp, say) move together."""
    return f"port/{port.published}"


def port_range(published: str) -> range:
    """Return the numbers of `8080` or `8000-8010`."""
    first, _, last = published.partition("-")
    return range(int(first), int(last or first) + 1)
