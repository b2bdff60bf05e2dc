"""What is published of a project: its files, with the paths in them made to fit, and what to ask the user before."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from compose.base.errors import ComposeError, fail
from compose.base.value import Value
from compose.build.artifact import Layer
from compose.model.project import Project
from compose.source.document import Map, Origin, mark_of
from compose.source.dump import dump
from compose.source.parse import parse
from compose.source.template import Outcome, substitute

DIGESTS = "image-digests.yaml"
"""The name of the layer that pins images."""

_REMOTE = ("oci://", "https://", "http://", "git://", "ssh://", "git@", "github.com/")
_ANCHOR = re.compile(r"&\S+\s+")
_SENSITIVE = re.compile(r"pass(word|wd|phrase)?|secret|token|api_?key|private_?key|credential|auth", re.IGNORECASE)
_LITERAL = re.compile(r"[^$]{1,}")
_SECRETS = {
    "AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "Github authentication": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36,}\b"),
    "JSON Web Token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    "Private Key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "URL with password": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@$]+:[^\s/@$]+@"),
}


class Question(Value, frozen=True, kw_only=True):
    """Something to be said yes to before publishing; the text is the peer's, without any secret's value."""

    key: str
    text: str


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class _Source:
    """A compose file that is published: its text and what is written in it, unresolved.

    `is_parent` = it is not one of the project's own, but holds services that others extend.
    """

    def __init__(self, file: str, directory: str, environment: Mapping[str, str], *, is_parent: bool = False) -> None:
        self.file = file
        self.is_parent = is_parent
        self.text = _read(file)
        self.documents = [one.data for one in parse(Origin(file, self.text)) if isinstance(one.data, dict)]
        self._directory = directory
        self._environment = environment

    def path(self, written: str) -> str:
        """Return the absolute path a value names, its variables filled in."""
        return os.path.normpath(Path(self._directory, substitute(written, self._environment.get, Outcome())))

    def services(self) -> Iterator[tuple[str, Map]]:
        """Yield the services by name."""
        for data in self.documents:
            for name, service in (data.get("services") or {}).items():
                if isinstance(service, Map):
                    yield name, service

    def env_files(self) -> Iterator[tuple[Any, str | int, str]]:
        """Yield where env files are named (what holds it, its key) and the text there."""
        for _, service in self.services():
            listed = service.get("env_file")
            if isinstance(listed, str):
                yield service, "env_file", listed
            for index, item in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(item, str):
                    yield listed, index, item
                elif isinstance(item, dict) and isinstance(item.get("path"), str):
                    yield item, "path", item["path"]

    def extended(self) -> Iterator[tuple[Any, str | int, str]]:
        """Yield where local files of extended services are named."""
        for _, service in self.services():
            extends = service.get("extends")
            file = extends.get("file") if isinstance(extends, dict) else None
            if isinstance(file, str) and not file.startswith(_REMOTE) and Path(self.path(file)).is_file():
                yield extends, "file", file

    def rewritten(self, suffixes: Mapping[str, str]) -> bytes:
        """Return the text in which local paths are names that tell nothing about this machine."""
        edits = {
            edit
            for kind, found in (("extends", self.extended()), ("env", self.env_files()))
            for container, key, written in found
            if (edit := self._edit(container, key, hidden_name(self.path(written), suffixes[kind]))) is not None
        }
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text.encode(errors="surrogateescape")

    def _edit(self, container: Any, key: str | int, name: str) -> _Edit | None:  # noqa: ANN401 - YAML data
        mark = mark_of(container, key)
        if mark is None:
            return None
        origin, _, where, _ = mark
        written = origin.raw(where)
        start = where >> 32
        anchor = _ANCHOR.match(written)
        return _Edit(start + (anchor.end() if anchor else 0), start + len(written), name)


_SUFFIXES = {"extends": ".yaml", "env": ".env"}


def hidden_name(path: str, suffix: str) -> str:
    """Return the name a local file has in an artifact."""
    return sha256(path.encode()).hexdigest() + suffix


def layers(project: Project, *, with_env: bool = False, digests: Mapping[str, str] | None = None) -> tuple[Layer, ...]:
    """Return the layers of a project's artifact: its files, what they extend, env files if asked for, pinned images.

    `digests` are the pinned references by service.

    Raises:
        ComposeError: a file cannot be read, or is standard input.
    """
    sources = _sources(project)
    found = [_file_layer(source) for source in sources]
    if with_env:
        env_files = dict.fromkeys(source.path(written) for source in sources for _, _, written in source.env_files())
        found += [_env_layer(path) for path in env_files if Path(path).is_file()]
    if digests:
        override = {"services": {name: {"image": reference} for name, reference in sorted(digests.items())}}
        found.append(Layer(name=DIGESTS, content=dump(override).encode()))
    return tuple(found)


def _sources(project: Project) -> list[_Source]:
    """Return the project's files and, behind them, the local files of services that they extend."""
    found: dict[str, _Source] = {}
    queue = [(file, project.directory, False) for file in project.files]
    while queue:
        file, directory, is_parent = queue.pop(0)
        if file in found:
            continue
        found[file] = source = _Source(file, directory, project.environment, is_parent=is_parent)
        parents = [source.path(written) for _, _, written in source.extended()]
        queue += [(parent, str(Path(parent).parent), True) for parent in parents]
    return list(found.values())


