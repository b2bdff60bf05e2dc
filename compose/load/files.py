"""The only place where a file of a project is opened."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.place import Span

MAX_BYTES = 32 << 20
"""A file of more is refused before it is looked at."""

STDIN = "-"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Files:
    """Reads texts, each once; `shown` says how a path is named to the user."""

    def __init__(self, cwd: str, stdin: Callable[[], str] | None = None) -> None:
        self._cwd = cwd.rstrip("/") + "/"
        self._stdin = stdin
        self._texts: dict[str, str] = {}

    def shown(self, path: str) -> str:
        """Return a path as short as it can be said from the directory the user is in."""
        return path.removeprefix(self._cwd) or path

    def text(self, path: str, *, span: Span | None = None) -> str:
        """Return what the file at an absolute path, or standard input (`-`), holds.

        Raises:
            InvalidProject: it cannot be read, or is no text; `span` is where the file is named.
        """
        if path not in self._texts:
            self._texts[path] = self._read_stdin(span) if path == STDIN else _decode(path, _read(path, span), span)
        return self._texts[path]

    def _read_stdin(self, span: Span | None) -> str:
        if self._stdin is None:
            raise _refused("no-standard-input", "standard input is not available here", span)
        return self._stdin().removeprefix("\ufeff")


def _read(path: str, span: Span | None) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the one place that opens
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _refused("file-not-found", f"open {path}: no such file or directory", span) from error
    except IsADirectoryError as error:
        raise _refused("file-is-directory", f"read {path}: is a directory", span) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refused("file-unreadable", f"open {path}: {reason.lower()}", span) from error
    if len(data) > MAX_BYTES:
        raise _refused("file-too-large", f"{path} is larger than {MAX_BYTES >> 20} MiB", span)
    return data


def _decode(path: str, data: bytes, span: Span | None) -> str:
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save the file as UTF-8"
        raise _refused("bad-encoding", f"{path} is not text in UTF-8 (line {line})", span, hint) from error


def _refused(code: str, summary: str, span: Span | None, hint: str = "") -> InvalidProject:
    return InvalidProject(Diagnostic(severity="error", code=code, summary=summary, span=span, hint=hint))


def is_file(path: str) -> bool:
    """Tell whether something that is no directory is at `path`."""
    return os.path.exists(path) and not os.path.isdir(path)  # noqa: PTH110, PTH112 - paths here are text


def absolute(path: str, directory: str) -> str:
    """Return `path` as an absolute path, relative ones being below `directory`."""
    return os.path.normpath(os.path.join(directory, path))  # noqa: PTH118 - paths here are text


def in_home(path: str, home: str | None) -> str:
    """Return `path` with a leading `~` replaced by the home directory."""
    return path.replace("~", home, 1) if home and (path == "~" or path.startswith("~/")) else path
