"""Builds that would make the same image are made once and get all the names; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from compose.base.units import encode_unit
from compose.build.job import platforms, service_of
from compose.model.project import Project
from compose.plan.operation import BuildImage
from compose.plan.plan import Plan, Step

_NAMING = {"service": "", "services": (), "tags": ()}
"""The fields of a build step that name what is made and do not decide what it is."""


def share(plan: Plan, project: Project) -> Plan:
    """Return a plan in which builds with equal inputs are one step: the first, with the tags and services of all.

    A build that a pull of the plan may make needless stays on its own, as that is known only when the plan runs.
    """
    first: dict[bytes, Step] = {}
    merged: dict[str, str] = {}
    for step in plan.steps:
        operation = step.operation
        if not isinstance(operation, BuildImage) or operation.if_absent:
            continue
        key = build_key(project, operation)
        known = first.setdefault(key, step)
        if known is not step:
            merged[step.id] = known.id
            first[key] = _with(known, step)
    if not merged:
        return plan
    kept = {step.id: step for step in first.values()}
    steps = (_redirected(kept.get(step.id, step), merged) for step in plan.steps if step.id not in merged)
    return replace(plan, steps=tuple(steps))


def build_key(project: Project, operation: BuildImage) -> bytes:
    """Return what is equal for builds that make the same image: the build section, the command's settings, platforms, secrets."""
    service = service_of(project, operation.service)
    assert service.build is not None
    told: dict[str, Any] = {
        "build": replace(service.build, tags=(), platforms=platforms(project, service, every=operation.every_platform)),
        "asked": replace(operation, **_NAMING),
        "secrets": {ref.source: project.secrets.get(ref.source) for ref in service.build.secrets},
        "named": bool(service.image) and operation.push,
    }
    return msgspec.json.encode(told, enc_hook=encode_unit, order="deterministic")


def _with(step: Step, other: Step) -> Step:
    """Return a step that also does what another equal one would; both have the same builds before them."""
    mine, theirs = step.operation, other.operation
    assert isinstance(mine, BuildImage)
    assert isinstance(theirs, BuildImage)
    operation = replace(
        mine,
        tags=tuple(dict.fromkeys((*mine.tags, *theirs.tags))),
        services=tuple(dict.fromkeys((*(mine.services or (mine.service,)), *(theirs.services or (theirs.service,))))),
    )
    return replace(step, operation=operation, after=tuple(dict.fromkeys((*step.after, *other.after))))


def _redirected(step: Step, merged: Mapping[str, str]) -> Step:
    """Return a step that waits for the steps that stand in for those it waited for."""
    return replace(
        step,
        after=tuple(dict.fromkeys(merged.get(name, name) for name in step.after if merged.get(name, name) != step.id)),
        settled=tuple(dict.fromkeys(merged.get(name, name) for name in step.settled if merged.get(name, name) != step.id)),
    )
