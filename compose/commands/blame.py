"""Failed steps and the place in the files that asked for them, and what did not happen because of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic, Note
from compose.base.pattern import lazy_pattern
from compose.engine.outcome import Outcome
from compose.model.project import Project
from compose.plan.operation import RunHook, StartContainer
from compose.plan.plan import Plan, Step

_SIGNS: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = (
    (lazy_pattern(r"port is already allocated|address already in use|ports are not available|port binding"), ("ports",)),
    (lazy_pattern(r"name \S+ is already in use"), ("container_name",)),
    (lazy_pattern(r"pull access denied|manifest unknown|no matching manifest|[Nn]o such image|image .*not found"), ("image",)),
    (lazy_pattern(r"device"), ("devices", "gpus", "runtime")),
    (lazy_pattern(r"bind source path|mount|volume"), ("volumes", "tmpfs", "configs", "secrets")),
    (lazy_pattern(r"sysctl"), ("sysctls",)),
    (lazy_pattern(r"network|endpoint|subnet|IP address"), ("networks", "network_mode")),
    (lazy_pattern(r"exec|entrypoint|no such file or directory"), ("entrypoint", "command")),
    (lazy_pattern(r"[Mm]emory|CPUs|cpu"), ("mem_limit", "cpus", "deploy")),
)
_MOST_NAMED: Final = 8


def placing(project: Project | None) -> Callable[[Step, Diagnostic], Diagnostic]:
    """Return what gives the diagnostic of a failed step the place that asked for it, where it has none."""

    def place(step: Step, diagnostic: Diagnostic) -> Diagnostic:
        if project is None or diagnostic.span is not None:
            return diagnostic
        path = _path(project, step, diagnostic.summary)
        return replace(diagnostic, span=project.span(*path), path=path) if path else diagnostic

    return place


def _path(project: Project, step: Step, text: str) -> tuple[str | int, ...]:
    """Return the path of the attribute that a message is about, () when it is about no service."""
    kind, key = step.address.kind, step.address.key
    if kind in {"network", "volume"}:
        return (f"{kind}s", key) if key in getattr(project, f"{kind}s") else ()
    service = key if kind == "container" else _user_of(project, key) if kind == "image" else ""
    if service not in project.services:
        return ()
    if isinstance(step.operation, RunHook):
        return ("services", service, step.operation.hook, step.operation.index)
    model = project.services[service]
    for pattern, attributes in _SIGNS:
        if pattern.search(text):
            named = next((name for name in attributes if getattr(model, name, None)), "")
            if named:
                return ("services", service, named)
    return ("services", service)


def _user_of(project: Project, reference: str) -> str:
    return next((name for name, service in project.services.items() if service.image == reference), "")


def with_consequences(outcome: Outcome, plan: Plan) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of an outcome, the first with the services that were not started because of it all."""
    skipped = set(outcome.skipped)
    left = [
        step.operation.container.service
        for step in plan.steps
        if step.id in skipped and isinstance(step.operation, StartContainer)
    ]
    names = tuple(dict.fromkeys(left))
    if not names or not outcome.diagnostics:
        return outcome.diagnostics
    first, *others = outcome.diagnostics
    own = {first.path[1]} if len(first.path) > 1 and "depends_on" not in first.path else set()
    rest = [name for name in names if name not in own]
    if not rest:
        return outcome.diagnostics
    return (replace(first, notes=(*first.notes, Note(message=f"not started because of this: {_listed(rest)}"))), *others)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
