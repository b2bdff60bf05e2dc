"""Files that are not here: Git repositories and artifacts named instead of a path (specification: loading, section 2.2).

A commit is fetched once, without its history, into a cache that Docker Compose shares.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.pattern import lazy_pattern
from compose.base.place import Span
from compose.base.value import Value

_GIT = lazy_pattern(r"https?://[^#]+\.git|ssh://[^#]+|git://[^#]+|[\w.-]+@[^/#:]+:[^#]+|github\.com/[^/#]+/[^#]+")
_COMMIT = lazy_pattern(r"[0-9a-f]{40}")
_OCI = "oci://"
_SWITCH = "COMPOSE_EXPERIMENTAL_GIT_REMOTE"
_OCI_SWITCH = "COMPOSE_EXPERIMENTAL_OCI_REMOTE"
_OFF = frozenset({"0", "f", "false"})
_SECONDS = 120
NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""File names a directory is searched for, in order."""


class GitReference(Value, frozen=True, kw_only=True):
    """A repository, what to check out of it (branch, tag, commit; empty = its default), and the file or directory."""

    url: str
    ref: str = ""
    subdirectory: str = ""


def parse_git(reference: str) -> GitReference | None:
    """Return `URL[#REF[:SUBDIRECTORY]]`, None for what is no Git reference."""
    url, _, fragment = reference.partition("#")
    if not ("@" in url or "://" in url or url.startswith("github.com/")) or not _GIT.fullmatch(url):
        return None
    ref, _, subdirectory = fragment.partition(":")
    return GitReference(url=f"https://{url}" if url.startswith("github.com/") else url, ref=ref, subdirectory=subdirectory)


def is_remote(reference: str) -> bool:
    """Tell whether `reference` names something that has to be fetched."""
    return reference.startswith(_OCI) or parse_git(reference) is not None


class Remote:
    """Fetches remote files; `environment` is the user's, for Git and to find the cache; `artifacts` fetches `oci://` ones."""

    def __init__(self, environment: Mapping[str, str], artifacts: Callable[[str], str] | None = None) -> None:
        self._artifacts = artifacts
        self._environment = {**environment, "GIT_TERMINAL_PROMPT": "0"}
        self._local: dict[str, str] = {}

    def local(self, reference: str, span: Span | None = None) -> str:
        """Return the path of the local copy of a remote file.

        Raises:
            InvalidProject: it cannot be had; `span` is where it is named.
        """
        if reference not in self._local:
            git = parse_git(reference)
            self._local[reference] = self._pull(reference, span) if git is None else self._fetch(reference, git, span)
        return self._local[reference]

    def _pull(self, reference: str, span: Span | None) -> str:
        if self._environment.get(_OCI_SWITCH, "true").lower() in _OFF:
            raise _failed("remote-disabled", f'OCI remote resource is disabled by "{_OCI_SWITCH}"', span, f"unset {_OCI_SWITCH}")
        if self._artifacts is None:
            hint = "pull the artifact and name its files"
            raise _failed("remote-not-supported", f"cannot load `{reference}`: OCI artifacts are not supported here", span, hint)
        return self._artifacts(reference)

    def _fetch(self, reference: str, git: GitReference, span: Span | None) -> str:
        if self._environment.get(_SWITCH, "true").lower() in _OFF:
            raise _failed("remote-disabled", f'git remote resource is disabled by "{_SWITCH}"', span, f"unset {_SWITCH}")
        commit = git.ref if _COMMIT.fullmatch(git.ref) else self._resolve(git, span)
        directory = os.path.join(self._cache(), commit)  # noqa: PTH118 - paths here are text
        if not os.path.isdir(directory):  # noqa: PTH112 - paths here are text
            self._clone(git, commit, directory, span)
        return _inside(directory, git.subdirectory, reference, span)

    def _cache(self) -> str:
        home = self._environment.get("HOME", "")
        base = self._environment.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")  # noqa: PTH118 - paths here are text
        return os.path.join(base, "docker-compose")  # noqa: PTH118 - paths here are text

    def _resolve(self, git: GitReference, span: Span | None) -> str:
        listed = self._git(["ls-remote", "--exit-code", "--", git.url, git.ref or "HEAD"], span)
        for line in listed.splitlines():
            commit = line.partition("\t")[0]
            if _COMMIT.fullmatch(commit):
                return commit
        raise _failed("remote-failed", f"cannot find `{git.ref}` in {git.url}", span, "look at the branch or tag after `#`")

    def _clone(self, git: GitReference, commit: str, directory: str, span: Span | None) -> None:
        partial = f"{directory}.{os.getpid()}"
        os.makedirs(partial, exist_ok=True)  # noqa: PTH103 - paths here are text
        try:
            self._git(["init", "--quiet"], span, directory=partial)
            self._git(["fetch", "--quiet", "--depth", "1", "--", git.url, commit], span, directory=partial)
            self._git(["checkout", "--quiet", "--detach", "FETCH_HEAD"], span, directory=partial)
            os.rename(partial, directory)  # noqa: PTH104 - paths here are text
        except OSError as error:
            if not os.path.isdir(directory):  # noqa: PTH112 - another process may have been first
                raise _failed("remote-failed", f"cannot keep {git.url}: {error}", span) from error
        finally:
            from shutil import rmtree  # noqa: PLC0415 - only here

            rmtree(partial, ignore_errors=True)

    def _git(self, arguments: Sequence[str], span: Span | None, *, directory: str | None = None) -> str:
        from subprocess import SubprocessError, run  # noqa: PLC0415 - most projects fetch nothing

        command = ["git", *arguments]
        try:
            done = run(  # noqa: S603 - the program is fixed, the reference stands after `--`
                command, cwd=directory, env=self._environment, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except (OSError, SubprocessError) as error:
            raise _failed("remote-failed", f"cannot run git: {error}", span, "install Git") from error
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
            hint = "look at the reference, and at what Git can reach"
            raise _failed("remote-failed", f"git {arguments[0]}: {reason}", span, hint)
        return done.stdout


def _inside(directory: str, subdirectory: str, reference: str, span: Span | None) -> str:
    """Return the file that a reference names in its checked-out repository, which it must not leave."""
    path = os.path.realpath(os.path.join(directory, subdirectory))  # noqa: PTH118 - paths here are text
    is_below = os.path.commonpath([path, os.path.realpath(directory)]) == os.path.realpath(directory)
    if subdirectory.startswith("/") or ".." in subdirectory.split("/") or not is_below:
        raise _failed("remote-outside", f"git subdirectory `{subdirectory}` must stay inside the repository", span)
    if not os.path.isdir(path):  # noqa: PTH112 - paths here are text
        return path
    for name in NAMES:
        if os.path.isfile(found := os.path.join(path, name)):  # noqa: PTH113, PTH118 - paths here are text
            return found
    raise _failed("file-not-found", f"no Compose file in `{reference}`", span, f"it is looked for as {', '.join(NAMES)}")


def _failed(code: str, summary: str, span: Span | None, hint: str = "") -> InvalidProject:
    return InvalidProject(Diagnostic(severity="error", code=code, summary=summary, span=span, hint=hint))
