"""A plan as people read it: what happens to each thing, why, and which fields changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from compose.plan.operation import (
    BuildImage,
    CopyFiles,
    CreateContainer,
    Operation,
    RemoveContainer,
    RunHook,
    RunProvider,
    StopContainer,
    WaitCondition,
)
from compose.plan.plan import Change, Plan, Reason, Step

_VERBS = {
    "CreateNetwork": "create",
    "RemoveNetwork": "remove",
    "ConnectNetwork": "connect to its network",
    "DisconnectNetwork": "disconnect from its network",
    "CreateVolume": "create",
    "RemoveVolume": "remove with its data",
    "PullImage": "pull",
    "PushImage": "push",
    "PublishProject": "publish",
    "BuildImage": "build",
    "RemoveImage": "remove",
    "CreateContainer": "create",
    "CopyFiles": "copy files into it",
    "StartContainer": "start",
    "StopContainer": "stop",
    "RestartContainer": "restart",
    "KillContainer": "kill",
    "PauseContainer": "pause",
    "UnpauseContainer": "unpause",
    "RemoveContainer": "remove",
    "RenameContainer": "rename",
    "Delay": "pause between batches",
    "CheckFailures": "go on unless too many failed",
    "RunProvider": "run provider",
}
_SIGNS = {"create": "+", "pull": "+", "build": "+", "remove": "-", "kill": "-"}
_CONDITIONS = {
    "service_started": "to be started",
    "service_healthy": "to be healthy",
    "service_completed_successfully": "to complete successfully",
    "running_or_healthy": "to be running or healthy",
}
_REPLACED = "replace"
_MOST_WIDE = 60
"""Characters of a value that are shown."""


def render(plan: Plan) -> str:
    """Return the plan as text: a block per resource, then what is left to confirm, then a count. Ends with a newline."""
    lines: list[str] = []
    for resource, steps in _by_resource(plan.steps).items():
        lines += [resource, *(f"  {line}" for line in _block(plan, steps))]
    for confirmation in plan.confirmations:
        lines += ["", f"? {confirmation.question}", *(f"    {_change(change)}" for change in confirmation.changes)]
        lines += [f"  loses {name}" for name in confirmation.loses]
    return "\n".join([*lines, *([""] if lines else []), _summary(plan)]) + "\n"


def _by_resource(steps: Iterable[Step]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(_heading(step), []).append(step)
    return found


def _heading(step: Step) -> str:
    operation = step.operation
    if isinstance(operation, WaitCondition):
        own = "At the end" if step.reason.code == "wait" else f"Service {operation.service}"
        return f"Service {operation.dependant}" if operation.dependant else own
    return f"Provider {step.resource}" if isinstance(operation, RunProvider) else step.resource


def _block(plan: Plan, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the lines below a resource: one per reason, its changes below it."""
    replaced = {step.group for step in steps if isinstance(step.operation, CreateContainer) and step.operation.temporary_name}
    told: list[tuple[Reason, list[str]]] = []
    for step in steps:
        words = _words(step, is_replaced=bool(step.group) and step.group in replaced)
        known = next((verbs for reason, verbs in told if reason == step.reason), None)
        if known is None:
            told.append((step.reason, [words]))
        elif words not in known:
            known.append(words)
    for reason, verbs in told:
        yield f"{_sign(verbs)} {', '.join(verbs)}{_why(plan, reason)}"
        yield from (f"    {_change(change)}" for change in reason.changes)


def _words(step: Step, *, is_replaced: bool) -> str:
    operation = step.operation
    if is_replaced and not isinstance(operation, CopyFiles | RunHook | WaitCondition):
        return _REPLACED
    if isinstance(operation, WaitCondition):
        return f"wait for {operation.service} {_CONDITIONS[operation.condition]}{_limit(operation)}"
    if isinstance(operation, RunHook):
        return f"run {operation.hook} hook {operation.index + 1}"
    return _VERBS[type(operation).__name__] + _with(operation)


def _limit(operation: WaitCondition) -> str:
    words = "" if operation.required else " (optional)"
    return words if operation.timeout is None else f"{words} for at most {operation.timeout:g} s"


def _with(operation: Operation) -> str:
    if isinstance(operation, StopContainer) and operation.timeout is not None:
        return f" within {operation.timeout} s"
    if isinstance(operation, RemoveContainer) and operation.volumes:
        return " with its anonymous volumes"
    if isinstance(operation, BuildImage) and operation.if_absent:
        return " unless the pull brings it"
    return ""


def _sign(verbs: Sequence[str]) -> str:
    if _REPLACED in verbs:
        return "~"
    return next(
        (_SIGNS[verb.split()[0]] for verb in verbs if verb.split()[0] in _SIGNS), "=" if verbs[0].startswith("wait") else "*"
    )


def _why(plan: Plan, reason: Reason) -> str:
    place = f" ({reason.span.file}:{reason.span.line})" if reason.span is not None and not reason.changes else ""
    text = reason.text or f"`{plan.command}` asks for it"
    return f": {text}{place}"


def _change(change: Change) -> str:
    place = f" ({change.span.file}:{change.span.line})" if change.span is not None else ""
    return f"{change.path}: {_value(change.old)} → {_value(change.new)}{place}"


def _value(value: Any) -> str:  # noqa: ANN401 - any JSON
    if value is None:
        return "(none)"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _MOST_WIDE else f"{text[: _MOST_WIDE - 1]}…"


_COUNTED = (
    ("CreateNetwork", "network", "to create"),
    ("RemoveNetwork", "network", "to remove"),
    ("CreateVolume", "volume", "to create"),
    ("RemoveVolume", "volume", "to remove"),
    ("PullImage", "image", "to pull"),
    ("BuildImage", "image", "to build"),
    ("PushImage", "image", "to push"),
    ("PublishProject", "project", "to publish"),
    ("RemoveImage", "image", "to remove"),
    ("CreateContainer", "container", "to create"),
    (_REPLACED, "container", "to replace"),
    ("StartContainer", "container", "to start"),
    ("StopContainer", "container", "to stop"),
    ("RestartContainer", "container", "to restart"),
    ("KillContainer", "container", "to kill"),
    ("PauseContainer", "container", "to pause"),
    ("UnpauseContainer", "container", "to unpause"),
    ("RemoveContainer", "container", "to remove"),
)


def _summary(plan: Plan) -> str:
    if not plan.steps:
        return "Nothing to do."
    found: dict[str, set[str]] = {}
    for step in plan.steps:
        found.setdefault(_kind(step), set()).add(step.resource)
    # What is created is started, what is removed is stopped: that goes without saying.
    found["StartContainer"] = found.get("StartContainer", set()) - found.get("CreateContainer", set())
    found["StopContainer"] = found.get("StopContainer", set()) - found.get("RemoveContainer", set())
    again = found["StartContainer"] & found["StopContainer"]
    found["RestartContainer"] = found.get("RestartContainer", set()) | again
    found["StartContainer"] -= again
    found["StopContainer"] -= again
    parts = [_count(len(found[kind]), noun, words) for kind, noun, words in _COUNTED if found.get(kind)]
    return f"Plan: {', '.join(parts) or 'only waits'}."


def _kind(step: Step) -> str:
    is_part = step.group.startswith(("recreate:", "update:")) and not isinstance(step.operation, WaitCondition)
    return _REPLACED if is_part else type(step.operation).__name__


def _count(number: int, noun: str, words: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''} {words}"
