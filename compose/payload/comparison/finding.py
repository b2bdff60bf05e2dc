"""What the parts of the comparison take and give."""

from __future__ import annotations

from typing import Any

from compose.base.place import Path
from compose.base.value import Value
from compose.state.observed import EngineFacts


class Finding(Value, frozen=True, kw_only=True):
    """One field that differs; `path` stands below the service, in the file's words.

    `doubtful` = it may be the engine's own doing (a default of the daemon, a limit the kernel does not know), which
    `inspect` cannot tell from an earlier wish.
    """

    path: Path
    old: Any = None
    new: Any = None
    doubtful: bool = False


class Case(Value, frozen=True, kw_only=True):
    """A container and the body it is compared with.

    - `inspect`: GET containers/{id}/json in Docker's dialect; `container_id` and `networks` (name to id) are its own.
    - `image`: the image's Config; None when unknown, or when the container is of another image.
    - `ids`: containers by service for namespaces and volumes that are shared; services left out are not checked.
    """

    body: dict[str, Any]
    inspect: dict[str, Any]
    container_id: str = ""
    networks: dict[str, str] = {}
    image: dict[str, Any] | None = None
    facts: EngineFacts = EngineFacts()
    ids: dict[str, str] = {}

    def wanted(self, *path: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what the body says at a path, None when nothing."""
        return at(self.body, path)

    def actual(self, *path: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what the container shows at a path, None when nothing."""
        return at(self.inspect, path)

    def default(self, field: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what the image's Config says, None when nothing or unknown."""
        return (self.image or {}).get(field)


def at(tree: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    """Return the value at a path of nested objects, None where it ends early."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def by_key(path: Path, wanted: dict[str, Any], actual: dict[str, Any], *, doubtful_extras: bool = False) -> list[Finding]:
    """Return a finding for each key whose values differ; extra keys may be doubtful."""
    found = []
    for key in sorted(wanted.keys() | actual.keys()):
        if key not in wanted:
            found.append(Finding(path=(*path, key), old=actual[key], doubtful=doubtful_extras))
        elif key not in actual or wanted[key] != actual[key]:
            found.append(Finding(path=(*path, key), old=actual.get(key), new=wanted[key]))
    return found
