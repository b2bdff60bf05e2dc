from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.cli import arity


@pytest.mark.parametrize(
    ("check", "arguments", "message"),
    [
        (arity.none, ["x"], 'unknown command "x" for "docker compose ls"'),
        (arity.at_least(2), ["a"], "requires at least 2 arg(s), only received 1"),
        (arity.at_most(1), ["a", "b"], "accepts at most 1 arg(s), received 2"),
        (arity.between(1, 2), [], "accepts between 1 and 2 arg(s), received 0"),
        (arity.between(1, 2), ["a", "b", "c"], "accepts between 1 and 2 arg(s), received 3"),
        (arity.exactly(2), ["a"], "docker: 'docker compose ls' requires 2 arguments"),
        (arity.exactly(1), [], "docker: 'docker compose ls' requires 1 argument"),
        (arity.required, [], "docker: 'docker compose ls' requires at least 1 argument"),
    ],
)
def test_wrong_numbers_of_arguments(check, arguments, message):
    with pytest.raises(ComposeError) as caught:
        check("compose ls", arguments)
    assert str(caught.value) == message
    assert caught.value.diagnostics[0].hint == "`compose ls --help` shows what it takes"


@pytest.mark.parametrize(
    ("check", "arguments"),
    [
        (arity.none, []),
        (arity.any_number, ["a"] * 9),
        (arity.at_least(1), ["a", "b"]),
        (arity.at_most(1), []),
        (arity.between(1, 2), ["a", "b"]),
        (arity.exactly(2), ["a", "b"]),
        (arity.required, ["a"]),
    ],
)
def test_right_numbers_of_arguments(check, arguments):
    check("compose ls", arguments)
