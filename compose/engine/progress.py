"""Which steps of a plan can run, which never will, and what has to be taken back: pure bookkeeping."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Literal

from compose.base.errors import fail
from compose.base.value import Value
from compose.plan.operation import Operation
from compose.plan.plan import Plan, Step

State = Literal["waiting", "running", "done", "failed", "skipped"]


class Skip(Value, frozen=True, kw_only=True):
    """A step that will not run, because of another (`because`, "" = the user stopped)."""

    step: str
    because: str = ""


class PlanProgress:
    """Follows a plan's steps from waiting to their ends.

    A failure dooms the steps that need it to have succeeded, at once and all the way down; steps that need it only
    to have ended go on.

    Raises:
        ComposeError: the steps wait for each other in a circle (on construction).
    """

    def __init__(self, plan: Plan) -> None:
        self.steps = {step.id: step for step in plan.steps}
        self.states: dict[str, State] = dict.fromkeys(self.steps, "waiting")
        self._sorter: TopologicalSorter[str] = TopologicalSorter()
        self._dependants: dict[str, list[str]] = {}
        self._groups: dict[str, list[Step]] = {}
        self._finished: list[str] = []
        self._broken: set[str] = set()
        self._committed: set[str] = set()
        self._undone: set[str] = set()
        self.forgiven: set[str] = set()
        for step in plan.steps:
            self._sorter.add(step.id, *(one for one in (*step.after, *step.settled) if one in self.steps))
            if step.group:
                self._groups.setdefault(step.group, []).append(step)
            for one in step.after:
                self._dependants.setdefault(one, []).append(step.id)
        try:
            self._sorter.prepare()
        except ValueError as error:
            raise fail("plan-cycle", f"internal error: steps of the plan wait for each other: {error}") from error

    def ready(self) -> list[Step]:
        """Return the steps that may run now and were not returned before; they count as running."""
        found: list[Step] = []
        passed = True
        while passed:
            passed = False
            for one in self._sorter.get_ready():
                if self.states[one] == "waiting":
                    self.states[one] = "running"
                    found.append(self.steps[one])
                else:  # skipped before its turn came
                    self._sorter.done(one)
                    passed = True
        return found

    def succeeded(self, step: Step) -> None:
        """Note that a step is done."""
        self.states[step.id] = "done"
        self._finished.append(step.id)
        if step.commit:
            self._committed.add(step.group)
        self._sorter.done(step.id)

    def failed(self, step: Step) -> list[Skip]:
        """Note that a step failed, and return those that will not run for that reason; an optional one dooms none."""
        self.states[step.id] = "failed"
        self._sorter.done(step.id)
        if step.optional:
            return []
        self._break(step)
        return self._doom(step.id)

    def stop(self, begun: Iterable[str] = ()) -> list[Skip]:
        """Let no more steps run, and take `begun` for not run either; return all that will not run."""
        given_up = set(begun)
        for one in given_up:
            self._sorter.done(one)
        skipped = [one for one, state in self.states.items() if state == "waiting" or one in given_up]
        for one in skipped:
            self.states[one] = "skipped"
            self._break(self.steps[one])
        return [Skip(step=one) for one in skipped]

    def to_undo(self) -> list[tuple[Step, Operation]]:
        """Return what takes back the next group that failed and has come to rest, once; empty when there is none.

        Groups come in the order of the plan; within a group the failed step comes first, because nobody knows how far
        it came, then the others from the last finished one on.
        """
        for group in self._groups if self._broken else ():
            steps = self._members(group) if group in self._broken else []
            if steps and not any(self.states[step.id] in {"waiting", "running"} for step in steps):
                self._broken.remove(group)
                taken = self._taken_back(group, steps)
                if taken:
                    return taken
        return []

    def _taken_back(self, group: str, steps: list[Step]) -> list[tuple[Step, Operation]]:
        if {group, _whole(group)} & self._committed:
            return []
        mine = {step.id for step in steps} - self._undone
        self._undone |= mine
        failed = [step for step in steps if step.id in mine and self.states[step.id] == "failed" and not step.optional]
        done = [self.steps[one] for one in reversed(self._finished) if one in mine]
        return [(step, operation) for step in (*failed, *done) for operation in step.undo]

    def failures(self, groups: Iterable[str]) -> list[str]:
        """Return those of the groups in which a step failed or was skipped."""
        return [
            group
            for group in groups
            if any(self.states[step.id] in {"failed", "skipped"} and not step.optional for step in self._groups.get(group, ()))
        ]

    def forgive(self, groups: Iterable[str]) -> set[str]:
        """Count the failures of these groups as tolerated from now on; return the steps."""
        found = {step.id for group in groups for step in self._groups.get(group, ()) if self.states[step.id] == "failed"}
        self.forgiven |= found
        return found

    def _members(self, group: str) -> list[Step]:
        """Return the steps of a group and of its parts."""
        return [step for name, steps in self._groups.items() if group in {name, _whole(name)} for step in steps]

    def ids(self, state: State) -> tuple[str, ...]:
        """Return the ids of the steps in a state, in the order of the plan."""
        return tuple(one for one, now in self.states.items() if now == state)

    def _break(self, step: Step) -> None:
        if step.group:
            self._broken.add(step.group)

    def _doom(self, culprit: str) -> list[Skip]:
        skipped: list[Skip] = []
        stack = [culprit]
        while stack:
            for one in self._dependants.get(stack.pop(), ()):
                if self.states[one] == "waiting":
                    self.states[one] = "skipped"
                    self._break(self.steps[one])
                    skipped.append(Skip(step=one, because=culprit))
                    stack.append(one)
        return skipped


def _whole(group: str) -> str:
    """Return the group that a group is part of, itself when it is none."""
    return group.partition("/")[0]
