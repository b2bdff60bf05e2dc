"""Build contexts that are no directory here: git repositories, archives in files, behind URLs or on standard input.

BuildKit fetches git repositories and archives itself; this is for the classic builder, as its own clients do it.
"""

from __future__ import annotations

import io
import itertools
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from msgspec.structs import replace

from compose.base.errors import ComposeError, fail
from compose.base.packing import BLOCK
from compose.base.pattern import lazy_pattern
from compose.base.value import Value
from compose.build.archive import Extra, archive
from compose.build.context import DEFAULT_NAME, Upload
from compose.build.kind import Kind
from compose.model.build import Build

_USER = lazy_pattern(r"(?<=://)[^@/\s]+@")
_COMMIT = lazy_pattern(r"[0-9a-f]{40}")
_MAGIC = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_USTAR = slice(257, 262)
_TIMEOUT = 60.0


class GitSource(Value, frozen=True, kw_only=True):
    """A directory of a git repository at a branch, tag or commit ("" = the default branch)."""

    url: str
    ref: str = ""
    directory: str = ""


def git_source(context: str) -> GitSource:
    """Take a git context apart: `URL#REF:DIRECTORY`."""
    url, _, fragment = context.partition("#")
    ref, _, directory = fragment.partition(":")
    return GitSource(url=f"https://{url}" if url.startswith("github.com/") else url, ref=ref, directory=directory.strip("/"))


def shown(text: str) -> str:
    """Return text that may hold URLs without the users and passwords in them."""
    return _USER.sub("", text)


def checkout(source: GitSource, cache: Path, environ: Mapping[str, str]) -> str:
    """Return a local copy of a git context, without its history; a commit that was fetched before is not fetched again.

    Raises:
        ComposeError: `git-missing`, `git-failed`, or `build-context-not-found` for the directory.
    """
    git = _Git(environ)
    commit = source.ref if _COMMIT.fullmatch(source.ref) else git.resolve(source)
    place = cache / "git" / sha256(source.url.encode()).hexdigest()[:32] / commit
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".fetch-") as temporary:
            work = Path(temporary, "work")
            git.fetch(source, commit, work)
            _settle(work, place)
    root = Path(os.path.realpath(place / source.directory))
    if not root.is_dir() or not root.is_relative_to(os.path.realpath(place)):
        raise fail(
            "build-context-not-found", f'unable to prepare context: path "{source.directory}" not found in `{shown(source.url)}`'
        )
    return str(root)


def fetched(build: Build, kind: Kind, stdin: Callable[[], IO[bytes]] | None) -> Upload:
    """Return the upload for an archive; plain text instead of an archive is taken for a Dockerfile alone.

    Raises:
        ComposeError: `build-context-unreachable`, `build-context-not-found`, or `dockerfile-not-in-archive` for a
            Dockerfile that is not part of the archive.
    """
    if build.dockerfile_inline:
        raise fail(
            "dockerfile-not-in-archive",
            f"`dockerfile_inline` cannot be added to the archive `{build.context}`",
            hint="the BuildKit builder can: install the `docker-buildx` plugin",
        )
    blocks = _blocks(_open(build.context, kind, stdin))
    head = next(blocks, b"")
    if head.startswith(_MAGIC) or head[_USTAR] == b"ustar":
        return Upload(build.dockerfile or DEFAULT_NAME, itertools.chain([head], blocks))
    text = b"".join((head, *blocks))
    return Upload(DEFAULT_NAME, archive((), [Extra(path=DEFAULT_NAME, content=text)]))


def unpacked(build: Build, kind: Kind, stdin: Callable[[], IO[bytes]] | None, place: Path) -> Build:
    """Return a build whose context, an archive here, lies unpacked in the directory `place`: buildx takes no other.

    Raises:
        ComposeError: `build-context-unreachable`, `build-context-not-found` or `build-context-unreadable`.
    """
    source = _open(build.context, kind, stdin)
    with source, io.BufferedReader(_Raw(source)) as content:
        head = content.peek(_USTAR.stop)[: _USTAR.stop]
        if not head.startswith(_MAGIC) and head[_USTAR] != b"ustar":
            (place / DEFAULT_NAME).write_bytes(content.read())
            return replace(build, context=str(place), dockerfile=DEFAULT_NAME)
        try:
            with tarfile.open(fileobj=content, mode="r|*") as archived:
                archived.extractall(place, filter="tar")  # keeps modes and links, refuses what would land elsewhere
        except (tarfile.TarError, TypeError, OSError, EOFError) as error:
            hint = "gzip, bzip2 and xz are understood"
            raise fail("build-context-unreadable", f"cannot unpack the archive `{build.context}`: {error}", hint=hint) from error
    return replace(build, context=str(place))


