"""Short ways to write plans for tests of the executor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from compose.base import labels
from compose.base.address import Address
from compose.base.events import Event, StepFailed, StepFinished, StepSkipped, StepStarted
from compose.plan import operation as ops
from compose.plan.operation import Operation, Target
from compose.plan.plan import Plan, Reason, Step

PROJECT = "shop"
BECAUSE = Reason(code="test")


class StopButton:
    """A stop request that tests raise."""

    def __init__(self, level: int = 0) -> None:
        self.level = level
        self.callbacks: list[Callable[[int], None]] = []

    def subscribe(self, callback: Callable[[int], None]) -> None:
        self.callbacks.append(callback)

    def press(self) -> None:
        self.level += 1
        for callback in self.callbacks:
            callback(self.level)


class Heard:
    """Keeps events; `words` has them short, `reached` waits for one from another thread."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.threads: set[int] = set()
        self._waiting: list[tuple[str, threading.Event]] = []

    def __call__(self, event: Event) -> None:
        self.threads.add(threading.get_ident())
        self.events.append(event)
        for word, flag in self._waiting:
            if _word(event) == word:
                flag.set()

    @property
    def words(self) -> list[str]:
        return [word for word in map(_word, self.events) if word]

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def when(self, word: str) -> threading.Event:
        flag = threading.Event()
        self._waiting.append((word, flag))
        return flag


def _word(event: Event) -> str:
    match event:
        case StepStarted(step=step):
            return f"+{step}"
        case StepFinished(step=step):
            return f"-{step}"
        case StepFailed(step=step):
            return f"!{step}"
        case StepSkipped(step=step):
            return f"~{step}"
        case _:
            return ""


def target(service: str, number: int = 1, identifier: str = "") -> Target:
    return Target(service=service, number=number, name=f"{PROJECT}-{service}-{number}", id=identifier)


def body(service: str, number: int = 1, **more: Any) -> dict[str, Any]:
    tags = {
        labels.PROJECT: PROJECT,
        labels.SERVICE: service,
        labels.CONTAINER_NUMBER: str(number),
        labels.ONEOFF: "False",
        labels.CONFIG_HASH: "hash",
    }
    return {"Image": "busybox", "Labels": tags, **more}


HEALTHCHECK = {"Healthcheck": {"Test": ["CMD-SHELL", "true"]}}


def step(identifier: str, operation: Operation, *after: str, **more: Any) -> Step:
    where = getattr(operation, "container", None) or getattr(operation, "target", None)
    key = where.service if where is not None else identifier
    return Step(
        id=identifier,
        address=Address(kind="container", key=key, number=1),
        resource=f"Thing {identifier}",
        operation=operation,
        reason=BECAUSE,
        after=after,
        **more,
    )


def create(identifier: str, service: str, *after: str, number: int = 1, made: dict[str, Any] | None = None, **more: Any) -> Step:
    operation = ops.CreateContainer(target=target(service, number), body=made or body(service, number), image="busybox")
    return step(identifier, operation, *after, **more)


def start(identifier: str, service: str, *after: str, **more: Any) -> Step:
    return step(identifier, ops.StartContainer(container=target(service)), *after, **more)


def wait(identifier: str, service: str, condition: str, *after: str, **more: Any) -> Step:
    known = {key: more.pop(key) for key in ("dependant", "required", "timeout", "hold", "exit_ok") if key in more}
    operation = ops.WaitCondition(service=service, condition=condition, containers=(target(service),), **known)  # type: ignore[arg-type]
    return step(identifier, operation, *after, **more)


def plan(*steps: Step) -> Plan:
    return Plan(project=PROJECT, command="up", steps=steps)
