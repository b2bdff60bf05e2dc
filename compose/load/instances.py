"""The name of a copy of a project: what `--instance` or COMPOSE_INSTANCE says, or what the git worktree tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.load.names import normal

if TYPE_CHECKING:
    from pathlib import Path

AUTO = "auto"
_DIGITS = 4


def copy_name(project: str, instance: str) -> str:
    """Return the project name of a copy; that of the project itself where there is no instance."""
    return f"{project}-{instance}" if instance else project


def resolve(given: str, project: str, directory: str) -> str:
    """Return the instance that is meant, "" for the project itself.

    `auto` is derived from the git worktree that holds `directory` (without one from the directory itself): its name,
    and some digits of its path, so that worktrees of one name differ and a worktree always gets the same. What the
    worktree's name has in common with the project's is left out.

    Raises:
        InvalidProject: the name that was given is not one.
    """
    if given != AUTO:
        _check(given)
        return given
    import hashlib  # noqa: PLC0415 - hardly any project is a copy
    from pathlib import Path  # noqa: PLC0415 - likewise

    top = _worktree(Path(directory).resolve())
    name = normal(top.name).removeprefix(project).strip("-_")
    digits = hashlib.sha256(str(top).encode()).hexdigest()[:_DIGITS]
    return f"{name}-{digits}" if name else digits


def _worktree(directory: Path) -> Path:
    """Return the top of the git worktree (`.git` is a directory there, or a file in linked ones and submodules)."""
    return next((parent for parent in (directory, *directory.parents) if (parent / ".git").exists()), directory)


def _check(name: str) -> None:
    if not name or normal(name) == name:
        return
    near = normal(name)
    raise InvalidProject(
        Diagnostic(
            severity="error",
            code="invalid-instance-name",
            summary=f'invalid instance name "{name}": it may have lower-case letters, digits, hyphens and underscores',
            hint=f"`{near}` would do" if near else "`auto` takes the name of the git worktree",
        )
    )
