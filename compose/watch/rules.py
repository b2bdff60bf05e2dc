"""`develop.watch` of a project as rules that can be applied: filters, targets, actions. Source: watch sections 2 and 4."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError, fail
from compose.base.place import Span
from compose.model.develop import Hook, WatchRule
from compose.model.project import Project
from compose.model.service import Service
from compose.source.ignore import Ignore
from compose.watch.matching import EDITORS, GIT, Filter, Patterns

SYNCING = frozenset({"sync", "sync+restart", "sync+exec"})
_MAGIC = re.compile(r"[*?\[]")
_SIGNAL = "x-signal"

ReadText = Callable[[str], str | None]
"""Returns the text of a file, None when there is none."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a service; `number` counts from 1, as messages do.

    `path` is absolute and literal: the part of a glob before its first wild segment. `signal` is sent instead of a
    restart. `filter` decides which paths count.
    """

    service: str
    number: int
    action: str
    path: str
    target: str
    filter: Filter
    exec: Hook | None = None
    signal: str = ""
    span: Span | None = None

    @property
    def syncs(self) -> bool:
        """Whether files go into containers."""
        return self.action in SYNCING

    def place(self, path: str, *, is_file: bool) -> str:
        """Return where `path` (relative to the rule's, "" for itself) goes in a container; `is_file`: the rule's is one."""
        if path:
            return posixpath.join(self.target, path)
        if is_file and self.target.endswith("/"):
            return posixpath.join(self.target, posixpath.basename(self.path))
        return self.target.rstrip("/") or "/"

    def origin(self, place: str, *, is_file: bool) -> str | None:
        """Return which path goes to a place of a container, None when none does."""
        own = self.place("", is_file=is_file)
        if place == own:
            return ""
        base = self.target.rstrip("/") + "/"
        return place[len(base) :] if not is_file and place.startswith(base) else None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of all services, by service; `warnings` say which paths are left out."""

    of: dict[str, tuple[Rule, ...]]
    warnings: tuple[Diagnostic, ...] = ()

    def __iter__(self) -> Iterator[Rule]:
        for rules in self.of.values():
            yield from rules


def compile_rules(project: Project, read: ReadText, *, hint: str = "") -> Rules:
    """Return the rules of a project's selected services; `read` reads ignore files, `hint` helps when there are none.

    Raises:
        ComposeError: nothing is configured for watch, or rules that cannot be carried out (all of them together).
    """
    found: dict[str, tuple[Rule, ...]] = {}
    warnings: list[Diagnostic] = []
    wrong: list[Diagnostic] = []
    for name, service in project.services.items():
        rules: list[Rule] = []
        for index, rule in enumerate(service.develop.watch if service.develop else ()):
            span = project.span("services", name, "develop", "watch", index)
            try:
                _check(service, rule, span)
                mount = _bind_mount(service, rule)
                if mount:
                    warnings.append(_mounted(rule, span))
                else:
                    rules.append(_rule(service, index + 1, rule, span, read))
            except ComposeError as error:
                wrong.extend(error.diagnostics)
        if rules:
            found[name] = tuple(rules)
    if wrong:
        raise ComposeError(*wrong)
    if not found:
        raise fail("nothing-to-watch", f"none of the selected services is configured for watch, {hint}")
    return Rules(of=found, warnings=tuple(warnings))


def _rule(service: Service, number: int, rule: WatchRule, span: Span | None, read: ReadText) -> Rule:
    path, glob = split_glob(rule.path)
    where = f"rule {number} of {service.name}" + (f" ({span.file}:{span.line})" if span else "")
    ignored = [
        Patterns(path, Ignore([GIT]), "`.git` of a watched path"),
        Patterns(path, Ignore(EDITORS), "temporary files of editors"),
    ]
    if rule.ignore:
        ignored.append(Patterns(path, Ignore(rule.ignore, file=where), f"`ignore` of {where}"))
    build = _build_patterns(service, read)
    if build is not None:
        ignored.append(build)
    included = [Patterns(path, Ignore(rule.include, file=where), f"`include` of {where}")] if rule.include else []
    if glob:
        included.append(Patterns(path, Ignore([glob], file=where), f"`path` of {where}"))
    return Rule(
        service=service.name,
        number=number,
        action=rule.action,
        path=path,
        target=posixpath.normpath(rule.target) + ("/" if rule.target.endswith("/") else "") if rule.target else "",
        filter=Filter(path, ignored=ignored, included=included),
        exec=rule.exec,
        signal=str(rule.extensions.get(_SIGNAL) or ""),
        span=span,
    )


def split_glob(path: str) -> tuple[str, str]:
    """Return the literal beginning of a path and the pattern below it, "" when the path has no wild parts or exists."""
    if not _MAGIC.search(path) or Path(path).exists():
        return path, ""
    parts = path.split("/")
    first = next(index for index, part in enumerate(parts) if _MAGIC.search(part))
    return "/".join(parts[:first]) or "/", "/".join(parts[first:])


def ignore_files(service: Service) -> tuple[str, ...]:
    """Return the files that may hold the ignore patterns of a service's build, the first that exists counts."""
    build = service.build
    if build is None or not build.context.startswith("/"):
        return ()
    own = () if build.dockerfile_inline else (posixpath.join(build.context, build.dockerfile or "Dockerfile") + ".dockerignore",)
    return (*own, posixpath.join(build.context, ".dockerignore"))


def _build_patterns(service: Service, read: ReadText) -> Patterns | None:
    for file in ignore_files(service):
        text = read(file)
        if text is not None:
            assert service.build is not None
            return Patterns(posixpath.normpath(service.build.context), Ignore.parse(text, file=file), f"`{file}`")
    return None


def _check(service: Service, rule: WatchRule, span: Span | None) -> None:
    """Refuse what cannot work.

    Raises:
        ComposeError: it cannot.
    """
    if rule.action == "rebuild" and service.build is None:
        raise fail(
            "rebuild-without-build",
            f'can\'t watch service "{service.name}" with action rebuild without a build context',
            span=span,
        )
    if rule.action == "sync+exec" and (rule.exec is None or not rule.exec.command):
        summary = f'can\'t watch with action "sync+exec" on service {service.name} without a command'
        raise fail("exec-without-command", summary, span=span, hint="give `exec.command`")
    if posixpath.normpath(rule.path) == "/":
        raise fail("watch-root", "cannot watch root directory", span=span, hint="name a directory of your project")
    if rule.action in SYNCING and posixpath.normpath(rule.target) == "/":
        raise fail(
            "sync-to-root", "cannot sync to the root directory of a container", span=span, hint="name a directory below it"
        )


def _bind_mount(service: Service, rule: WatchRule) -> bool:
    """Whether what would be copied is a bind mount's source already."""
    if rule.action not in {"sync", "sync+restart"}:
        return False
    sources = [mount.source.rstrip("/") for mount in service.volumes if mount.type == "bind"]
    return any(rule.path == source or rule.path.startswith(source + "/") for source in sources)


def _mounted(rule: WatchRule, span: Span | None) -> Diagnostic:
    summary = f"path '{rule.path}' also declared by a bind mount volume, this path won't be monitored!"
    return Diagnostic(severity="warning", code="watch-path-mounted", summary=summary, span=span)
