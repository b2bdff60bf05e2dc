"""Commands that only read: what they cost the engine, and that programs can read what they print."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def pair(stack):
    """A service of two containers that run, and one that has ended."""
    stack.write(
        "services:\n"
        "  web: {image: busybox, command: [sh, -c, 'echo hi; exec sleep 600'], scale: 2, ports: ['80'], stop_grace_period: 0s,"
        " volumes: ['data:/data']}\n"
        "  job: {image: busybox, command: 'true'}\n"
        "volumes: {data: {}}\n"
    )
    stack.compose("up", "-d")
    stack.until(lambda: stack.states().get("job-1") == "exited", "the job has ended")
    return stack


CALLS = {
    ("ps",): 2,  # a ping, and one list
    ("ps", "-a", "--format", "json"): 2,
    ("ls",): 2,
    ("port", "web", "80"): 2,
    ("top", "web"): 4,  # and each container once
    ("stats", "--no-stream", "web"): 4,
    ("images",): 3,  # and each image once
    ("logs", "-n", "1"): 8,  # and two calls for each container
    ("exec", "web", "true"): 5,  # and its creation, start and end
    ("volumes",): 2,
}


def test_no_call_is_made_that_is_not_needed(pair, recorder):
    for arguments, most in CALLS.items():
        before = len(recorder.calls)
        pair.compose(*arguments, env={"DOCKER_HOST": recorder.host})
        assert len(recorder.calls) - before <= most, recorder.calls[before:]
    assert ("GET", "/version") not in recorder.calls  # it takes an engine longer than everything else asked here


def test_everything_that_is_printed_can_be_read_by_programs(pair):
    """One object a line where a command goes on or lists many, one value otherwise; keys are the contract."""
    rows = {
        ("ps", "-a", "--format", "json"): {"Name", "Service", "State", "ExitCode", "Health", "Publishers", "Labels"},
        ("volumes", "--format", "json"): {"Name", "Driver", "Labels", "Mountpoint", "Scope"},
        ("stats", "--no-stream", "--format", "json"): {"Name", "CPUPerc", "MemUsage", "NetIO", "BlockIO", "PIDs"},
        ("events", "--json", "--since", "5m", "--until", "0s"): {"time", "type", "service", "id", "action", "attributes"},
        ("logs", "--json"): {"type", "time", "service", "container", "stream", "text"},
    }
    for arguments, keys in rows.items():
        lines = [json.loads(line) for line in pair.compose(*arguments).stdout.splitlines()]
        assert lines, arguments
        assert all(keys <= line.keys() for line in lines), (arguments, lines)
    values = {
        ("top", "--format", "json"): {"service", "number", "titles", "rows"},
        ("ls", "--all", "--filter", f"name={pair.name}", "--format", "json"): {"Name", "Status", "ConfigFiles"},
        ("images", "--format", "json"): {"ID", "ContainerName", "Repository", "Tag", "Platform", "Size"},
        ("port", "--format", "json", "web", "80"): {"address", "public", "private", "protocol"},
    }
    lists = ("--services", "--volumes", "--networks", "--models", "--profiles", "--images")
    assert [sorted(json.loads(pair.compose("config", flag, "--format", "json").stdout)) for flag in lists] == [
        ["job", "web"], ["data"], ["default"], [], [], ["busybox", "busybox"],
    ]  # fmt: skip
    values |= {
        ("config", "--hash", "*", "--format", "json"): {"web", "job"},
        ("config", "--environment", "--format", "json"): {"PATH"},
        ("config", "--format", "json"): {"name", "services", "volumes"},
        ("version", "--format", "json"): {"version"},
    }
    for arguments, keys in values.items():
        value = json.loads(pair.compose(*arguments).stdout)
        for item in value if isinstance(value, list) else [value]:
            assert keys <= item.keys(), (arguments, value)
