"""Containers without a shell: what the archive API alone cannot do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from compose.base.errors import fail
from compose.engine import inside
from compose.engine.archive import looked_up
from compose.engine.port import Engine
from compose.watch import batch, helper
from compose.watch.container import Facts
from compose.watch.entry import Known

_GUARDED = 40
"""Up to so many directories are looked at before files go below them."""


def place_of(roots: Collection[str]) -> str:
    """Return where the helper goes: below a target."""
    return f"{min(roots)}/{batch.HELPER}"


def run(engine: Engine, facts: Facts, program: str, removals: Iterable[str], moves: Iterable[tuple[str, str]]) -> None:
    """Have the helper, which is there, remove and rename.

    Raises:
        ComposeError: it could not, or not all of it.
    """
    for command in helper.runs(program, removals, moves):
        body = {"Cmd": command, "User": "0", "AttachStdout": True, "AttachStderr": True}
        code = inside.run(engine, facts.id, body, lambda _line: None)
        if code:
            raise fail("watch-write-failed", f"cannot remove or rename in {facts.name} (status {code})")


def meets_link(engine: Engine, container: str, places: Iterable[str], roots: Iterable[str], index: Mapping[str, Known]) -> bool:
    """Whether a directory on the way to some places became a symlink; of very many that is believed not to have happened.

    Raises:
        EngineError: the engine refused.
    """
    found = [one for one in batch.directories(places, roots) if one in index and index[one].kind == "directory"]
    for directory in found if len(found) <= _GUARDED else ():
        state = looked_up(engine, container, directory)
        if state is not None and state.is_link:
            return True
    return False
