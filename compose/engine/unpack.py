"""A tar stream as files of this machine, written as it comes; what is in it is not trusted."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compose.base.errors import ComposeError, fail

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK: Final = 256 * 1024
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_DEVICES: Final = frozenset({tarfile.CHRTYPE, tarfile.BLKTYPE})


def unpack(chunks: Iterator[bytes], target: Path, *, has_root: bool, owner: bool = False) -> tuple[str, ...]:
    """Write the files of a tar stream, and return the names of devices that were left out.

    `has_root` = all names begin with that of the one thing that was asked for, which is to be `target`. Without it what
    the stream holds goes into the directory `target`. Modes and times are kept; owners with `owner`, where
    this process may give files away. Nothing is written through a link below the place where it all goes, and a
    directory never gives way to a file, nor the other way round.

    Raises:
        ComposeError: the stream is no tar, its names lead elsewhere, or something cannot be written.
    """
    writer = _Writer(target, has_root=has_root, owner=owner)
    try:
        source = io.BufferedReader(_Source(chunks), _BLOCK)
        with tarfile.open(fileobj=source, mode="r|", bufsize=_BLOCK, encoding="utf-8", errors="surrogateescape") as archive:
            while (member := archive.next()) is not None:
                writer.write(member, archive)
                archive.members.clear()  # type: ignore[attr-defined] # else every one is kept to the end
        writer.finish()
    except tarfile.TarError as error:
        raise fail("cannot-copy", f"what came is no tar archive: {error}") from error
    return tuple(writer.left_out)


class _Source(io.RawIOBase):
    """What comes, as a file to read from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        room = memoryview(buffer)
        taken = self._rest[: len(room)]
        room[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


class _Writer:
    def __init__(self, target: Path, *, has_root: bool, owner: bool) -> None:
        self._target = target
        self._has_root = has_root
        self._owner = owner and hasattr(os, "geteuid") and os.geteuid() == 0
        self._safe: set[Path] = {target}
        self._directories: list[tuple[Path, tarfile.TarInfo]] = []
        self._kinds: dict[bytes, Callable[[Path, tarfile.TarInfo], None]] = {
            tarfile.SYMTYPE: lambda path, member: path.symlink_to(member.linkname),
            tarfile.LNKTYPE: self._link,
            tarfile.FIFOTYPE: lambda path, _member: os.mkfifo(path),
        }
        self.left_out: list[str] = []

    def write(self, member: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        """Write one member; directories get their modes and times at the end, when they are full."""
        path = self._place(member.name)
        if member.type in _DEVICES:
            self.left_out.append(member.name)
            return
        try:
            self._enter(path)
            is_there = self._make_room(path, member)
            if member.isdir():
                if not is_there:
                    path.mkdir(0o700)
                self._safe.add(path)
                if path != self._target or self._has_root:
                    self._directories.append((path, member))
            elif member.type in self._kinds:
                self._kinds[member.type](path, member)
                self._settle(path, member)
            else:
                self._file(path, member, archive)
                self._settle(path, member)
        except OSError as error:
            raise unwritable(path, error) from error

    def finish(self) -> None:
        """Give directories their modes and times, the innermost first."""
        for path, member in reversed(self._directories):
            try:
                self._settle(path, member)
            except OSError as error:
                raise unwritable(path, error) from error

    def _place(self, name: str) -> Path:
        """Return where a member goes."""
        parts = [part for part in name.split("/") if part not in {"", "."}]
        if ".." in parts:
            raise fail("cannot-copy", f"the archive has a name that leads elsewhere: `{name}`")
        return self._target.joinpath(*(parts[1:] if self._has_root else parts))

    def _enter(self, path: Path) -> None:
        """Have the directories above `path`, none of them a link that leads elsewhere."""
        if path == self._target:
            return
        parent = path.parent
        if parent in self._safe:
            return
        self._enter(parent)
        with suppress(FileExistsError):
            parent.mkdir()
        if not stat.S_ISDIR(parent.lstat().st_mode):
            raise fail("cannot-copy", f"cannot copy into `{parent}`, which is no directory")
        self._safe.add(parent)

    def _make_room(self, path: Path, member: tarfile.TarInfo) -> bool:
        """Remove a file in the way; return whether there is a directory that stays."""
        try:
            is_directory = stat.S_ISDIR(path.lstat().st_mode)
        except FileNotFoundError:
            return False
        if is_directory and not member.isdir():
            raise fail("cannot-copy", f"cannot overwrite directory `{path}` with a file")
        if member.isdir() and not is_directory:
            raise fail("cannot-copy", f"cannot overwrite `{path}` with a directory")
        if not is_directory:
            path.unlink()
        return is_directory

    def _file(self, path: Path, member: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        content = archive.extractfile(member)
        with os.fdopen(os.open(path, _NEW, 0o600), "wb", buffering=0) as file:
            while content is not None and (data := content.read(_BLOCK)):
                left = memoryview(data)
                while left:
                    left = left[file.write(left) or 0 :]

    def _link(self, path: Path, member: tarfile.TarInfo) -> None:
        source = self._place(member.linkname)
        self._enter(source)
        os.link(source, path, follow_symlinks=False)

    def _settle(self, path: Path, member: tarfile.TarInfo) -> None:
        """Give a file its owner, mode and time."""
        if member.islnk():
            return
        if self._owner:
            os.chown(path, member.uid, member.gid, follow_symlinks=False)
        if not member.issym():
            path.chmod(member.mode & 0o7777)
        if not member.issym() or os.utime in os.supports_follow_symlinks:
            os.utime(path, (member.mtime, member.mtime), follow_symlinks=not member.issym())


def unwritable(path: Path, error: OSError) -> ComposeError:
    """Return the error for a file of this machine that cannot be written."""
    return fail("cannot-write", f"cannot write `{path}`: {(error.strerror or str(error)).lower()}")