def refuse(project: Project) -> None:
    """Stop what cannot be published.

    Raises:
        ComposeError: `publish-local-include` or `publish-build-only`, with the peer's words.
    """
    for file in project.files:
        for data in _Source(file, project.directory, project.environment).documents:
            if any(not path.startswith(_REMOTE) for path in _included(data)):
                raise fail("publish-local-include", "cannot publish compose file with local includes")
    unnamed = [name for name, service in project.services.items() if service.build is not None and not service.image]
    if unnamed:
        listed = "\n".join(f'- "{name}"' for name in unnamed)
        raise fail(
            "publish-build-only",
            "your Compose stack cannot be published as it only contains a build section for service(s):",
            detail=listed,
            hint="give each of them an `image`, so that it can be pushed",
        )


def remote_includes(project: Project) -> tuple[str, ...]:
    """Return what a project's files include from elsewhere, as it is written there.

    Raises:
        ComposeError: a file cannot be read.
    """
    sources = (_Source(file, project.directory, project.environment) for file in project.files)
    found = (path for source in sources for data in source.documents for path in _included(data))
    return tuple(dict.fromkeys(path for path in found if path.startswith(_REMOTE)))


def questions(project: Project, *, with_env: bool = False) -> tuple[Question, ...]:
    """Return what the user must agree to: bind mounts, what looks like a secret, variables, contents of configs.

    Raises:
        ComposeError: a file cannot be read.
    """
    sources = _sources(project)
    found = (
        _about_mounts(project),
        _about_secrets(project, sources),
        None if with_env else _about_variables(sources),
        _about_configs(sources),
    )
    return tuple(question for question in found if question is not None)


def _about_mounts(project: Project) -> Question | None:
    lines = [
        f"{name}: {mount.source}:{mount.target}"
        for name, service in project.services.items()
        for mount in service.volumes
        if mount.type == "bind"
    ]
    return _question(
        "bind-mounts",
        "you are about to publish bind mounts declaration within your OCI artifact.\n"
        "only the bind mount declarations will be added to the OCI artifact (not content)\n"
        "please double check that you are not mounting potential user's sensitive directories or data",
        lines,
        "Are you ok to publish these bind mount declarations?",
    )


def _about_secrets(project: Project, sources: Iterable[_Source]) -> Question | None:
    env_files = (source.path(written) for source in sources for _, _, written in source.env_files())
    kept = (about.file for about in (*project.configs.values(), *project.secrets.values()) if about.file)
    lines = [
        f"{kind}: {file}:{number}"
        for file in dict.fromkeys((*(source.file for source in sources), *env_files, *kept))
        if Path(file).is_file()
        for number, line in enumerate(_read(file).splitlines(), 1)
        for kind, pattern in _SECRETS.items()
        if pattern.search(line)
    ]
    return _question(
        "sensitive-data",
        "you are about to publish sensitive data within your OCI artifact.\n"
        "please double check that you are not leaking sensitive data",
        lines,
        "Are you ok to publish these sensitive data?",
    )


def _about_variables(sources: Iterable[_Source]) -> Question | None:
    lines: list[str] = []
    for source in sources:
        for name, service in source.services():
            if service.get("env_file"):
                lines.append(f'  service "{name}": env_file declared')
            keys = sorted(_sensitive(service.get("environment")))
            if keys:
                listed = ", ".join(f'"{key}"' for key in keys)
                lines.append(f'  service "{name}": literal value for {listed}')
    return _question(
        "environment",
        "you are about to publish env-related declarations within your OCI artifact.\n"
        "env_file paths and literal values for sensitive-looking keys are embedded as-is in the published YAML;\n"
        'interpolated values like "${VAR}" are kept symbolic and have already been excluded.',
        sorted(set(lines)),
        "Use --with-env to silence this prompt and always publish env declarations.\n"
        "Are you ok to publish these env declarations?",
    )


def _about_configs(sources: Iterable[_Source]) -> Question | None:
    names = {
        name
        for source in sources
        for data in source.documents
        for name, config in (data.get("configs") or {}).items()
        if isinstance(config, dict) and _LITERAL.fullmatch(str(config.get("content") or ""))
    }
    return _question(
        "config-content",
        "you are about to publish literal inline config content within your OCI artifact.",
        [f'  config "{name}"' for name in sorted(names)],
        "Are you ok to publish these config contents?",
    )


def _question(key: str, opening: str, lines: list[str], closing: str) -> Question | None:
    return Question(key=key, text="\n".join([opening, *lines, closing])) if lines else None


def _sensitive(environment: Any) -> Iterator[str]:  # noqa: ANN401 - YAML data
    """Yield the variables that look secret and have their value in the file."""
    pairs: Iterable[tuple[str, Any]] = ()
    if isinstance(environment, dict):
        pairs = environment.items()
    elif isinstance(environment, list):
        pairs = (str(item).partition("=")[::2] for item in environment)
    for name, value in pairs:
        if value not in {None, ""} and _SENSITIVE.search(name) and _LITERAL.fullmatch(str(value)):
            yield name


def _included(data: Mapping[str, Any]) -> Iterator[str]:
    for item in data.get("include") or ():
        paths = item.get("path") if isinstance(item, dict) else item
        yield from (str(path) for path in (paths if isinstance(paths, list) else [paths]))


def _file_layer(source: _Source) -> Layer:
    content = source.rewritten(_SUFFIXES)
    if source.is_parent:
        return Layer(name=hidden_name(source.file, ".yaml"), content=content, kind="extends")
    return Layer(name=Path(source.file).name, content=content)


def _env_layer(path: str) -> Layer:
    return Layer(name=hidden_name(path, ".env"), content=_read(path).encode(errors="surrogateescape"), kind="env")


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: OSError) -> ComposeError:
    if file == "-":
        return fail("publish-standard-input", "a project from standard input cannot be published", hint="save it to a file first")
    return fail("publish-unreadable", f"cannot read `{file}`: {error.strerror}")
