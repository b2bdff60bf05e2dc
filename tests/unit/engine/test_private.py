"""Private engines for real: beside whatever engine runs already, and gone without a trace."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from compose.base.errors import ComposeError
from compose.base.events import StepFinished, StepStarted
from compose.engine import private
from compose.engine.connect import connect
from compose.engine.endpoint import resolve
from compose.engine.port import Call
from compose.engine.private_home import StartOptions, home_of
from compose.engine.private_process import find_program, members


@pytest.fixture
def environ(programs):
    """An environment with a state directory of its own; engines left in it are stopped."""
    if os.geteuid() != 0:
        pytest.fail("a rootful private engine can be tested by root only")
    state = tempfile.mkdtemp(dir="/tmp", prefix="ce")
    environ = {**os.environ, **programs, "XDG_STATE_HOME": state}
    environ.pop("DOCKER_HOST", None)
    yield environ
    for engine in private.list_engines(environ=environ):
        private.stop(engine.name, environ=environ)
    shutil.rmtree(state)


@pytest.fixture
def machine(environ):
    """What the machine has of the test's engine."""
    home = home_of("t", environ)

    def look():
        rules = [
            line
            for program in ("iptables", "ip6tables")
            for table in ("raw", "nat", "filter")
            for line in output(environ, find_program(program, environ), "-w", "-t", table, "-S")
        ]
        return {
            "bridges": [path.name for path in Path("/sys/class/net").iterdir() if path.name == f"ce-{home.digest}"],
            "rules": [line for line in rules if home.digest in line],
            "mounts": [line for line in Path("/proc/self/mounts").read_text().splitlines() if str(home.directory) in line],
            "cgroups": list(Path("/sys/fs/cgroup").glob(f"**/compose-engine-{home.digest}")),
            "processes": sorted(members(home)),
            "files": list(Path(environ["XDG_STATE_HOME"]).iterdir()),
        }

    return look


NOTHING = {"bridges": [], "rules": [], "mounts": [], "cgroups": [], "processes": [], "files": []}


def output(environ, *command):
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stdout.splitlines()


def start(environ, name="t", **options):
    events = []
    return private.start(StartOptions(environ=environ, name=name, kind="docker", **options), events.append), events


def ask(engine, method, path, **call):
    connected = connect(resolve({}, host=engine.host))
    try:
        return connected.call(Call(method=method, path=path, **call))
    finally:
        connected.close()


@pytest.mark.engine
def test_a_started_engine_works_and_leaves_nothing_when_stopped(environ, machine):
    engine, events = start(environ)

    assert engine.answers
    assert [type(event) for event in events] == [StepStarted, StepFinished]
    network = ask(engine, "POST", "/networks/create", body={"Name": "n", "Driver": "bridge"})
    assert Path("/sys/class/net", f"br-{network['Id'][:12]}").is_dir()
    running = machine()
    assert [name for name, found in running.items() if not found] == ["mounts", "cgroups"]

    private.stop("t", environ=environ)

    assert machine() == NOTHING
    assert not Path("/sys/class/net", f"br-{network['Id'][:12]}").exists()


@pytest.mark.engine
def test_rules_and_bridges_of_another_engine_are_left_alone(environ):
    def others():
        lines = output(environ, find_program("iptables", environ), "-w", "-t", "nat", "-S")
        chains = {line for line in lines if re.search(r"^-N (?!CE)", line)}
        return chains, {path.name for path in Path("/sys/class/net").iterdir() if path.name == "docker0"}

    before = others()
    first, _ = start(environ, "one")
    second, _ = start(environ, "two")
    bridges = {ask(engine, "GET", "/networks/bridge")["IPAM"]["Config"][0]["Subnet"] for engine in (first, second)}

    assert len(bridges) == 2
    private.stop("one", environ=environ)
    assert ask(second, "GET", "/_ping") == "OK"
    private.stop("two", environ=environ)
    assert others() == before


@pytest.mark.engine
def test_starting_again_changes_nothing(environ):
    engine, _ = start(environ)

    again, events = start(environ)

    assert (again, events) == (engine, [])


@pytest.mark.engine
def test_data_is_kept_only_when_asked(environ):
    engine, _ = start(environ)
    ask(engine, "POST", "/volumes/create", body={"Name": "kept"})
    private.stop("t", environ=environ, keep_data=True)
    assert [entry.name for entry in Path(engine.directory).iterdir()] == ["data"]

    engine, _ = start(environ)
    assert [volume["Name"] for volume in ask(engine, "GET", "/volumes")["Volumes"]] == ["kept"]
    private.stop("t", environ=environ)

    assert not Path(engine.directory).exists()


