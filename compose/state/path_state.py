"""What an engine says of one path in a container (the header `X-Docker-Container-Path-Stat`)."""

from __future__ import annotations

from base64 import b64decode
from typing import Final

import msgspec

from compose.base.value import Value

_DIRECTORY: Final = 1 << 31
_LINK: Final = 1 << 27
_SPECIAL: Final = 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19
"""Bits of Go's `os.FileMode`: device, named pipe, socket, character device, irregular."""


class PathState(Value, frozen=True, kw_only=True):
    """A file, directory or link in a container; `target` is where a link points to."""

    is_directory: bool = False
    is_link: bool = False
    is_special: bool = False
    target: str = ""


class _Stat(msgspec.Struct):
    mode: int = 0
    link: str = msgspec.field(default="", name="linkTarget")


def path_state(header: str) -> PathState | None:
    """Return what the header tells, None when it is empty or no such header."""
    try:
        stat = msgspec.json.decode(b64decode(header), type=_Stat)
    except (ValueError, msgspec.DecodeError):
        return None
    return PathState(
        is_directory=bool(stat.mode & _DIRECTORY),
        is_link=bool(stat.mode & _LINK),
        is_special=bool(stat.mode & _SPECIAL),
        target=stat.link,
    )
