"""Files into and out of containers, as tar archives."""

from __future__ import annotations

from collections.abc import Iterator

from compose.base import tar
from compose.base.errors import EngineError
from compose.engine.errors import NOT_FOUND, refused
from compose.engine.port import Call, Engine, Stream, path
from compose.payload.payloads import FileCopy
from compose.state.path_state import PathState, path_state

_TAR = "application/x-tar"
_STAT = "X-Docker-Container-Path-Stat"
_NO_FILE = "no such file or directory"


def packed(file: FileCopy) -> bytes:
    """Return a tar archive that holds one file at its absolute place.

    It ends with the two empty blocks that the format asks for and no more, because Podman stops reading there and
    then complains of what is left.
    """
    owner = max(file.uid, 0), max(file.gid, 0)
    size = len(file.content)
    head = tar.header(file.target.lstrip("/"), tar.FILE, mode=file.mode, size=size, owner=owner)
    return head + file.content + tar.padding(size) + tar.END


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
    call = Call(method="GET", path=path("/containers/{}/archive", container), query={"path": where})
    try:
        return engine.stream(call)
    except EngineError as error:
        if error.status == NOT_FOUND and _NO_FILE in error.message:  # Podman does not say which
            message = f"Could not find the file {where} in container {container}"
            raise refused(f"{call.method} {call.path}", NOT_FOUND, message) from error
        raise


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
