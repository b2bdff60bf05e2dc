"""Killed after any call, a plain `up -d` reaches the same state: the client is killed at the wire, after each write in turn."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Stack
from tests.support.proxy import Proxy

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

COMMON = "image: busybox, command: sleep 1000, stop_grace_period: 0s"
BEFORE = f"""
services:
  db:
    {{{COMMON}, volumes: [data:/data], healthcheck: {{test: "true", interval: 100ms}}}}
  web:
    {{{COMMON}, volumes: [/cache], depends_on: {{db: {{condition: service_healthy}}}}, environment: {{RELEASE: one}}}}
  worker:
    {{{COMMON}, scale: 2}}
volumes: {{data: {{}}}}
"""
AFTER = (
    BEFORE.replace("RELEASE: one", "RELEASE: two")
    .replace("scale: 2", "scale: 1")
    .replace(
        "volumes: {data: {}}",
        f"""
  api:
    {{{COMMON}, networks: [extra], volumes: [more:/more], depends_on: {{web: {{condition: service_started}}}}}}
volumes: {{data: {{}}, more: {{}}}}
networks: {{default: {{}}, extra: {{}}}}
""",
    )
)
MOST = 40


def _up_killed_after(stack: Stack, proxy_of: Callable[[Callable[[int], None]], Proxy], number: int) -> tuple[str, str] | None:
    """Run `up -d` and kill it when its write call `number` is answered; return the call, None when there were fewer."""
    process: Any = None

    def kill(answered: int) -> None:
        if answered == number:
            os.kill(process.pid, signal.SIGKILL)

    proxy = proxy_of(kill)
    process = stack.start("up", "-d", env={"DOCKER_HOST": proxy.host})
    _, errors = process.communicate()
    proxy.close()
    if process.returncode == -signal.SIGKILL:
        return proxy.writes[number - 1]
    assert process.returncode == 0, errors
    return None


def _picture(stack: Stack) -> dict[str, Any]:
    """Return all that a project has and that must be the same whatever happened on the way."""
    return {
        "containers": stack.states(),
        "networks": stack.networks(),
        "volumes": stack.volumes(),
        "mounts": {c.name: sorted(m["Destination"] for m in c.attrs["Mounts"]) for c in stack.containers()},
        "env": {c.name: [e for e in c.attrs["Config"]["Env"] if e.startswith("RELEASE=")] for c in stack.containers()},
        "connected": {c.name: sorted(c.attrs["NetworkSettings"]["Networks"]) for c in stack.containers()},
        "oneoffs": [c.name for c in stack.containers(oneoff=True)],
    }


@pytest.fixture
def proxy_of(tmp_path_factory) -> Callable[[Callable[[int], None]], Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    return lambda kill: Proxy(os.environ["DOCKER_HOST"], folder, on_answer=kill)


def _matrix(stack: Stack, proxy_of: Any, prepare: Callable[[], None], check: Callable[[], list[str]]) -> list[tuple[int, str]]:
    """Go through every k; return those after which something was wrong. What happened is printed."""
    wrong = []
    for number in range(1, MOST):
        prepare()
        call = _up_killed_after(stack, proxy_of, number)
        stack.compose("up", "-d")
        found = check()
        sys.stdout.write(f"{number} {' '.join(call or ('not killed',))}: {found or 'ok'}\n")
        wrong += [(number, f"{call}: {problem}") for problem in found]
        if call is None:
            return wrong
    pytest.fail(f"more than {MOST} write calls")


def test_the_first_up_may_be_killed_anywhere(stack, proxy_of):
    stack.write(AFTER)
    stack.compose("up", "-d")
    wanted = _picture(stack)

    def check() -> list[str]:
        problems = [] if _picture(stack) == wanted else [f"{_picture(stack)} instead of {wanted}"]
        return problems + ([] if stack.compose("plan", code=None).returncode == 0 else ["a plan is not empty"])

    assert _matrix(stack, proxy_of, stack.clean, check) == []


def test_a_change_may_be_killed_anywhere(stack, proxy_of):
    kept: dict[str, str] = {}

    def prepare() -> None:
        stack.clean()
        stack.write(BEFORE)
        stack.compose("up", "-d")
        assert stack.container("db").exec_run("touch /data/mark").exit_code == 0
        kept["cache"] = _cache(stack)
        stack.write(AFTER)

    prepare()
    stack.compose("up", "-d")
    wanted = _picture(stack)

    def check() -> list[str]:
        problems = [] if _picture(stack) == wanted else [f"{_picture(stack)} instead of {wanted}"]
        if stack.container("db").exec_run("ls /data/mark").exit_code != 0:
            problems.append("the data is lost")
        if _cache(stack) != kept["cache"]:
            problems.append("the anonymous volume is another one")
        if stack.compose("plan", code=None).returncode != 0:
            problems.append("a plan is not empty")
        return problems

    assert _matrix(stack, proxy_of, prepare, check) == []


def _cache(stack: Stack) -> str:
    return next(mount["Name"] for mount in stack.container("web").attrs["Mounts"] if mount["Destination"] == "/cache")
