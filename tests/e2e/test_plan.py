"""Plans that are shown, kept and applied; and that nothing is written where nothing should be, seen at the wire."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

pytestmark = pytest.mark.engine

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text())
FILE = """
services:
  db:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    environment: {MODE: one, DB_PASSWORD: hunter2}
    volumes: [data:/data]
    healthcheck: {test: "true", interval: 100ms}
  web:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    depends_on: {db: {condition: service_healthy}}
volumes: {data: {}}
"""


@pytest.fixture
def up(stack):
    stack.write(FILE)
    stack.compose("up", "-d")
    return stack


def test_a_second_up_writes_nothing(up, recorder):
    before = up.ids()
    up.compose("up", "-d", env={"DOCKER_HOST": recorder.host})
    assert recorder.writes == []
    assert len(recorder.calls) <= 5, recorder.calls
    assert up.ids() == before


def test_plan_tells_by_its_exit_code_what_is_to_do(stack):
    stack.write(FILE)
    first = stack.compose("plan", code=2)
    assert first.stdout.endswith("Plan: 1 network to create, 1 volume to create, 2 containers to create.\n")
    stack.compose("up", "-d")
    assert stack.compose("plan", code=0).stdout == "Nothing to do.\n"
    assert stack.compose("plan", "nope", code=1).stdout == ""


def test_plan_names_the_field_that_changed_with_its_place(up):
    up.write(FILE.replace("MODE: one", "MODE: two"))
    shown = up.compose("plan", code=2).stdout
    assert "environment.MODE: " in shown
    assert '"one" → "two"' in shown
    assert "compose.yaml:7" in shown


def test_plan_masks_what_sounds_secret(up):
    up.write(FILE.replace("hunter2", "hunter3"))
    for form in ("text", "json"):
        shown = up.compose("plan", "--format", form, code=2).stdout
        assert "DB_PASSWORD" in shown
        assert "hunter" not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("up", "--force-recreate"),
        ("create",),
        ("scale", "web=3"),
        ("run", "web", "ls", "-l"),
        ("start",),
        ("stop",),
        ("restart",),
        ("kill", "-s", "TERM"),
        ("pause",),
        ("unpause",),
        ("rm", "-fs"),
        ("down", "-v"),
        ("pull",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_neither_plan_nor_dry_run_writes(up, recorder, arguments):
    through = {"DOCKER_HOST": recorder.host}
    before = up.ids(), up.states()
    planned = up.compose("plan", *arguments, env=through, code=None)
    assert planned.returncode in {0, 2}, planned.stderr
    structured = up.compose("plan", "--json", *arguments, env=through, code=planned.returncode)
    for line in structured.stdout.splitlines():
        jsonschema.validate(json.loads(line), SCHEMA)
    dry = up.compose("--dry-run", *arguments, env=through)
    if arguments[0] != "run":  # each time its container has another name
        assert dry.stdout == planned.stdout
    assert recorder.calls != []
    assert recorder.writes == []
    assert (up.ids(), up.states()) == before


def test_a_dry_run_of_the_first_up_writes_nothing(stack, recorder):
    stack.write(FILE)
    stack.compose("--dry-run", "up", env={"DOCKER_HOST": recorder.host})
    assert recorder.writes == []
    assert (stack.containers(), stack.networks(), stack.volumes()) == ([], [], [])


def test_a_kept_plan_is_applied(stack):
    stack.write(FILE)
    stack.compose("plan", "-o", "plan.json", code=2)
    assert (stack.folder / "plan.json").stat().st_mode & 0o077 == 0
    (stack.folder / "compose.yaml").unlink()
    stack.compose("apply", "plan.json")
    assert stack.states() == {"db-1": "running", "web-1": "running"}


def test_a_kept_plan_of_another_command_is_applied(up):
    up.compose("plan", "stop", "web", "-o", "plan.json", code=2)
    up.compose("apply", "plan.json")
    assert up.states() == {"db-1": "running", "web-1": "exited"}


@pytest.mark.parametrize(
    "meddle",
    [
        lambda stack: stack.container("db").kill(),
        lambda stack: stack.container("web").remove(force=True),
        lambda stack: stack.compose("scale", "web=2"),
        lambda stack: stack.client.volumes.create(
            f"{stack.name}_new", labels={"com.docker.compose.project": stack.name, "com.docker.compose.volume": "new"}
        ),
    ],
    ids=["stopped", "removed", "scaled", "volume made"],
)
def test_a_kept_plan_is_refused_when_the_engine_has_moved(up, recorder, meddle):
    up.write(FILE.replace("[data:/data]", "[data:/data, new:/new]").replace("data: {}}", "data: {}, new: {}}"))
    up.compose("plan", "-o", "plan.json", code=2)
    meddle(up)
    before = up.ids()
    refused = up.compose("apply", "plan.json", env={"DOCKER_HOST": recorder.host}, code=1)
    assert "the engine's state has moved" in refused.stderr
    assert recorder.writes == []
    assert up.ids() == before


def test_contents_of_secrets_are_taken_from_the_files_when_a_plan_is_applied(stack):
    stack.write("""
        services:
          web:
            image: busybox
            command: sleep 1000
            stop_grace_period: 0s
            secrets: [key]
        secrets: {key: {environment: KEY}}
        """)
    stack.compose("plan", "-o", "plan.json", env={"KEY": "opensesame"}, code=2)
    assert "opensesame" not in (stack.folder / "plan.json").read_text()
    assert "is not what it was" in stack.compose("apply", "plan.json", env={"KEY": "other"}, code=1).stderr
    stack.compose("apply", "plan.json", env={"KEY": "opensesame"})
    assert stack.container("web").exec_run("cat /run/secrets/key").output == b"opensesame"


def test_drift_is_shown_and_repaired(up):
    up.container("web").update(mem_limit="64m", memswap_limit="64m")
    assert up.compose("plan", code=0).stdout == "Nothing to do.\n"
    shown = up.compose("plan", "--drift", code=2).stdout
    assert f"Container {up.name}-web-1" in shown
    assert "mem_limit" in shown
    up.compose("up", "-d", "--drift")
    assert up.container("web").attrs["HostConfig"]["Memory"] == 0
    assert up.compose("plan", "--drift", code=0).stdout == "Nothing to do.\n"


def test_a_plan_shows_which_volume_would_be_lost_and_keeps_it(up):
    up.write(FILE.replace("volumes: {data: {}}", "volumes: {data: {labels: {a: b}}}"))
    created = up.client.volumes.get(f"{up.name}_data").attrs["CreatedAt"]
    shown = up.compose("plan", code=2).stdout
    assert f"loses {up.name}_data" in shown
    assert up.client.volumes.get(f"{up.name}_data").attrs["CreatedAt"] == created


def test_up_tells_where_the_time_went(stack):
    stack.write(FILE)
    told = stack.compose("up", "-d", "--timings", "--trace", "trace.json").stdout
    assert "Critical path (" in told
    assert "Waiting for db to be healthy" in told
    events = json.loads((stack.folder / "trace.json").read_text())["traceEvents"]
    assert {event["args"]["name"] for event in events if event["ph"] == "M"} >= {"db", "web"}


def test_where_the_time_went_is_told_of_a_failure_too(stack):
    stack.write(FILE.replace('test: "true"', 'test: "false", retries: 1'))
    assert "Critical path (" in stack.compose("up", "-d", "--timings", code=1).stdout
