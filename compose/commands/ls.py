"""`ls`: the projects that have containers on the engine."""

from __future__ import annotations

import re

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.session import Session
from compose.state.observed import ContainerState
from compose.state.parse import container_from_list


class LsOptions(Value, frozen=True, kw_only=True):
    """Options of ls; `filter` is KEY=VALUE as typed."""

    all: bool = False
    filter: str = ""


def ls(session: Session, options: LsOptions) -> dict[str, tuple[ContainerState, ...]]:
    """Return the containers of each project by its name: the running ones, or `all` (GET containers/json).

    Raises:
        ComposeError: the filter cannot be understood.
    """
    from compose.engine.port import Call  # noqa: PLC0415 - a wrong filter is refused without an engine

    wanted = _pattern(options.filter)
    filters = {"label": [labels.PROJECT, labels.CONFIG_HASH]}
    found = session.engine.call(Call(method="GET", path="/containers/json", query={"all": options.all, "filters": filters}))
    projects: dict[str, list[ContainerState]] = {}
    for container in map(container_from_list, found or ()):
        name = container.labels.get(labels.PROJECT, "")
        if wanted is None or wanted.search(name):
            projects.setdefault(name, []).append(container)
    for name, containers in projects.items():
        if not any(container.labels.get(labels.CONFIG_FILES) for container in containers):
            session.warn(
                Diagnostic(severity="warning", code="unlabelled", summary=f"containers of project `{name}` do not tell its files")
            )
    return {name: tuple(projects[name]) for name in sorted(projects)}


def _pattern(text: str) -> re.Pattern[str] | None:
    if not text:
        return None
    key, has_value, value = text.partition("=")
    if key != "name" or not has_value:
        raise fail("bad-filter", f"invalid filter '{key}'", hint="the only filter is name=REGEX")
    try:
        return re.compile(value)
    except re.error as error:
        raise fail("bad-filter", f"invalid filter 'name': `{value}` is no regular expression: {error}") from error
