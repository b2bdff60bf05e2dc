"""Providers: programs that stand in for containers and give variables to what depends on them."""

from __future__ import annotations

import os

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.engine

PROGRAM = """#!/bin/sh
echo "$*" >> calls
case "$*" in
"compose metadata") cat metadata 2>/dev/null || exit 1;;
*" up "*) cat answer; echo details >&2; exit $(cat code 2>/dev/null || echo 0);;
esac
"""
FILE = """
services:
  db:
    provider: {type: example-provider, options: {size: 10, kind: [a, b]}}
  web:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    depends_on: [db]
    environment: {OWN: mine}
  other: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
"""


class Provided:
    """A project with a provider whose answer the test decides."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        stack.write(FILE)
        program = stack.write(PROGRAM, "bin/example-provider")
        program.chmod(0o755)
        self.answer('{"type":"info","message":"working"}', '{"type":"setenv","message":"URL=http://one?a=b"}')

    def answer(self, *lines: str) -> None:
        self.stack.write("".join(f"{line}\n" for line in lines), "answer")

    def compose(self, *arguments: str, code: int | None = 0, **env: str):
        environ = {"PATH": f"{self.stack.folder}/bin:{os.environ['PATH']}", **env}
        return self.stack.compose(*arguments, env=environ, code=code)

    def calls(self) -> list[str]:
        calls = self.stack.folder / "calls"
        return [line for line in calls.read_text().splitlines() if line != "compose metadata"] if calls.exists() else []

    def environment(self, service: str) -> list[str]:
        return sorted(e for e in self.stack.container(service).attrs["Config"]["Env"] if not e.startswith("PATH="))


@pytest.fixture
def provided(stack) -> Provided:
    return Provided(stack)


def test_variables_reach_dependants_and_no_others(provided):
    done = provided.compose("up", "-d")
    assert "db Created" in done.stderr
    assert provided.environment("web") == ["DB_URL=http://one?a=b", "OWN=mine"]
    assert provided.environment("other") == []
    assert provided.calls() == [f"compose --project-name={provided.stack.name} up --kind=a --kind=b --size=10 db"]


def test_a_container_is_replaced_only_when_the_provider_says_something_else(provided):
    provided.compose("up", "-d")
    before = provided.stack.ids()
    provided.compose("up", "-d")
    assert provided.stack.ids() == before
    provided.answer('{"type":"setenv","message":"URL=http://two"}')
    provided.compose("up", "-d")
    assert provided.environment("web") == ["DB_URL=http://two", "OWN=mine"]
    assert provided.stack.container("other").id == before[f"{provided.stack.name}-other-1"]


def test_a_plan_runs_no_provider_and_takes_what_it_said_last_for_granted(provided):
    provided.compose("up", "-d")
    calls = provided.calls()
    shown = provided.compose("plan", code=2).stdout
    assert "Provider db" in shown
    assert "Container" not in shown
    assert "cannot be kept" in provided.compose("plan", "-o", "plan.json", code=1).stderr
    assert provided.calls() == calls


def test_raw_variables_replace_those_of_the_service_with_a_warning(provided):
    provided.answer('{"type":"rawsetenv","message":"OWN=theirs"}')
    done = provided.compose("up", "-d")
    assert 'provider "db" overrides environment variable "OWN" in service "web"' in done.stderr
    assert provided.environment("web") == ["OWN=theirs"]


def test_only_declared_options_are_passed_and_required_ones_must_be_there(provided):
    metadata = '{"up":{"parameters":[{"name":"size","required":true}]},"down":{"parameters":[]}}'
    provided.stack.write(metadata, "metadata")
    provided.compose("up", "-d")
    provided.compose("stop")
    provided.compose("down")
    name = f"compose --project-name={provided.stack.name}"
    assert provided.calls() == [f"{name} up --size=10 db", f"{name} down db"]
    provided.stack.write(metadata.replace("size", "colour"), "metadata")
    failed = provided.compose("up", "-d", code=1).stderr
    assert 'required parameter "colour" is missing from provider "example-provider" definition' in failed
    assert "compose.yaml:4" in failed


def test_stop_reaches_a_provider_that_declares_it(provided):
    provided.stack.write('{"up":{},"stop":{}}', "metadata")
    provided.compose("up", "-d")
    provided.compose("stop")
    assert provided.calls()[-1] == f"compose --project-name={provided.stack.name} stop db"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"type":"error","message":"no disk left"}', "no disk left"),
        ('{"type":"dance","message":"x"}', "invalid response from plugin: dance"),
        ("hello", "invalid response from plugin: hello"),
    ],
)
def test_what_goes_wrong_is_told_and_nothing_is_made(provided, answer, said):
    provided.answer(answer)
    assert said in provided.compose("up", "-d", code=1).stderr
    assert provided.stack.containers() == []


def test_an_exit_code_fails_with_what_the_program_wrote(provided):
    provided.stack.write("3", "code")
    failed = provided.compose("up", "-d", code=1).stderr
    assert "failed to create service provider: exit status 3" in failed
    assert "details" in failed


def test_a_program_that_is_not_there(provided):
    provided.stack.write(FILE.replace("example-provider", "no-such-provider"))
    failed = provided.compose("up", "-d", code=1).stderr
    assert 'exec: "no-such-provider": executable file not found in $PATH' in failed


def test_a_provider_comes_after_what_it_depends_on(provided):
    provided.stack.write(FILE.replace("options: {size: 10, kind: [a, b]}}", "options: {size: 10}}\n    depends_on: [other]"))
    provided.stack.write(PROGRAM.replace("cat answer", "docker_state; cat answer"), "bin/example-provider")
    provided.stack.write('#!/bin/sh\necho \'{"type":"setenv","message":"SAW=1"}\'\n', "bin/docker_state").chmod(0o755)
    provided.compose("up", "-d")
    other, web = provided.stack.container("other"), provided.stack.container("web")
    assert other.attrs["State"]["StartedAt"] < web.attrs["Created"]
    assert "DB_SAW=1" in provided.environment("web")
