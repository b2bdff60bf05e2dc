"""The samples do what their README says."""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from http.client import HTTPException
from pathlib import Path

import pytest

from compose.testing.naming import fixed_name

SAMPLES = Path(__file__).parents[2] / "samples"

pytestmark = pytest.mark.engine


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return answer.read().decode()


def take(stack, name):
    shutil.copytree(SAMPLES / name, stack.folder, dirs_exist_ok=True)


def test_hello_answers_on_its_port(stack):
    take(stack, "hello")
    port = free_port()

    stack.compose("up", "-d", "--wait", env={"HELLO_PORT": str(port)})

    assert "Hello from a container" in get(port)
    assert stack.compose("plan", env={"HELLO_PORT": str(port)}).stdout.startswith("Nothing to do")


def test_hot_reload_follows_what_is_saved(stack):
    take(stack, "hot-reload")
    web, site = free_port(), free_port()
    process = stack.start("watch", env={"WEB_PORT": str(web), "SITE_PORT": str(site)})

    def until_said(text):
        assert any(text in line for line in iter(process.stdout.readline, "")), text

    def answers(port, text):
        def asked():
            try:
                return text in get(port)
            except (OSError, HTTPException):
                return False  # it is being restarted

        stack.until(asked, f"{text} is answered")

    until_said("Watch enabled")
    answers(web, "Hello from Python")
    answers(site, "Edit page/index.html")

    app = stack.folder / "web" / "app.py"
    app.write_text(app.read_text().replace('"Hello"', '"Good day"'))
    (stack.folder / "page" / "index.html").write_text("<h1>changed</h1>")
    answers(web, "Good day from Python")
    answers(site, "<h1>changed</h1>")
    (stack.folder / "work" / "orders.txt").write_text("apples 40\n")
    until_said("orders in all: 40")


def test_webapp_counts_in_both_stores_and_keeps_the_database_until_told_otherwise(stack):
    take(stack, "webapp")
    port = free_port()
    env = {"WEB_PORT": str(port)}

    stack.compose("up", "-d", "--wait", env=env)
    assert [json.loads(get(port))["redis"]["hits"] for _ in range(2)] == [1, 2]
    ids = stack.ids()
    assert stack.compose("plan", env=env).stdout.startswith("Nothing to do")
    stack.compose("up", "-d", env=env)
    assert stack.ids() == ids
    stack.compose("down", env=env)
    stack.compose("up", "-d", "--wait", env=env)

    answer = json.loads(get(port))
    assert (answer["redis"]["hits"], answer["postgres"]["visits"]) == (1, 3)
    stack.compose("down", "-v", "--rmi", "local", env=env)
    assert (stack.containers(), stack.volumes(), stack.networks()) == ([], [], [])


def test_integration_tests_pass_and_the_one_that_fails_shows_why(stack):
    for name in ("webapp", "integration-tests"):
        shutil.copytree(SAMPLES / name, stack.folder / name)
    folder = stack.folder / "integration-tests"
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "compose.testing.plugin", "-p", "no:cacheprovider", "-m", ""]
    try:
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=280, check=False)
    finally:
        for image in stack.client.images.list():
            for tag in image.tags:
                if tag.startswith(f"{fixed_name(str(folder))}-"):
                    stack.client.images.remove(tag)

    assert "1 failed, 9 passed" in done.stdout, done.stdout + done.stderr
    assert 'relation "visits" does not exist' in done.stdout
    assert "compose: db of t-integration-tests-" in done.stdout
