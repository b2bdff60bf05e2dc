"""What is remembered between runs: which places of a service's containers came from the host, and what each container has.

Without it a file that was deleted while nobody watched would stay in the container, because nothing could tell it from
one of the image's own. It lies with this tool's own state, never in a watched directory.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from compose.watch.entry import Known

_VERSION = 1
_CONTAINERS = 8
"""How many containers of a service are remembered."""


class Record(msgspec.Struct):
    """Of one service: `owned` are places the host had something for; `containers` maps ids to what they have there."""

    version: int = _VERSION
    owned: set[str] = msgspec.field(default_factory=set)
    containers: dict[str, dict[str, Known]] = msgspec.field(default_factory=dict)


class Records:
    """The records of a project's services on an engine, in a directory; one that cannot be used is done without."""

    def __init__(self, directory: Path, address: str, project: str) -> None:
        self._directory = directory / f"{project}-{hashlib.sha256(address.encode()).hexdigest()[:16]}"

    def load(self, service: str) -> Record:
        """Return what is known of a service; nothing when there is no record, or none that can be read."""
        try:
            record = msgspec.msgpack.decode(self._file(service).read_bytes(), type=Record)
        except (OSError, msgspec.MsgspecError):
            return Record()
        return record if record.version == _VERSION else Record()

    def save(self, service: str, record: Record) -> None:
        """Keep what is known of a service.

        Raises:
            OSError: it cannot be written.
        """
        while len(record.containers) > _CONTAINERS:
            del record.containers[next(iter(record.containers))]
        file = self._file(service)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(msgspec.msgpack.encode(record))
        fresh.replace(file)

    def _file(self, service: str) -> Path:
        return self._directory / f"{service}.watch"
