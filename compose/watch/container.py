"""A container as watching needs to know it, and the roads into it."""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from compose.base.errors import EngineError
from compose.engine.archive import get, put
from compose.engine.errors import NOT_FOUND
from compose.engine.port import Call, Engine, path
from compose.state.observed import state_word
from compose.watch import owner, script
from compose.watch.owner import Ids
from compose.watch.shell import Shell

_NEEDED = frozenset({"dd", "tar", "mv", "rm", "chmod", "exact"})
_LISTING = frozenset({"find", "stat"})


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What an inspect call says of a container.

    `running`: its first process is there; while the engine waits to start one again, nothing can be run.
    `mounts` are the places of mounts of all kinds, `memory` those of tmpfs ones, which archives do not reach.
    """

    id: str
    name: str
    state: str = ""
    running: bool = False
    paused: bool = False
    user: str = ""
    image: str = ""
    read_only: bool = False
    mounts: tuple[str, ...] = ()
    memory: tuple[str, ...] = ()
    started: str = ""


def facts_from(answer: dict[str, Any]) -> Facts:
    """Return the facts out of an inspect answer."""
    state, config, host = answer.get("State") or {}, answer.get("Config") or {}, answer.get("HostConfig") or {}
    memory = [*(host.get("Tmpfs") or {})]
    memory += [mount["Target"] for mount in host.get("Mounts") or () if mount.get("Type") == "tmpfs"]
    return Facts(
        id=answer["Id"],
        name=str(answer.get("Name", "")).lstrip("/"),
        state=state_word(state.get("Status") or ""),
        running=bool(state.get("Running")) and not state.get("Restarting"),
        paused=bool(state.get("Paused")),
        user=config.get("User") or "",
        image=answer.get("Image") or "",
        read_only=bool(host.get("ReadonlyRootfs")),
        mounts=tuple(mount.get("Destination") or "" for mount in answer.get("Mounts") or ()),
        memory=tuple(posixpath.normpath(one) for one in memory),
        started=state.get("StartedAt") or "",
    )


def inspect(engine: Engine, container: str) -> Facts | None:
    """Look at a container; None when it is gone.

    Raises:
        EngineError: the engine refused.
    """
    try:
        return facts_from(engine.call(Call(method="GET", path=path("/containers/{}/json", container))))
    except EngineError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def image_seconds(engine: Engine, image: str) -> int:
    """Return when an image was made, in seconds since the epoch, 0 when that is not known."""
    try:
        made = engine.call(Call(method="GET", path=path("/images/{}/json", image))).get("Created") or ""
        return int(datetime.fromisoformat(f"{made[:19]}Z").timestamp())
    except (EngineError, ValueError):
        return 0


class Access:
    """The roads into one container: a shell that is kept open where there is one, and the archive API.

    `tools` are the programs that the shell has.
    """

    def __init__(self, engine: Engine, facts: Facts) -> None:
        self._engine = engine
        self.facts = facts
        self.shell: Shell | None = None
        self.tools: frozenset[str] = frozenset()
        if facts.running and not facts.paused:
            self._open_shell()

    @property
    def writes(self) -> bool:
        """Whether files can be written through the shell."""
        return self.shell is not None and self.tools >= _NEEDED

    @property
    def lists(self) -> bool:
        """Whether the shell can tell what there is."""
        return self.shell is not None and self.tools >= _LISTING

    @property
    def exact(self) -> bool:
        """Whether its `mv` can be told not to move into directories."""
        return "moves" in self.tools

    def put(self, data: bytes | Iterator[bytes]) -> None:
        """Unpack an archive at `/`.

        Raises:
            EngineError: the engine refused, or the connection broke.
        """
        self._engine.call(put(self.facts.id, data))

    def archive(self, place: str) -> io.BufferedReader | None:
        """Open the archive of a place; None when there is nothing.

        Raises:
            EngineError: the engine refused.
        """
        try:
            stream = get(self._engine, self.facts.id, place)
        except EngineError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        return io.BufferedReader(_Reader(stream.chunks()), 1 << 16)

    def owner(self) -> Ids:
        """Return whose the service's files are.

        Raises:
            EngineError: the engine refused.
        """
        user = self.facts.user
        if not owner.needs_lookup(user):
            return owner.ids(user)
        return owner.ids(user, self._text("/etc/passwd"), self._text("/etc/group"))

    def reaches(self, place: str) -> bool:
        """Whether archives reach a place."""
        return not self.facts.read_only and not any(place == one or place.startswith(one + "/") for one in self.facts.memory)

    def interrupt(self) -> None:
        """End a wait for the shell (from any thread)."""
        shell = self.shell
        if shell is not None:
            shell.close()

    def close(self) -> None:
        """Let go of the shell."""
        if self.shell is not None:
            self.shell.close()
            self.shell = None

    def _open_shell(self) -> None:
        try:
            self.shell = Shell(self._engine, self.facts.id, {"User": "0"})
            answer = self.shell.ask(script.PROBE.encode(), (script.PROBE_CONTENT,))
            self.tools = frozenset(answer.output.decode(errors="replace").split())
        except EngineError:
            self.close()  # there is no shell, or it cannot be run: the archive API is left

    def _text(self, place: str) -> str:
        opened = self.archive(place)
        if opened is None:
            return ""
        with opened, tarfile.open(fileobj=opened, mode="r|") as entries:
            for info in entries:
                content = entries.extractfile(info)
                if content is not None:
                    return content.read().decode(errors="replace")
        return ""


class _Reader(io.RawIOBase):
    """An answer's chunks as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - anything writable
        while not self._rest:
            try:
                self._rest = next(self._chunks)
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
