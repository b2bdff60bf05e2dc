"""What makes containers be made anew, and in which way, where the file or a flag asks for a special one."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

SLEEP = "image: busybox, command: sleep 1000, stop_grace_period: 0s"


def anonymous_volume(stack):
    return next(mount["Name"] for mount in stack.container("web").attrs["Mounts"] if mount["Destination"] == "/cache")


def test_anonymous_volumes_are_renewed_on_request_and_else_kept(stack):
    stack.write(f"services:\n  web: {{{SLEEP}, volumes: [/cache]}}\n")
    stack.compose("up", "-d")
    first = anonymous_volume(stack)
    stack.compose("up", "-d", "--force-recreate")
    assert anonymous_volume(stack) == first
    stack.compose("up", "-d", "--renew-anon-volumes")
    assert anonymous_volume(stack) != first


def test_dependencies_are_made_anew_on_request_only(stack):
    stack.write(f"services:\n  db: {{{SLEEP}}}\n  web: {{{SLEEP}, depends_on: [db]}}\n  other: {{{SLEEP}}}\n")
    stack.compose("up", "-d")
    before = stack.ids()
    stack.compose("up", "-d", "--force-recreate", "web")
    assert [name for name, one in stack.ids().items() if one != before[name]] == [f"{stack.name}-web-1"]
    before = stack.ids()
    stack.compose("up", "-d", "--always-recreate-deps", "web")
    assert [name for name, one in stack.ids().items() if one != before[name]] == [f"{stack.name}-db-1"]


def releases(stack):
    found = {}
    for one in stack.containers("web"):
        assert one.status == "running"
        found[one.name.removeprefix(f"{stack.name}-")] = "FAIL=1" in one.attrs["Config"]["Env"]
    return found


def rolling(action, fail, ratio=0):
    """Return a file whose replicas end at once where they are told to fail, when they have the name of a replacement."""
    return f"""
services:
  web:
    image: busybox
    command: [sh, -c, "[ -z $$FAIL ] || exit 3; sleep 1000"]
    environment: {{FAIL: "{fail}"}}
    stop_grace_period: 0s
    scale: 2
    deploy: {{update_config: {{failure_action: {action}, monitor: 20s, max_failure_ratio: {ratio}}}}}
"""


@pytest.mark.parametrize("action", ["pause", "rollback"])
def test_an_update_that_fails_leaves_the_old_replicas_running(stack, action):
    stack.write(rolling(action, ""))
    stack.compose("up", "-d")
    before = stack.ids()
    stack.write(rolling(action, "1"))
    told = stack.compose("up", "-d", code=1).stderr
    assert "exited (3)" in told
    assert stack.ids() == before
    assert releases(stack) == {"web-1": False, "web-2": False}


def test_a_failure_that_the_ratio_allows_is_a_warning(stack):
    stack.write(rolling("pause", ""))
    stack.compose("up", "-d")
    stack.write(rolling("pause", "1", ratio=1))
    told = stack.compose("up", "-d").stderr
    assert "2 of 2 replicas of `web` could not be replaced, which `max_failure_ratio` allows" in told
    assert releases(stack) == {"web-1": False, "web-2": False}


def test_a_network_with_another_name_is_moved_to(stack):
    text = f"services:\n  web: {{{SLEEP}, networks: [front]}}\nnetworks: {{front: {{name: NAME}}}}\n"
    stack.write(text.replace("NAME", f"{stack.name}-a"))
    stack.compose("up", "-d")
    stack.write(text.replace("NAME", f"{stack.name}-b"))
    stack.compose("up", "-d")
    assert list(stack.container("web").attrs["NetworkSettings"]["Networks"]) == [f"{stack.name}-b"]
    assert stack.states() == {"web-1": "running"}
    assert stack.compose("plan").stdout.startswith("Nothing to do")
