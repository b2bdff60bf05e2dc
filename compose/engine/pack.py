"""What `cp` sends: a file, a link or a directory of this machine as a tar stream."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from compose.base.errors import ComposeError, fail
from compose.base.packing import Member, Problems, gathered, packed


def pack(root: Path, name: str) -> Iterator[bytes]:
    """Yield a tar of the file, link or directory at `root`, in which it is called `name`; "" for a directory's contents.

    Owners are kept, for the rest see `packing`.

    Raises:
        ComposeError: something cannot be read.
    """
    return gathered(packed(_walk(root, name), Problems(unreadable, _shortened)))


def _walk(root: Path, name: str) -> Iterator[Member]:
    """Yield everything below and including `root`, directories first."""
    pending = [(root, name)]
    while pending:
        path, inside = pending.pop()
        try:
            status = path.lstat()
            children = sorted(path.iterdir(), reverse=True) if stat.S_ISDIR(status.st_mode) else []
        except OSError as error:
            raise unreadable(path, error) from error
        if inside:
            yield Member(inside, str(path), status, (status.st_uid, status.st_gid))
        pending += [(child, f"{inside}/{child.name}" if inside else child.name) for child in children]


def _shortened(file: str) -> ComposeError:
    return fail("cannot-copy", f"`{file}` became shorter while it was copied", hint="copy again")


def unreadable(path: Path | str, error: OSError) -> ComposeError:
    """Return the error for a file of this machine that cannot be read."""
    return fail("cannot-read", f"cannot read `{path}`: {(error.strerror or str(error)).lower()}")
