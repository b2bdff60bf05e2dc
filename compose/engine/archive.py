"""Files into and out of containers, as tar archives."""

from __future__ import annotations

import io
from collections.abc import Iterator

from compose.base.errors import EngineError
from compose.engine.errors import NOT_FOUND
from compose.engine.port import Call, Engine, Stream, path
from compose.payload.payloads import FileCopy
from compose.state.path_state import PathState, path_state

_TAR = "application/x-tar"
_STAT = "X-Docker-Container-Path-Stat"


def packed(file: FileCopy) -> bytes:
    """Return a tar archive that holds one file at its absolute place.

    It ends with the two empty blocks that the format asks for and no more, because Podman stops reading there and
    then complains of what is left.
    """
    import tarfile  # noqa: PLC0415 - few plans copy files

    buffer = io.BytesIO()
    info = tarfile.TarInfo(file.target.lstrip("/"))
    info.size = len(file.content)
    info.mode = file.mode
    info.uid, info.gid = max(file.uid, 0), max(file.gid, 0)
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(info, io.BytesIO(file.content))
        end = archive.offset + 2 * tarfile.BLOCKSIZE
    return buffer.getvalue()[:end]


def put(
    container: str, data: bytes | Iterator[bytes], *, where: str = "/", keep_owner: bool = False, keep_directories: bool = False
) -> Call:
    """Return the call that unpacks a tar archive in a container (PUT containers/{id}/archive).

    With `keep_owner` files get the owners of the archive; with `keep_directories` a file never replaces a directory,
    nor the other way round.
    """
    query = {
        "path": where,
        "noOverwriteDirNonDir": True if keep_directories else None,
        "copyUIDGID": True if keep_owner else None,
    }
    return Call(method="PUT", path=path("/containers/{}/archive", container), query=query, data=data, content_type=_TAR)


def get(engine: Engine, container: str, where: str) -> Stream:
    """Open the tar archive of a file or directory in a container (GET containers/{id}/archive).

    Raises:
        EngineError: there is no such path or container.
    """
    return engine.stream(Call(method="GET", path=path("/containers/{}/archive", container), query={"path": where}))


def looked_up(engine: Engine, container: str, where: str) -> PathState | None:
    """Return what a path in a container is, a link not followed; None when nothing is there (HEAD containers/{id}/archive).

    Raises:
        EngineError: the engine cannot tell.
    """
    try:
        with engine.stream(Call(method="HEAD", path=path("/containers/{}/archive", container), query={"path": where})) as stream:
            return path_state(stream.header(_STAT))
    except EngineError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def is_directory(stream: Stream) -> bool:
    """Return whether an archive that `get` opened is of a directory."""
    state = path_state(stream.header(_STAT))
    return state is not None and state.is_directory
