"""Where copied files land: the rules of `docker cp` on existing and missing targets and trailing slashes."""

from __future__ import annotations

from compose.base.errors import fail
from compose.base.value import Value

CONTENTS = ""
"""The name of a source of which only what is in it is copied (`DIR/.`)."""


class Origin(Value, frozen=True, kw_only=True):
    """What is copied: `name` is the last part of its path as it was written, CONTENTS for what is in a directory."""

    name: str
    is_directory: bool


class Aim(Value, frozen=True, kw_only=True):
    """Where it is to go: `parent` and `name` are the parts of `path`; `ends_as_directory` = written with `/` at its end."""

    path: str
    parent: str
    name: str
    exists: bool
    is_directory: bool
    ends_as_directory: bool = False


class Landing(Value, frozen=True, kw_only=True):
    """Where it goes: into `directory`, which is there, under `name`; CONTENTS = straight into it."""

    directory: str
    name: str


def landing(origin: Origin, aim: Aim) -> Landing:
    """Return where the origin lands.

    Raises:
        ComposeError: it does not fit there.
    """
    if aim.exists and aim.is_directory:
        return Landing(directory=aim.path, name=origin.name)
    if aim.exists and origin.is_directory:
        raise fail("cannot-copy", f"cannot copy a directory to `{aim.path}`, which is a file")
    if aim.exists and aim.ends_as_directory:
        raise fail("cannot-copy", f"cannot copy to `{aim.path}/`: not a directory")
    if aim.ends_as_directory and not origin.is_directory:
        raise fail("cannot-copy", f"cannot copy to `{aim.path}/`: no such directory", hint="create it first, or leave `/` out")
    return Landing(directory=aim.parent, name=aim.name)
