"""Plans as JSON: to show to programs, and to keep and apply later.

What is written never holds the content of a secret or config: a digest stands for it, and the content is taken from
the project's files again when the plan is applied. A plan to show also masks values that sound secret; one to apply
holds the bodies of API calls as they are (variables included) and belongs into a file that only its owner reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from compose.base.errors import ComposeError, fail
from compose.base.units import decode_unit, encode_unit
from compose.base.value import Value
from compose.base.version import __version__
from compose.model.project import Project
from compose.payload.files import copied_files
from compose.payload.masking import masked
from compose.payload.payloads import FileCopy
from compose.plan.operation import CopyFiles
from compose.plan.plan import PLAN_VERSION, Plan, Step
from compose.plan.sight import Sight
from compose.state.observed import ContainerState, Observed

NOTHING_ELSE = Sight()
_DIGEST = "sha256"


class SavedPlan(Value, frozen=True, kw_only=True):
    """A plan with what must still be true when it is applied.

    `fingerprint` is that of the observed state it was made for, which is what a look at `sight` gave. `digests` are
    those of the files it copies into containers, by service and target; the plan's own copies are empty.
    """

    version: int
    tool: str
    fingerprint: str
    plan: Plan
    sight: Sight = Sight()
    digests: dict[str, dict[str, str]] = {}


def shown(plan: Plan) -> bytes:
    """Return the plan as JSON for programs: values that sound secret are masked, contents of files left out."""
    plain = msgspec.to_builtins(_without_contents(plan), enc_hook=encode_unit)
    for step in plain.get("steps", ()):
        for operation in (step["operation"], *step.get("undo", ())):
            _mask(operation)
    return msgspec.json.encode({"version": PLAN_VERSION, **plain})


def save(plan: Plan, observed: Observed, sight: Sight = NOTHING_ELSE) -> bytes:
    """Return the plan as JSON to keep, with the fingerprint of the state it was made for and where to look for it again."""
    saved = SavedPlan(
        version=PLAN_VERSION,
        tool=__version__,
        fingerprint=fingerprint(observed),
        plan=_without_contents(plan),
        sight=sight,
        digests=_digests(plan),
    )
    return msgspec.json.encode(saved, enc_hook=encode_unit)


def load(data: bytes) -> SavedPlan:
    """Return a plan that was kept.

    Raises:
        ComposeError: the data is no plan, or one of another version.
    """
    try:
        version = msgspec.json.decode(data, type=dict[str, Any]).get("version")
    except msgspec.DecodeError as error:
        raise _no_plan(str(error)) from error
    if version != PLAN_VERSION:
        raise fail(
            "plan-version",
            f"the plan is of version {version}, this tool reads version {PLAN_VERSION}",
            hint="make the plan again with this tool",
        )
    try:
        return msgspec.json.decode(data, type=SavedPlan, dec_hook=decode_unit)
    except msgspec.DecodeError as error:
        raise _no_plan(str(error)) from error


def _no_plan(detail: str) -> ComposeError:
    return fail("not-a-plan", "the file does not hold a plan", detail=detail, hint="plans are made by `compose plan -o FILE`")


def verify(saved: SavedPlan, observed: Observed) -> None:
    """Refuse a plan when the engine has changed since it was made.

    Raises:
        ComposeError: the observed state has another fingerprint.
    """
    if fingerprint(observed) != saved.fingerprint:
        raise fail(
            "plan-outdated",
            f"the engine's state has moved since this plan for `{saved.plan.project}` was made",
            hint="look at a new plan: `compose plan`",
        )


def complete(saved: SavedPlan, project: Project | None) -> Plan:
    """Return the plan with the contents of the files it copies, taken from the project.

    Raises:
        ComposeError: the project is not there, or a content is not what it was when the plan was made.
    """
    if not saved.digests:
        return saved.plan
    contents = _contents(project) if project is not None else {}
    for service, targets in saved.digests.items():
        for target, digest in targets.items():
            if _digest(contents.get((service, target), b"")) != digest:
                raise fail(
                    "plan-file-changed",
                    f"`{target}` of service `{service}` is not what it was when the plan was made",
                    hint="look at a new plan: `compose plan`",
                )
    steps = tuple(_filled(step, contents) for step in saved.plan.steps)
    return msgspec.structs.replace(saved.plan, steps=steps)


def fingerprint(observed: Observed) -> str:
    """Return a digest of everything in a state that a plan may depend on, but for what changes by itself."""
    state = {
        "project": observed.project,
        "containers": [_container(one) for one in observed.containers],
        "networks": sorted((one.id, one.name, one.key, one.project, one.config_hash) for one in observed.networks),
        "volumes": sorted((one.name, one.key, one.project, one.config_hash) for one in observed.volumes),
        "images": sorted((reference, one.id, one.identity) for reference, one in observed.images.items()),
    }
    return _digest(msgspec.json.encode(state))


def _container(container: ContainerState) -> dict[str, Any]:
    return {
        "id": container.id,
        "name": container.name,
        "state": container.state,
        "image": container.image_id,
        "hash": container.config_hash,
        "networks": sorted(container.networks.items()),
    }


def _digest(data: bytes) -> str:
    return f"{_DIGEST}:{hashlib.sha256(data).hexdigest()}"


def _copies(plan: Plan) -> Iterator[tuple[str, FileCopy]]:
    for step in plan.steps:
        if isinstance(step.operation, CopyFiles):
            for file in step.operation.files:
                yield step.operation.container.service, file


def _digests(plan: Plan) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for service, file in _copies(plan):
        found.setdefault(service, {})[file.target] = _digest(file.content)
    return found


def _contents(project: Project) -> dict[tuple[str, str], bytes]:
    return {
        (name, file.target): file.content for name, service in project.services.items() for file in copied_files(project, service)
    }


def _without_contents(plan: Plan) -> Plan:
    empty = {(service, file.target): b"" for service, file in _copies(plan)}
    return msgspec.structs.replace(plan, steps=tuple(_filled(step, empty) for step in plan.steps))


def _filled(step: Step, contents: Mapping[tuple[str, str], bytes]) -> Step:
    operation = step.operation
    if not isinstance(operation, CopyFiles):
        return step
    service = operation.container.service
    files = tuple(
        msgspec.structs.replace(file, content=contents.get((service, file.target), file.content)) for file in operation.files
    )
    return msgspec.structs.replace(step, operation=msgspec.structs.replace(operation, files=files))


def _mask(operation: dict[str, Any]) -> None:
    """Mask values of variables whose names sound secret, in place; the service behind a body goes."""
    operation.pop("shared", None)
    body = operation.get("body")
    if isinstance(body, dict) and isinstance(body.get("Env"), list):
        body["Env"] = [_masked_variable(entry) for entry in body["Env"]]


def _masked_variable(entry: str) -> str:
    name, equals, value = entry.partition("=")
    return f"{name}={masked(name, value)}" if equals else entry
