"""Failed steps get the place that asked for them, and tell what did not happen because of them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base.address import Address
from compose.base.diagnostics import Diagnostic
from compose.base.place import Path, Span
from compose.commands.blame import placing, with_consequences
from compose.engine.outcome import Outcome
from compose.model.network import Network
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.operation import CreateContainer, RunHook, StartContainer, Target
from compose.plan.plan import Plan, Reason, Step

REASON = Reason(code="absent")


class Places:
    """Answers with a span whose file is the path that was asked for."""

    def nearest(self, path: Path) -> Span:
        return Span(file=".".join(map(str, path)), line=1, column=1, end_line=1, end_column=2)

    key = nearest


def step(kind: str, key: str, service: str = "web", identifier: str = "1") -> Step:
    address = Address(kind=kind, key=key, number=1 if kind == "container" else 0)
    target = Target(service=service, number=1, name=f"shop-{service}-1", id="")
    return Step(id=identifier, address=address, resource="x", operation=StartContainer(container=target), reason=REASON)


def error(summary: str) -> Diagnostic:
    return Diagnostic(severity="error", code="engine-error", summary=summary)


PROJECT = Project(
    name="shop",
    directory="/",
    services={"web": Service(name="web", image="nginx:1", command=("x",), container_name="c")},
    networks={"back": Network(name="shop_back")},
    places=Places(),
)


@pytest.mark.parametrize(
    ("where", "text", "place"),
    [
        (("container", "web"), 'exec: "/nope": no such file or directory', "services.web.command"),
        (("container", "web"), 'Conflict. The container name "/c" is already in use by container', "services.web.container_name"),
        (("container", "web"), "Bind for 0.0.0.0:80 failed: port is already allocated", "services.web"),
        (("container", "web"), "something else", "services.web"),
        (("image", "nginx:1"), "pull access denied for nginx", "services.web.image"),
        (("network", "back"), "Pool overlaps with other one", "networks.back"),
    ],
)
def test_the_place_is_that_of_the_attribute_the_message_is_about(where, text, place):
    found = placing(PROJECT)(step(*where), error(text))
    assert found.span is not None
    assert found.span.file == place
    assert ".".join(map(str, found.path)) == place


def test_the_place_of_a_failed_hook_is_the_hook():
    failed = step("container", "web")
    hook = RunHook(container=failed.operation.container, hook="post_start", index=1, body={})
    told = placing(PROJECT)(replace(failed, operation=hook), error("web hook exited with status 127: exec: no such file"))
    assert told.path == ("services", "web", "post_start", 1)
    assert told.span.file == "services.web.post_start.1"


def test_what_has_a_place_or_no_part_in_the_files_stays_as_it_is():
    known = Diagnostic(severity="error", code="x", summary="exec", span=Places().nearest(("services", "web", "ports", 0)))
    assert placing(PROJECT)(step("container", "web"), known) == known
    assert placing(PROJECT)(step("container", "orphan"), error("exec")) == error("exec")
    assert placing(None)(step("container", "web"), error("exec")) == error("exec")


def test_services_that_were_not_started_are_named():
    steps = [step("container", name, name, name) for name in ("db", "web", "worker")]
    made = CreateContainer(target=Target(service="web", number=1, name="shop-web-1"), body={}, image="x")
    steps.append(Step(id="made", address=Address(kind="container", key="web"), resource="x", operation=made, reason=REASON))
    plan = Plan(project="shop", command="up", steps=tuple(steps))
    outcome = Outcome(failed=("db",), skipped=("web", "worker", "made"), diagnostics=(error("first"), error("second")))
    first, second = with_consequences(outcome, plan)
    assert [note.message for note in first.notes] == ["not started because of this: `web`, `worker`"]
    assert second == error("second")
    alone = Outcome(failed=("db",), diagnostics=(error("first"),))
    assert with_consequences(alone, plan) == alone.diagnostics
