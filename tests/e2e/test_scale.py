"""F. Replicas: numbers, order, what is kept."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"


def test_scale_basic_cases(stack):
    stack.write(
        "services:\n"
        f"  back:\n    {SLEEPER}    depends_on: [db]\n"
        f"  db:\n    {SLEEPER}"
        f"  front:\n    {SLEEPER}    deploy: {{replicas: 2}}\n"
        f"  dbadmin:\n    {SLEEPER}    deploy: {{replicas: 0}}\n"
    )
    stack.compose("up", "-d")
    assert set(stack.states()) == {"back-1", "db-1", "front-1", "front-2"}
    stack.compose("scale", "dbadmin=2")
    assert stack.numbers("dbadmin") == [1, 2]
    stack.compose("scale", "front=3", "back=2")
    assert (stack.numbers("front"), stack.numbers("back")) == ([1, 2, 3], [1, 2])
    stack.compose("scale", "dbadmin=1")
    assert stack.numbers("dbadmin") == [1]
    stack.compose("scale", "dbadmin=0")
    assert stack.numbers("dbadmin") == []
    stack.compose("scale", "front=2", "back=1")
    assert stack.numbers("front") == [1, 2]


def test_numbers_survive_scaling_down_and_up(stack):
    stack.write(f"services:\n  db:\n    {SLEEPER}")
    for count, numbers in ((2, [1, 2]), (1, [1]), (2, [1, 2])):
        stack.compose("up", "-d", "--scale", f"db={count}", "db")
        assert stack.numbers("db") == numbers


def test_scaling_up_recreates_nothing(stack):
    stack.write(f"services:\n  simple:\n    {SLEEPER}")
    stack.compose("up", "-d")
    first = stack.container("simple").id
    result = stack.compose("up", "--scale", "simple=2", "-d")
    assert stack.numbers("simple") == [1, 2]
    assert stack.container("simple").id == first
    assert "Recreated" not in result.stderr


def test_obsolete_replicas_go_first(stack):
    text = (
        "services:\n  test:\n    image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n    environment: {V: '%s'}\n"
    )
    stack.write(text % 1)
    stack.compose("up", "-d", "--scale", "test=2")
    stack.write(text % 2)
    stack.compose("up", "-d", "--scale", "test=4", "--no-recreate")
    assert stack.numbers("test") == [1, 2, 3, 4]
    stack.compose("up", "-d", "--scale", "test=2")
    assert stack.numbers("test") == [3, 4]


def test_wrong_scale_is_explained(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}")
    assert 'invalid --scale option "a". Should be SERVICE=NUM' in stack.compose("up", "-d", "--scale", "a", code=1).stderr
    assert "no such service: zz" in stack.compose("scale", "zz=1", code=1).stderr
