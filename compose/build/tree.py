"""The entries of a directory that belong to a build context, in a stable order.

One walk serves the upload and the digest, so what is compared is what is sent.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from compose.base.errors import ComposeError, fail
from compose.source.ignore import Ignore, Match


class Entry(NamedTuple):
    """A file, directory, symlink or special file: `path` relative with `/`, `file` where it lies, `status` its lstat."""

    path: str
    file: str
    status: os.stat_result

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory itself, not a link to one."""
        return stat.S_ISDIR(self.status.st_mode)


def walk(root: str, ignore: Ignore) -> Iterator[Entry]:
    """Yield what the rules leave below `root`, parents before children, names in byte order.

    An ignored directory is entered only where a `!` pattern can match below it; it is then yielded when the first
    entry below it is. Symlinks are not followed. Sockets are left out, as every builder does.

    Raises:
        ComposeError: `build-context-unreadable`, an entry cannot be listed.
    """
    for entry, held in _level(root, "", 0, ignore):
        yield from held
        yield entry


def _level(directory: str, prefix: str, known: Match, ignore: Ignore) -> Iterator[tuple[Entry, list[Entry]]]:
    """Yield each entry below `directory` with the ignored parents that must come before it."""
    for name, child in _listing(directory):
        path = prefix + name
        ignored, match = ignore.judge(path, known)
        if ignored and not (child.is_dir(follow_symlinks=False) and ignore.may_restore(path)):
            continue
        entry = _entry(path, child)
        if entry is None:
            continue
        held = [entry] if ignored else []
        if not ignored:
            yield entry, []
        if entry.is_directory:
            for below, parents in _level(child.path, path + "/", match, ignore):
                yield below, held + parents
                held = []


def _listing(directory: str) -> list[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(directory) as found:
            return sorted(((entry.name, entry) for entry in found), key=lambda pair: os.fsencode(pair[0]))
    except OSError as error:
        raise unreadable(directory, error) from error


def _entry(path: str, child: os.DirEntry[str]) -> Entry | None:
    try:
        status = child.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None  # gone since it was listed: editors do that all the time
    except OSError as error:
        raise unreadable(child.path, error) from error
    return None if stat.S_ISSOCK(status.st_mode) else Entry(path, child.path, status)


def unreadable(file: str, error: OSError) -> ComposeError:
    """Return the error for a part of a context that cannot be read."""
    if isinstance(error, PermissionError):
        summary = f"error checking context: no permission to read from `{file}`"
        return fail("build-context-unreadable", summary, hint="leave it out with a line in `.dockerignore`")
    return fail("build-context-unreadable", f"error checking context: `{file}`: {error.strerror}")
