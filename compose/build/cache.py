"""What is remembered between runs: digests of files by their status, what images were built from, fetched contexts, and
versions of programs.

Everything here may be deleted at any time; a broken or missing entry only costs time or a less exact message.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from compose.base.value import Value

_DIRECTORY = "compose-reconciler"
_KEPT = 256
"""Manifests kept; the oldest go first."""

Stamp = tuple[int, int, int, int]
"""What changes when a file does: modification and status change in nanoseconds, size, inode."""

Kept = TypeVar("Kept")


class Manifest(Value, frozen=True, kw_only=True):
    """What an image was built from: digests of files by path and of settings by their path in the file, base image ids.

    Digests only: neither contents nor values of build arguments are kept. A base image that is not on the engine has
    the id "".
    """

    files: dict[str, str] = {}
    settings: dict[str, str] = {}
    bases: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """The digest of files and settings; base images are left out, since not every builder keeps them on the engine."""
        told = json.dumps([self.files, self.settings], sort_keys=True)
        return f"sha256:{sha256(told.encode()).hexdigest()}"


class Known(Value, frozen=True, kw_only=True):
    """The digest of a file that had this status."""

    stamp: Stamp
    digest: str


class KnownProgram(Value, frozen=True, kw_only=True):
    """The version of a program whose file had this status."""

    stamp: Stamp
    version: tuple[int, int]


def cache_directory(environ: Mapping[str, str]) -> Path:
    """Return where this tool keeps what it may lose: below XDG_CACHE_HOME, else `~/.cache`."""
    named = environ.get("XDG_CACHE_HOME", "")
    home = environ.get("HOME") or environ.get("USERPROFILE")
    base = Path(named) if named and Path(named).is_absolute() else Path(home) / ".cache" if home else Path.home() / ".cache"
    return base / _DIRECTORY


class Cache:
    """The files of the cache below one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def known_files(self, root: str) -> dict[str, Known]:
        """Return the file digests remembered for a context, by path."""
        return self._read("files", _key(root), dict[str, Known]) or {}

    def keep_files(self, root: str, known: Mapping[str, Known]) -> None:
        """Remember the file digests of a context."""
        self._write("files", _key(root), known)

    def manifest(self, digest: str) -> Manifest | None:
        """Return what the inputs with this digest were, None when it is not remembered."""
        return self._read("builds", digest.removeprefix("sha256:"), Manifest)

    def keep_manifest(self, digest: str, manifest: Manifest) -> None:
        """Remember what the inputs with this digest are."""
        self._write("builds", digest.removeprefix("sha256:"), manifest)
        self._prune("builds")

    def version(self, program: str, mark: Stamp) -> tuple[int, int] | None:
        """Return the version of a program, None when it is not remembered or its file has changed."""
        known = self._read("programs", _key(program), KnownProgram)
        return known.version if known is not None and known.stamp == mark else None

    def keep_version(self, program: str, mark: Stamp, version: tuple[int, int]) -> None:
        """Remember the version of a program."""
        self._write("programs", _key(program), KnownProgram(stamp=mark, version=version))

    def _read(self, kind: str, key: str, type_: type[Kept]) -> Kept | None:
        try:
            return msgspec.json.decode((self.directory / kind / f"{key}.json").read_bytes(), type=type_)
        except (OSError, msgspec.MsgspecError):
            return None  # not there, or not to be trusted

    def _write(self, kind: str, key: str, value: object) -> None:
        """Write a file whole or not at all; a cache that cannot be written is no reason to fail."""
        folder = self.directory / kind
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = folder / f".{key}.{os.getpid()}.{threading.get_ident()}"
            with unfinished.open("wb") as file:
                file.write(msgspec.json.encode(value))
            unfinished.replace(folder / f"{key}.json")
        except OSError:
            return

    def _prune(self, kind: str) -> None:
        try:
            files = sorted((self.directory / kind).glob("*.json"), key=lambda file: file.stat().st_mtime)
            for file in files[:-_KEPT]:
                file.unlink(missing_ok=True)
        except OSError:
            return  # another run is pruning too


def stamp(status: os.stat_result) -> Stamp:
    """Return what tells one state of a file from another."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _key(text: str) -> str:
    return sha256(os.fsencode(text)).hexdigest()
