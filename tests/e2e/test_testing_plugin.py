"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from compose.health.observation import instant

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: busybox
    command: ["sh", "-c", "mkdir -p /w; echo hello > /w/index.html; echo begin; exec httpd -f -p 8080 -h /w"]
    ports: ["8080:8080"]
    volumes: ["data:/data"]
volumes: {data: {}}
"""
INI = "[pytest]\ncompose_file = compose.yaml\n"


def _instant(text):
    return str(instant(text))


@pytest.fixture
def suite(stack):
    """A directory with a test suite, and a way to run it; what it leaves on the engine is removed."""
    stack.write(FILE)
    stack.write(INI, "pytest.ini")
    base = f"t-{stack.folder.name[:20]}"

    def run(*arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "compose.testing.plugin", "-p", "no:cacheprovider", "-q", *arguments],
            cwd=stack.folder,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # quicker
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def left():
        found = stack.client.containers.list(all=True, ignore_removed=True)
        return [one for one in found if str(stack.folder) in one.labels.get("com.docker.compose.project.working_dir", "")]

    def happened(action, since):
        """Return the services of which a container did something, by the engine's own events."""
        until = stack.client.info()["SystemTime"]
        events = stack.client.events(since=_instant(since), until=_instant(until), filters={"event": action}, decode=True)
        ours = [one["Actor"]["Attributes"] for one in events]
        folder = "com.docker.compose.project.working_dir"
        return sorted(one["com.docker.compose.service"] for one in ours if one.get(folder) == str(stack.folder))

    run.write, run.left, run.until = stack.write, left, stack.until
    run.client, run.happened = stack.client, happened
    yield run
    for name in {one.labels["com.docker.compose.project"] for one in left()} | {base}:
        stack.name = name
        stack.clean()


def test_a_failed_test_shows_what_its_services_did_meanwhile(suite):
    suite.write(
        """
import urllib.request
from compose.testing import ready
def test_before(stack):
    stack["web"].exec("sh", "-c", "echo much earlier > /proc/1/fd/1")
    stack["web"].wait(ready.log("much earlier"))
def test_wrong(stack):
    stack["web"].exec("sh", "-c", "echo at that time > /proc/1/fd/1")
    assert urllib.request.urlopen(stack["web"].url()).read() == b"bye"
""",
        "test_it.py",
    )
    told = suite("--compose-artifacts=out", "--junitxml=junit.xml", code=1)
    assert re.search(r"compose: web of t-\S+, running", told)
    assert "at that time" in told
    assert "much earlier" not in told
    assert suite.left() == []
    assert suite.write("", "out/x").parent.joinpath("test_it.py-test_wrong").is_dir()
    assert 'name="compose.t-' in suite.write("", "x").parent.joinpath("junit.xml").read_text()


def test_a_stack_that_does_not_come_up_is_explained_where_a_test_asks_for_it(suite):
    suite.write(FILE.replace("exec httpd", "echo no port; exit 5; httpd"))
    suite.write("def test_it(stack): pass\n", "test_it.py")
    told = suite(code=1)
    assert "exited (5)" in told
    assert "no port" in told
    assert "Traceback" not in told
    assert suite.left() == []


def test_a_stack_is_kept_and_taken_again(suite):
    suite.write('def test_it(stack): print("id", stack["web"].containers()[0].id)\n', "test_it.py")
    first = suite("-s", "--compose-reuse")
    second = suite("-s", "--compose-reuse")
    ids = [line for text in (first, second) for line in text.splitlines() if line.startswith("id ")]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert "kept: t-" in second
    assert len(suite.left()) == 1


