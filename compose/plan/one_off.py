"""The plan that makes a one-off container. Source: reconcile section 14."""

from __future__ import annotations

from compose.model.service import Service
from compose.payload.hooks import exec_body, exec_start_body
from compose.payload.payloads import ContainerPayload
from compose.plan.draft import Draft
from compose.plan.operation import CopyFiles, CreateContainer, RunHook, StartContainer, Target
from compose.plan.plan import Plan, Reason

_REASON = Reason(code="asked", text="`run` makes a container of its own")


def plan_one_off(project_name: str, service: Service, payload: ContainerPayload, *, start: bool) -> Plan:
    """Return the plan that creates a one-off container and fills it; with `start` it is started as well, hooks and all."""
    draft = Draft()
    target = Target(service=service.name, number=payload.number, name=payload.name)
    create = CreateContainer(
        target=target,
        body=payload.body,
        image=payload.image,
        platform=payload.platform,
        bindings=payload.bindings,
        connects=payload.connects,
        shared=service if payload.bindings else None,
    )
    last = draft.on(target, create, _REASON)
    if payload.files:
        last = draft.on(target, CopyFiles(container=target, files=payload.files), _REASON, after=(last,))
    if start:
        last = draft.on(target, StartContainer(container=target), _REASON, after=(last,))
        _draft_hooks(draft, service, target, last)
    return draft.plan(project_name, "run")


def plan_one_off_hooks(project_name: str, service: Service, target: Target) -> Plan:
    """Return the plan that runs the `post_start` hooks of a one-off container that was started."""
    draft = Draft()
    _draft_hooks(draft, service, target, "")
    return draft.plan(project_name, "run")


def _draft_hooks(draft: Draft, service: Service, target: Target, last: str) -> None:
    for index, hook in enumerate(service.post_start):
        body = {**exec_body(hook), "Tty": exec_start_body(service)["Tty"]}
        operation = RunHook(container=target, hook="post_start", index=index, body=body)
        last = draft.on(target, operation, Reason(code="hook", text="`post_start` asks for it"), after=(last,))