class _Raw(io.RawIOBase):
    """What is being read, as the standard library's buffers want it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _open(context: str, kind: Kind, stdin: Callable[[], IO[bytes]] | None) -> IO[bytes]:
    import urllib.error  # noqa: PLC0415 - with what it imports it takes 20 ms to load, and hardly any context is remote
    import urllib.request  # noqa: PLC0415 - likewise

    if kind == "stdin":
        if stdin is None:
            raise fail("build-context-not-found", "the build context is standard input, which is not there")
        return stdin()
    try:
        if kind == "archive":
            return Path(context).open("rb", buffering=0)
        answer: IO[bytes] = urllib.request.urlopen(context, timeout=_TIMEOUT)  # noqa: S310 - only http and https get here
    except urllib.error.HTTPError as error:
        raise fail(
            "build-context-unreachable", f"failed to GET {shown(context)} with status {error.code} {error.reason}"
        ) from error
    except urllib.error.URLError as error:
        raise fail("build-context-unreachable", f"unable to download remote context {shown(context)}: {error.reason}") from error
    except OSError as error:
        raise fail("build-context-unreachable", f"unable to open context {context}: {error.strerror or error}") from error
    return answer


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while block := source.read(BLOCK):
            yield block


def _settle(work: Path, place: Path) -> None:
    """Put a finished copy in its place; another run may have been faster."""
    shutil.rmtree(work / ".git")
    try:
        work.rename(place)
    except OSError:
        if not place.is_dir():
            raise


class _Git:
    """The git client, without questions and without the caller's repository."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        own = {name: value for name, value in environ.items() if not name.startswith("GIT_DIR")}
        self._environ = {**own, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

    def resolve(self, source: GitSource) -> str:
        """Return the commit a branch or tag stands for."""
        listed = self._run(source, "ls-remote", "--", source.url, source.ref or "HEAD").split("\n")
        found = {name: commit for commit, tab, name in (line.partition("\t") for line in listed) if tab}
        names = (f"refs/tags/{source.ref}^{{}}", f"refs/tags/{source.ref}", f"refs/heads/{source.ref}", source.ref or "HEAD")
        commit = next((found[name] for name in names if name in found), "")
        if not commit:
            raise fail("git-failed", f"`{shown(source.url)}` has no branch or tag `{source.ref}`")
        return commit

    def fetch(self, source: GitSource, commit: str, work: Path) -> None:
        """Put the files of a commit, submodules included, into a new directory."""
        self._run(source, "init", "--quiet", "--", str(work))
        at = ("-C", str(work))
        try:
            self._run(source, *at, "fetch", "--quiet", "--depth=1", "--", source.url, commit)
        except ComposeError:
            # Not every server gives out a commit that no branch ends at.
            self._run(
                source,
                *at,
                "fetch",
                "--quiet",
                "--",
                source.url,
                "+refs/heads/*:refs/remotes/origin/*",
                "+refs/tags/*:refs/tags/*",
            )
        self._run(source, *at, "checkout", "--quiet", "--detach", commit)
        self._run(source, *at, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1")

    def _run(self, source: GitSource, *arguments: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - arguments as a list, URLs behind `--`
                ["git", *arguments],  # noqa: S607 - the user's own git
                capture_output=True,
                env=self._environ,
                text=True,
                errors="replace",
                check=False,
            )
        except FileNotFoundError as error:
            raise fail(
                "git-missing", f"the build context `{shown(source.url)}` needs the `git` program, which is not there"
            ) from error
        if done.returncode:
            said = shown(done.stderr).strip() or f"git ended with {done.returncode}"
            summary = f"cannot fetch the build context `{shown(source.url)}`: {said.splitlines()[-1]}"
            raise fail("git-failed", summary, detail=said)
        return done.stdout
