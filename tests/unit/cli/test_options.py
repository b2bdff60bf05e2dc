from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.cli import options


def test_scale_reads_service_and_number():
    assert options.replicas(["web=3", "db=0", "web=2"]) == {"web": 2, "db": 0}
    assert options.replicas(None) == {}


@pytest.mark.parametrize("text", ["web", "web=", "=3", "web=x", "web=-1", ""])
def test_scale_refuses_other_forms(text):
    with pytest.raises(ComposeError, match="Should be SERVICE=NUM"):
        options.replicas([text])


@pytest.mark.parametrize("policy", ["", "always", "missing", "never", "build", "if_not_present"])
def test_pull_policies(policy):
    assert options.pull_policy(policy) == policy


@pytest.mark.parametrize("policy", ["policy", "Always", "daily"])
def test_other_pull_policies_are_refused(policy):
    with pytest.raises(ComposeError, match=f'invalid --pull option "{policy}"'):
        options.pull_policy(policy)


def test_no_seconds_are_no_limit():
    assert (options.seconds(0), options.seconds(3)) == (None, 3.0)
    with pytest.raises(ComposeError, match="--wait-timeout must be a non-negative integer"):
        options.seconds(-1)


def test_the_first_contradiction_is_told():
    options.refuse((False, "a"), (False, "b"))
    with pytest.raises(ComposeError, match=r"^b$"):
        options.refuse((False, "a"), (True, "b"), (True, "c"))


@pytest.mark.parametrize(
    ("given", "variable", "expected"),
    [(None, "", False), (None, "true", True), (None, "1", True), (None, "no", False), (False, "1", False), (True, "", True)],
)
def test_orphans_go_as_the_flag_says_else_the_environment(given, variable, expected):
    assert options.orphans(given, {"COMPOSE_REMOVE_ORPHANS": variable}) is expected
