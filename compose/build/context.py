"""A local build context: its directory, its Dockerfile wherever that lies, its ignore rules, and how it is sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from compose.base.errors import ComposeError, fail
from compose.build.archive import Extra, archive
from compose.build.tree import Entry, walk
from compose.model.build import Build
from compose.source.ignore import Ignore

IGNORE_FILE = ".dockerignore"
DEFAULT_NAME = "Dockerfile"


_REMEMBERED = 20_000
"""How many entries are kept for a second look at a context; they take about 10 MB."""


class Context:
    """A directory to build from.

    `name` is the Dockerfile's path in the context, "" when it is not part of it (inline, or elsewhere);
    `file` how messages call it. `ignore_file` is the path of the rules in force relative to the context, "" for none
    or for rules that lie outside.
    """

    def __init__(self, root: str, *, name: str, file: str, text: str, rules: tuple[Ignore, str]) -> None:
        self.root = root
        self.name = name
        self.file = file
        self.text = text
        self.ignore, self.ignore_file = rules
        self._entries: list[Entry] | None = None

    def entries(self) -> Iterator[Entry]:
        """Yield what the ignore rules leave; the second time what was seen the first time, unless that was a lot.

        Raises:
            ComposeError: `build-context-unreadable`.
        """
        if self._entries is not None:
            yield from self._entries
            return
        seen: list[Entry] = []
        for entry in walk(self.root, self.ignore):
            if len(seen) <= _REMEMBERED:
                seen.append(entry)
            yield entry
        if len(seen) <= _REMEMBERED:
            self._entries = seen


class Upload(NamedTuple):
    """A context as the classic builder takes it: `dockerfile` names the Dockerfile in the tar."""

    dockerfile: str
    blocks: Iterator[bytes]


def open_context(build: Build, root: str | None = None) -> Context:
    """Look at a local context; `root` stands in for `build.context` when that was fetched.

    Raises:
        ComposeError: `build-context-not-found`, `dockerfile-not-found` or `ignore-pattern-invalid`.
    """
    root = root or build.context
    if not Path(root).is_dir():
        raise fail("build-context-not-found", f'unable to prepare context: path "{root}" not found')
    if build.dockerfile_inline:
        return Context(root, name="", file="dockerfile_inline", text=build.dockerfile_inline, rules=_rules(root, None))
    file = Path(root, build.dockerfile or DEFAULT_NAME)
    text = _read_dockerfile(file, root, build.dockerfile or DEFAULT_NAME)
    return Context(root, name=_inside(file, root), file=str(file), text=text, rules=_rules(root, file))


def upload(context: Context) -> Upload:
    """Return the tar of a context.

    The Dockerfile and `.dockerignore` reach the engine whatever the rules say, but only what the rules leave reaches
    `COPY`: the engine takes away the two files that the sent `.dockerignore` names. So a Dockerfile that the sent
    rules would not leave, or that is no part of the context, travels under a name made from its content (the same
    content is the same to the engine's cache), with a `.dockerignore` that names just that.
    """
    entries = context.entries()
    own = context.name and not context.ignore.ignores(context.name) and context.ignore_file in {"", IGNORE_FILE}
    if own:
        return Upload(context.name, archive(entries))
    content = context.text.encode(errors="surrogateescape")
    name = f".dockerfile.{sha256(content).hexdigest()[:20]}"
    visible = Path(context.root, IGNORE_FILE).is_file() and not context.ignore.ignores(IGNORE_FILE)
    removed = [name] if visible else [name, IGNORE_FILE]
    extras = [
        Extra(path=name, content=content),
        Extra(path=IGNORE_FILE, content="".join(f"{path}\n" for path in removed).encode()),
    ]
    return Upload(name, archive(entries, extras))


def _rules(root: str, dockerfile: Path | None) -> tuple[Ignore, str]:
    """Return the rules in force: those beside the Dockerfile under its name, else those of the context."""
    candidates = [Path(root, IGNORE_FILE)]
    if dockerfile is not None:
        candidates.insert(0, dockerfile.with_name(f"{dockerfile.name}.dockerignore"))
    for file in candidates:
        try:
            text = file.read_text(encoding="utf-8", errors="surrogateescape")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        except OSError as error:
            raise fail("build-context-unreadable", f"cannot read `{file}`: {error.strerror}") from error
        return Ignore.parse(text, file=str(file)), _inside(file, root)
    return Ignore(()), ""


def _read_dockerfile(file: Path, root: str, named: str) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _no_dockerfile(file, root, named) from error
    except OSError as error:
        raise fail("dockerfile-unreadable", f"failed to read dockerfile: open {named}: {error.strerror}") from error


def _no_dockerfile(file: Path, root: str, named: str) -> ComposeError:
    try:
        others = sorted(name for name in os.listdir(file.parent) if "dockerfile" in name.lower() and not name.endswith("ignore"))  # noqa: PTH208 - names are all that is wanted
    except OSError:
        others = []
    there = ", ".join(f"`{name}`" for name in others)
    return fail(
        "dockerfile-not-found",
        f"failed to read dockerfile: open {named}: no such file or directory",
        detail=f"looked for {file}",
        hint=f"`dockerfile:` names a file; there is {there}" if there else f"`dockerfile:` is relative to the context, {root}",
    )


def _inside(file: Path, root: str) -> str:
    """Return the path of `file` in the context with `/`, "" when it, or what it links to, lies elsewhere."""
    base = os.path.realpath(root)
    if not os.path.realpath(file).startswith(os.path.join(base, "")):  # noqa: PTH118 - a trailing separator is wanted
        return ""
    path = os.path.relpath(Path(os.path.realpath(file.parent), file.name), base).replace(os.sep, "/")
    return "" if path.startswith("../") else path