def test_markers_choose_another_stack_in_another_scope(suite):
    suite.write(
        """
import pytest
seen = []
def test_first(stack):
    assert stack["web"].exec("cat", "/w/index.html").stdout == "hello\\n"
    seen.append(stack)
@pytest.mark.compose(files_in={"web": {"/w/other": "more"}}, scope="function")
def test_second(stack):
    assert stack["web"].exec("cat", "/w/other").stdout == "more"
    assert stack.name != seen[0].name
def test_third(stack):
    assert stack is seen[0]
@pytest.mark.compose(servces=["web"])
def test_mistyped(stack): pass
""",
        "test_it.py",
    )
    told = suite("--strict-markers", code=1)
    assert "3 passed, 1 error" in told
    assert "a stack has no option `servces`: did you mean `services`?" in told
    assert "Traceback" not in told
    assert told.count("services.web.ports.0: 8080 -> ") == 1
    assert suite.left() == []


def test_a_suite_for_pytest_docker_runs_as_it_is(suite):
    suite.write(
        """
import pytest, urllib.request
@pytest.fixture(scope="session")
def docker_compose_file(pytestconfig): return str(pytestconfig.rootpath / "compose.yaml")
@pytest.fixture(scope="session")
def url(docker_ip, docker_services):
    url = f"http://{docker_ip}:{docker_services.port_for('web', 8080)}/"
    def answers():
        try: return urllib.request.urlopen(url).status == 200
        except OSError: return False
    docker_services.wait_until_responsive(timeout=30.0, pause=0.1, check=answers)
    return url
def test_it(url): assert urllib.request.urlopen(url).read() == b"hello\\n"
""",
        "test_it.py",
    )
    assert "1 passed" in suite()


def test_eight_workers_share_a_stack_and_one_that_is_killed_does_not_end_it(suite):
    suite.write(FILE.replace("\nvolumes:", "\n  db: {image: busybox, init: true, command: sleep 600}\nvolumes:"))
    suite.write(
        """
import os, pytest, signal
@pytest.mark.parametrize("number", range(24))
def test_it(stack, number):
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    assert stack["web"].exec("cat", "/w/index.html").stdout == "hello\\n"
    with open(f"seen-{os.environ['PYTEST_XDIST_WORKER']}", "w") as file:
        file.write(stack["web"].containers()[0].id)
""",
        "test_it.py",
    )
    began = suite.client.info()["SystemTime"]
    told = suite("-p", "xdist", "-n", "8", "--compose-share=session", code=1)
    assert "23 passed" in told
    assert suite.left() == []
    seen = list(suite.write("", "x").parent.glob("seen-*"))
    assert len(seen) >= 8  # those that lived, and the one that took the place of the killed one
    assert len({file.read_text() for file in seen}) == 1
    assert suite.happened("start", began) == ["db", "web"]
    assert suite.happened("destroy", began) == ["db", "web"]


def test_a_shared_stack_is_kept_for_failed_tests_only_and_reset_under_nobody(suite):
    suite.write(
        """
import pytest
shared = []
@pytest.mark.parametrize("number", range(2))
def test_it(stack, number): shared.append(stack)
@pytest.mark.parametrize("number", range(2))
@pytest.mark.compose(reset=True)
def test_own(stack, number):
    assert stack not in shared
    assert stack["web"].exec("ls", "/data").stdout == ""
    stack["web"].exec("touch", "/data/left", check=True)
""",
        "test_it.py",
    )
    assert "kept:" not in suite("-p", "xdist", "-n", "2", "--compose-share=session", "--compose-keep=failed")
    assert suite.left() == []


def test_nothing_is_left_of_a_run_that_is_killed(suite):
    suite.write(
        """
import os, signal
def test_it(stack):
    os.kill(os.getpid(), signal.SIGKILL)
""",
        "test_it.py",
    )
    suite(code=-signal.SIGKILL)
    suite.until(lambda: not suite.left(), "the reaper has removed what there was")


def test_marked_tests_begin_with_the_state_after_the_start(suite):
    suite.write(
        """
import pytest
def test_first(stack):
    stack["web"].exec("touch", "/data/left", check=True)
@pytest.mark.compose(reset="web")
def test_second(stack):
    assert stack["web"].exec("ls", "/data").stdout == ""
""",
        "test_it.py",
    )
    assert "2 passed" in suite()
