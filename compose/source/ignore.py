"""Which paths of a build context are left out: the language of `.dockerignore` files, pure.

Behaves as the walkers of both builders do: the last pattern that matches a path or one of its parents wins,
`!` takes back, `**` crosses directories, a leading `/` means nothing. Paths are relative, with `/`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from compose.base.errors import ComposeError, fail

Match = int
"""What is known of a directory when its entries are judged: one bit for each run of patterns that matched it."""

_TOKEN = re.compile(r"(?P<deep>\*\*/?)|\\(?P<literal>.)|\[(?P<sense>\^?+)(?P<set>(?:\\.|[^\\\]])+)\]|(?P<char>.)", re.DOTALL)
_RANGE = re.compile(r"(\\.|[^\\-])(?:-(\\.|[^\\-]))?", re.DOTALL)
_WILD = {"*": "[^/]*", "?": "[^/]"}


class _Run(NamedTuple):
    """Neighbouring patterns of the same sense; which of them matches makes no difference."""

    negated: bool
    pattern: re.Pattern[str]


class _Reach(NamedTuple):
    """How far down a `!` pattern can match: its segments, the last `None` when it goes to any depth."""

    segments: tuple[re.Pattern[str] | None, ...]

    def below(self, directory: tuple[str, ...]) -> bool:
        for name, segment in zip(directory, self.segments, strict=False):
            if segment is None:
                return True
            if not segment.fullmatch(name):
                return False
        return len(self.segments) > len(directory) or None in self.segments


class Ignore:
    """A compiled list of patterns. Immutable, safe to share between threads."""

    def __init__(self, patterns: Iterable[str], *, file: str = ".dockerignore") -> None:
        """Compile `patterns`, each as one line of an ignore file without comments.

        Raises:
            ComposeError: `ignore-pattern-invalid`, a pattern is malformed; `file` is named in it.
        """
        self.patterns = tuple(text for text in (_tidy(pattern) for pattern in patterns) if text)
        checked = [_split(text, file) for text in self.patterns]
        self._runs = tuple(
            _Run(negated, re.compile("|".join(_regex(body) for _, body in run), re.DOTALL))
            for negated, run in groupby(checked, key=lambda item: item[0])
        )
        self._reaches = tuple(_reach(body) for negated, body in checked if negated)

    @classmethod
    def parse(cls, text: str, *, file: str = ".dockerignore") -> Ignore:
        """Compile the text of an ignore file: lines that start with `#` are comments, a byte order mark is skipped.

        Raises:
            ComposeError: `ignore-pattern-invalid`, a pattern is malformed.
        """
        lines = text.removeprefix("\ufeff").splitlines()
        return cls([line for line in lines if not line.startswith("#")], file=file)

    def __bool__(self) -> bool:
        return bool(self._runs)

    @property
    def leaving_out(self) -> str:
        """A regular expression (for `fullmatch`, DOTALL) of all that is not `!`: where no parent is left out either, what
        it does not match is not left out.
        """
        return "|".join(run.pattern.pattern for run in self._runs if not run.negated)

    def ignores(self, path: str) -> bool:
        """Return whether `path` is left out, all its parents considered."""
        ignored, known = False, 0
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            ignored, known = self.judge("/".join(parts[:end]), known)
        return ignored

    def judge(self, path: str, parent: Match) -> tuple[bool, Match]:
        """Return whether `path` is left out, given what is known of its parent (0 at the root), and what to pass on.

        A run that the parent matched counts as matching; another is asked only where it can change the result,
        which is how the builders' walkers do it, with its consequences: after `a/b`, `!a` does not bring `a/b` back.
        """
        ignored, known = False, 0
        for index, run in enumerate(self._runs):
            bit = 1 << index
            if parent & bit or (run.negated is ignored and run.pattern.fullmatch(path)):
                known |= bit
                ignored = not run.negated
        return ignored, known

    def may_restore(self, directory: str) -> bool:
        """Return whether something below an ignored directory can be taken back by a `!` pattern."""
        parts = tuple(directory.split("/"))
        return any(reach.below(parts) for reach in self._reaches)


def _tidy(line: str) -> str:
    """Return a pattern in its shortest form, `""` for an empty line."""
    text = line.strip()
    sign = "!" if text.startswith("!") else ""
    body = text.removeprefix("!").strip() if sign else text
    if body:
        body = posixpath.normpath(body)
        body = "/" if body in {"/", "//"} else body.lstrip("/")
    return sign + body


def _split(text: str, file: str) -> tuple[bool, str]:
    negated = text.startswith("!")
    body = text.removeprefix("!")
    if not body:
        raise _invalid(text, file, 'illegal exclusion pattern: "!"')
    if any(token["char"] in {"[", "\\"} or not _is_set(token["set"]) for token in _TOKEN.finditer(body)):
        raise _invalid(text, file, "syntax error in pattern")
    return negated, body


def _is_set(content: str | None) -> bool:
    return content is None or "".join(match[0] for match in _RANGE.finditer(content)) == content


def _invalid(text: str, file: str, why: str) -> ComposeError:
    return fail("ignore-pattern-invalid", f"{why}: `{text}` in `{file}`", hint="put a `\\` before a `[` that is meant as it is")


def _reach(body: str) -> _Reach:
    segments: list[re.Pattern[str] | None] = []
    text = ""
    for token in _TOKEN.finditer(body + "/"):
        if token["deep"] or "/" in (token["set"] or ""):
            return _Reach((*segments, None))
        if token["char"] == "/":
            segments.append(re.compile(text, re.DOTALL))
            text = ""
        else:
            text += _piece(token)
    return _Reach(tuple(segments))


def _regex(body: str) -> str:
    """Return the regular expression (for `fullmatch`) of a pattern."""
    if body.startswith("**") and not re.search(r"[*?\[\\]", body[2:]):
        # Only a tail is given, which need not start at a name: `**file` matches `a/myfile`.
        tail = body[2:]
        return r"(?:.*/)?" + re.escape(tail[1:]) if tail.startswith("/") else ".*" + re.escape(tail)
    pieces = [_piece(token) for token in _TOKEN.finditer(body)]
    if body.endswith(("**", "**/")):
        pieces[-1] = ".*"
    return "".join(pieces)


def _piece(token: re.Match[str]) -> str:
    if token["deep"]:
        return "(?:.*/)?"
    if token["set"] is not None:
        return f"[{token['sense']}{''.join(_range(*item.groups()) for item in _RANGE.finditer(token['set']))}]"
    char = token["char"]
    return _WILD.get(char) or re.escape(char) if char else re.escape(token["literal"])


def _range(low: str, high: str | None) -> str:
    ends = [re.escape(end.removeprefix("\\")) for end in (low, high) if end]
    return "-".join(ends)