@pytest.mark.engine
def test_a_killed_engine_can_be_started_again_and_stopped(environ, machine):
    engine, _ = start(environ)
    ask(engine, "POST", "/networks/create", body={"Name": "n", "Driver": "bridge"})
    os.kill(engine.pid, signal.SIGKILL)
    os.waitpid(engine.pid, 0)

    assert [(found.is_running, found.answers) for found in private.list_engines(environ=environ)] == [(False, False)]
    again, _ = start(environ)

    assert again.pid != engine.pid
    assert "n" in {network["Name"] for network in ask(again, "GET", "/networks")}
    os.kill(again.pid, signal.SIGKILL)
    os.waitpid(again.pid, 0)
    private.stop("t", environ=environ)
    assert machine() == NOTHING


@pytest.mark.engine
def test_without_a_usable_packet_filter_it_runs_all_the_same(environ, machine, tmp_path):
    for name in ("iptables", "iptables-nft", "iptables-legacy", "ip6tables", "ip6tables-nft", "ip6tables-legacy"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 3\n")
        (tmp_path / name).chmod(0o755)
    without = {**environ, "PATH": f"{tmp_path}:{environ['PATH']}"}

    engine, _ = start(without)
    network = ask(engine, "POST", "/networks/create", body={"Name": "n", "Driver": "bridge"})
    private.stop("t", environ=without)

    assert not Path("/sys/class/net", f"br-{network['Id'][:12]}").exists()
    assert machine() == NOTHING


@pytest.mark.engine
def test_an_engine_that_cannot_start_says_why_and_leaves_nothing(environ, machine, tmp_path):
    (tmp_path / "dockerd").write_text("#!/bin/sh\necho cannot do it >&2\nexit 3\n")
    (tmp_path / "dockerd").chmod(0o755)

    with pytest.raises(ComposeError) as caught:
        start({**environ, "PATH": f"{tmp_path}:{environ['PATH']}"})

    problem = caught.value.diagnostics[0]
    assert (problem.code, problem.summary) == ("engine-start-failed", "engine `t` ended with status 3")
    assert problem.detail == "cannot do it"
    assert machine() == NOTHING
    assert private.list_engines(environ=environ) == ()


def test_missing_programs_are_all_named(monkeypatch, tmp_path):
    monkeypatch.setattr(
        private.private_docker, "find_program", lambda name, _environ: "/x" if name in {"mount", "unshare"} else None
    )
    monkeypatch.setattr(private.os, "geteuid", lambda: 0)

    with pytest.raises(ComposeError) as caught:
        private.start(StartOptions(environ={"XDG_STATE_HOME": str(tmp_path), "PATH": ""}, kind="docker", name="t"), print)

    assert caught.value.diagnostics[0].code == "engine-not-installed"
    assert "`dockerd`, `containerd`, `runc`, `iptables`, `ip`" in caught.value.diagnostics[0].summary
    assert list(tmp_path.rglob("t")) == []


@pytest.mark.parametrize(("root", "kind"), [(True, "docker-rootless"), (False, "docker")])
def test_a_kind_that_does_not_suit_the_user_is_refused(monkeypatch, tmp_path, root, kind):
    monkeypatch.setattr(private.os, "geteuid", lambda: 0 if root else 1000)

    with pytest.raises(ComposeError) as caught:
        private.start(StartOptions(environ={"XDG_STATE_HOME": str(tmp_path), "PATH": ""}, kind=kind, name="t"), print)

    assert caught.value.diagnostics[0].code == "engine-rights"


def test_an_unknown_engine_cannot_be_stopped(tmp_path):
    with pytest.raises(ComposeError) as caught:
        private.stop("nope", environ={"XDG_STATE_HOME": str(tmp_path)})

    assert caught.value.diagnostics[0].summary == "no private engine `nope`"
    assert json.dumps(caught.value.diagnostics[0].hint) == '""'


def test_the_lock_is_on_the_directory_that_is_there_when_it_is_got(tmp_path):
    path = tmp_path / "engine"
    first = private._lock(path)
    second = []
    waiter = threading.Thread(target=lambda: second.append(private._lock(path)))
    waiter.start()
    path.rmdir()
    os.close(first)
    waiter.join(30)

    assert path.stat().st_ino == os.fstat(second[0]).st_ino
    os.close(second[0])
