"""What `run` is given on the command line, as the model has it."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from compose.base.errors import ComposeError, fail
from compose.load import short_port, short_volume
from compose.load.files import Files, absolute, in_home
from compose.load.shell_words import split
from compose.model.service import Port
from compose.model.storage import Mount
from compose.source.document import Map, Origin
from compose.source.dotenv import read
from compose.source.template import Outcome


def variables(given: Iterable[str], files: Sequence[str], known: Mapping[str, str], cwd: str) -> dict[str, str]:
    """Return the variables of `--env-from-file`, and over them those of `--env`; names without a value are left out.

    Raises:
        ComposeError: a file cannot be read.
    """
    found = Map()
    for name in files:
        path = str(Path(cwd) / name)
        problems = read(Origin(name, Files(cwd).text(path), via="env_file"), known.get, found, Outcome())
        if problems:
            raise ComposeError(*problems)
    values: dict[str, str] = {key: value for key, value in found.items() if value is not None}
    for entry in given:
        name, equals, value = entry.partition("=")
        if equals:
            values[name] = value
        elif name in known:
            values[name] = known[name]
    return values


def labels(given: Iterable[str]) -> dict[str, str]:
    """Return labels.

    Raises:
        ComposeError: one is not `KEY=VALUE`.
    """
    found: dict[str, str] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if not equals:
            raise fail("invalid-value", "label must be set as KEY=VALUE", hint=f"`--label {entry}=` sets an empty one")
        found[name] = value
    return found


def ports(given: Iterable[str]) -> tuple[Port, ...]:
    """Return the ports of `--publish`.

    Raises:
        ComposeError: one cannot be read.
    """
    found: list[Port] = []
    for text in given:
        try:
            found += [msgspec.convert(port, Port) for port in short_port.parse(text)]
        except ValueError as error:
            raise fail("invalid-port", f'invalid argument "{text}" for "-p, --publish" flag: {error}') from error
    return tuple(found)


def volumes(given: Iterable[str], *, cwd: str, home: str | None) -> tuple[Mount, ...]:
    """Return the mounts of `--volume`; paths are those of the current directory.

    Raises:
        ComposeError: one cannot be read.
    """
    found: list[Mount] = []
    for text in given:
        try:
            mount = short_volume.parse(text)
        except ValueError as error:
            raise fail("invalid-volume", f'invalid argument "{text}" for "-v, --volume" flag: {error}') from error
        if mount["type"] == "bind":
            mount["source"] = os.path.normpath(absolute(in_home(mount["source"], home), cwd))
        found.append(msgspec.convert(mount, Mount))
    return tuple(found)


def entrypoint(text: str | None) -> tuple[str, ...] | None:
    """Return the words of `--entrypoint`: None where it was not given, none where it is empty.

    Raises:
        ComposeError: a quote is left open.
    """
    if text is None:
        return None
    try:
        words, _ = split(text)
    except ValueError as error:
        raise fail("invalid-command", f'invalid argument "{text}" for "--entrypoint" flag: {error}') from error
    return tuple(words)
