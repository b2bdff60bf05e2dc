"""What is told when something fails, and what `--report` keeps."""

from __future__ import annotations

import json
import zipfile

import pytest

pytestmark = pytest.mark.engine

FAILING = """
services:
  db:
    image: busybox
    command: [sh, -c, 'echo password is $$DB_PASSWORD; echo "relation users does not exist" >&2; exec sleep 600']
    stop_grace_period: 0s
    environment: {DB_PASSWORD: swordfish}
    secrets: [key]
    healthcheck: {test: [CMD-SHELL, 'echo no answer; exit 3'], interval: 200ms, retries: 2}
  web:
    image: busybox
    depends_on: {db: {condition: service_healthy}}
secrets: {key: {file: ./key}}
"""


def test_a_failed_dependency_is_told_as_text_and_as_data(stack):
    stack.write("open sesame\n", "key")
    stack.write(FAILING)
    told = stack.compose("up", "-d", code=1).stderr
    for part in (
        "error[dependency-unhealthy]",
        "compose.yaml:12:22",
        "`web` depends on `db` to be healthy (service_healthy)",
        "healthcheck: echo no answer; exit 3",
        "probe exited with 3",
        "relation users does not exist",
        "time line:",
        "not started because of this: `web`",
        "hint: the database lacks what `db` expects",
    ):
        assert part in told
    stack.compose("down", "-t", "0")
    line = stack.compose("--progress", "json", "up", "-d", code=1).stderr.splitlines()[-1]
    (diagnostic,) = json.loads(line)["diagnostics"]
    (failure,) = diagnostic["failures"]
    assert (failure["service"], failure["dependant"], failure["condition"]) == ("db", "web", "service_healthy")
    assert [probe["exit_code"] for probe in failure["probes"]] == [3, 3]
    assert "relation users does not exist" in failure["logs"]
    assert [moment["what"] for moment in failure["timeline"]] == ["created", "started", *["probe exited with 3"] * 2]


def test_time_that_ran_out_is_told_with_the_check_and_last_lines(stack):
    stack.write(
        "services:\n  a:\n    image: busybox\n    command: sh -c 'echo still loading; sleep 600'\n    stop_grace_period: 0s\n"
        "    healthcheck: {test: 'exit 1', interval: 200ms, start_period: 1h}\n"
    )
    told = stack.compose("up", "--wait", "--wait-timeout", "3", code=1).stderr
    assert "application not healthy after 3s" in told
    assert "still loading" in told
    assert "healthcheck: exit 1" in told


def test_what_a_container_cannot_start_with_is_shown_in_the_file(stack):
    stack.write("services:\n  a:\n    image: busybox\n    command: /nope\n  b:\n    image: busybox\n    depends_on: [a]\n")
    told = stack.compose("up", code=1).stderr
    assert "--> compose.yaml:4:14" in told
    assert "not started because of this: `b`" in told


def test_a_report_has_everything_but_secrets(stack):
    stack.write("open sesame\n", "key")
    stack.write(FAILING)
    stack.compose("up", "-d", "--report", "report.zip", code=1)
    with zipfile.ZipFile(stack.folder / "report.zip") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    names = [f"{stack.name}-db-1", f"{stack.name}-web-1"]
    assert set(parts) == {
        "report.json",
        "report.txt",
        "config.yaml",
        "plans/1-up.json",
        "events.jsonl",
        "engine/version.json",
        "engine/info.json",
        "networks.json",
        "volumes.json",
        "images.json",
        *(f"containers/{name}.json" for name in names),
        *(f"logs/{name}.log" for name in names),
    }
    report = json.loads(parts["report.json"])
    assert (report["exit_code"], report["project"], report["missing"]) == (1, stack.name, [])
    assert report["diagnostics"][0]["failures"][0]["service"] == "db"
    assert "password is ***" in parts[f"logs/{stack.name}-db-1.log"]
    assert "DB_PASSWORD: '***'" in parts["config.yaml"]
    for text in ("swordfish", "open sesame"):
        assert [name for name, content in parts.items() if text in content] == []


def test_a_report_is_also_written_when_all_went_well_and_when_the_files_are_wrong(stack):
    stack.write("services:\n  a: {image: busybox, command: 'true'}\n")
    stack.compose("up", "--report", "good.zip")
    stack.compose("run", "--rm", "--report", "run.zip", "a", "sh", "-c", "exit 4", code=4)
    stack.write("services:\n  a: {imagee: busybox}\n")
    stack.compose("up", "--report", "bad.zip", code=1)
    codes = {}
    for name in ("good", "run", "bad"):
        with zipfile.ZipFile(stack.folder / f"{name}.zip") as archive:
            codes[name] = json.loads(archive.read("report.json"))["exit_code"]
    assert codes == {"good": 0, "run": 4, "bad": 1}
