"""A plan: steps with reasons, in an order given by their dependencies."""

from __future__ import annotations

from typing import Any

from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.base.place import Span
from compose.base.value import Value
from compose.plan.operation import Operation

PLAN_VERSION = 1


class Change(Value, frozen=True, kw_only=True):
    """One field that differs: its path in the file's words, what is there, what is asked for, and where.

    Secrets are masked (`***`) before they get here.
    """

    path: str
    old: Any = None
    new: Any = None
    span: Span | None = None


class Reason(Value, frozen=True, kw_only=True):
    """Why a step is there. `code` is kebab-case and stable (`absent`, `config-changed`, `image-changed`,
    `forced`, `orphan`, `scaled-down`, `dependency-recreated`, `not-running`, ...); `text` is for people.
    """

    code: str
    text: str = ""
    changes: tuple[Change, ...] = ()
    span: Span | None = None


_RESOURCE_WORDS = {"container": "service"}
"""Kinds that the text form of a plan calls otherwise: a replica is `service:NAME:N` there."""


class Step(Value, frozen=True, kw_only=True):
    """One operation with what it acts on, why, and which steps come first.

    `id` is unique in the plan and stable for equal input. `resource` is the user-facing id
    (`Container shop-web-1`). `group` ties steps that a view shows as one line (a recreation). A failed
    `optional` step is a warning and does not stop those after it.

    `after` are the steps that must have succeeded, `settled` those that must have ended, however they did.
    `undo` takes this step back: when a step of the same group fails, or is skipped because something it needs
    failed, and nothing of the group can run any more, the `undo` of the failed step (nobody knows how far it came) and
    of the group's finished steps are performed, last finished step first (the operations of one step in the order
    given). Groups are undone in the order of
    their first steps in the plan. A group `a/b` is part of the group `a`: it can fail alone, and is taken back with
    the whole. A step with an empty `undo` that finished is kept as it is. Once a step with
    `commit` has succeeded, what its group did stays, whatever fails later.
    """

    id: str
    address: Address
    resource: str
    operation: Operation
    reason: Reason
    after: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    group: str = ""
    optional: bool = False
    undo: tuple[Operation, ...] = ()
    commit: bool = False

    def __str__(self) -> str:
        """Return `[deps] -> #id resource, Operation, cause [group]`; steps that need only end are marked `?`."""
        before = ",".join((*self.after, *(f"{step}?" for step in self.settled)))
        kind = _RESOURCE_WORDS.get(self.address.kind, self.address.kind)
        resource = ":".join((kind, *str(self.address).split(":")[1:]))
        group = f" [{self.group}]" if self.group else ""
        return f"[{before}] -> #{self.id} {resource}, {type(self.operation).__name__}, {self.reason.code}{group}"


class Confirmation(Value, frozen=True, kw_only=True):
    """A destructive decision the user must take; `key` is passed back to the planner as confirmed.

    `loses` names what would be gone (a volume's name); `changes` are the fields that make the planner ask.
    """

    key: str
    question: str
    loses: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class Unchanged(Value, frozen=True, kw_only=True):
    """Something the plan leaves alone, for the `Running` lines of the view."""

    address: Address
    resource: str
    action: str = "Running"


class Plan(Value, frozen=True, kw_only=True):
    """What a command will do; empty `steps` = nothing to do."""

    project: str
    command: str
    steps: tuple[Step, ...] = ()
    unchanged: tuple[Unchanged, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        """Return one line per step, the language of tests (reconcile section 4)."""
        return "\n".join(map(str, self.steps))
