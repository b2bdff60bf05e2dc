"""Relative paths of a model to absolute ones, and `~` to the home directory."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import partial
from typing import Any

from compose.base.pattern import lazy_pattern
from compose.base.place import Path
from compose.load.rules import Findings, Node, Rule, fields, items, values
from compose.source.document import Mark

_REMOTE_CONTEXT = ("https://", "http://", "git://", "ssh://", "github.com/", "git@")
_WINDOWS_ABSOLUTE = lazy_pattern(r"[a-zA-Z]:[\\/]|[\\/]{2}[^\\/]+[\\/]+[^\\/]+")


def resolve(data: dict[str, Any], directory: str, home: str | None) -> dict[str, Any]:
    """Make the paths of a canonical tree absolute, in place, and return it.

    `directory` is the absolute directory of the model, `home` the user's, None when unknown (`~` then stays).
    Symbolic links of watched paths are followed; nothing else looks at the file system.
    """
    _rules(directory, home)(data, None, (), Findings())
    return data


def absolute(path: str, directory: str, home: str | None) -> str:
    """Return `path` as an absolute one; `~` and `~/x` are the home directory's, an empty path stays."""
    path = expand(path, home)
    return path if not path or path.startswith("/") else join(directory, path)


def host_path(path: str, directory: str, home: str | None) -> str:
    """Return a path on the engine's host as an absolute one; those that are absolute on Windows stay."""
    path = expand(path, home)
    return path if path.startswith("/") or _WINDOWS_ABSOLUTE.match(path) else join(directory, path)


def expand(path: str, home: str | None) -> str:
    """Return `path` with `~` at its start replaced by the home directory."""
    return join(home, path[1:]) if path.startswith("~") and home is not None else path


def join(directory: str, path: str) -> str:
    """Return `path` below `directory`, without `.`, `..` and doubled slashes."""
    joined = posixpath.normpath(f"{directory}/{path}")
    return joined[1:] if joined.startswith("//") else joined


def is_remote_context(context: str) -> bool:
    """Tell whether a build context is not a directory here: a URL, a Git reference, an image or a service."""
    return "://" in context or context.startswith(("service:", *_REMOTE_CONTEXT))


def _context(path: str, directory: str, home: str | None) -> str:
    return path if is_remote_context(path) else absolute(path, directory, home)


def _watched(path: str, directory: str, home: str | None) -> str:
    from pathlib import Path as FilePath  # noqa: PLC0415 - few projects are watched

    found = absolute(path, directory, home)
    for part in reversed(FilePath(found).parents):
        if part.is_symlink():
            return str(part.resolve()) + found.removeprefix(str(part))
    link = FilePath(found)
    return str(link.resolve()) if found and link.is_symlink() else found


def _text(change: Callable[[str], str]) -> Rule:
    def apply(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
        return change(value) if isinstance(value, str) else value

    return apply


def _mount(change: Rule) -> Rule:
    """Bind mounts only: their source is a path of the host."""
    source = fields({"source": change})

    def apply(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
        is_bind = isinstance(value, dict) and value.get("type") == "bind"
        return source(value, mark, path, findings) if is_bind else value

    return apply


def _volume(change: Rule) -> Rule:
    """A volume of the local driver that is a bind mount in truth: its device is a path of the host."""
    device = fields({"driver_opts": fields({"device": change})})

    def apply(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
        options = value.get("driver_opts") if isinstance(value, dict) and value.get("driver") == "local" else None
        is_bind = isinstance(options, dict) and options.get("o") == "bind"
        return device(value, mark, path, findings) if is_bind else value

    return apply


def _rules(directory: str, home: str | None) -> Rule:
    path, host, context, watched = (
        _text(partial(change, directory=directory, home=home)) for change in (absolute, host_path, _context, _watched)
    )
    service = {
        "build": fields({"context": context, "additional_contexts": values(context), "ssh": values(host)}),
        "develop": fields({"watch": items(fields({"path": watched}))}),
        "env_file": items(fields({"path": path})),
        "label_file": items(path),
        "volumes": items(_mount(host)),
    }
    file = values(fields({"file": host}))
    return fields({"services": values(fields(service)), "configs": file, "secrets": file, "volumes": values(_volume(host))})
