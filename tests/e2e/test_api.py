"""The Python API on a real engine: what the command line does, as methods."""

from __future__ import annotations

import asyncio
import threading
import urllib.request

import pytest

import compose

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: busybox
    command: ["sh", "-c", "mkdir -p /w && echo $$WHO > /w/index.html && echo serving && exec httpd -f -p 8080 -h /w"]
    environment: {WHO: file}
    ports: ["8080"]
    healthcheck: {test: wget -qO- http://127.0.0.1:8080/, interval: 1s, retries: 30}
  job:
    image: busybox
    profiles: [jobs]
    command: ["sh", "-c", "exit 7"]
"""


@pytest.fixture
def project(stack):
    with compose.load(stack.write(FILE), name=stack.name) as project:
        yield project


def test_a_project_goes_up_is_looked_at_and_goes_down(stack, project):
    events = []
    assert [str(step.operation.__class__.__name__) for step in project.plan().steps][-1] == "StartContainer"
    project.up(on_event=events.append)
    assert {type(event).__name__ for event in events} >= {"PlanStarted", "StepFinished", "HealthChanged", "PlanFinished"}
    assert urllib.request.urlopen(project.url("web", 8080)).read() == b"file\n"
    assert [(one.service, one.health) for one in project.ps()] == [("web", "healthy")]
    assert [line.text for line in project.logs()] == ["serving"]
    assert project.plan().steps == ()
    project.down(timeout=0)
    assert stack.containers() == []
    assert stack.networks() == []


def test_commands_run_inside_with_input_and_tell_their_end(stack, project):
    project.up(wait=False)
    assert project.exec("web", "cat", input="words").stdout == "words"
    with pytest.raises(compose.CommandFailed) as caught:
        project.exec("web", "sh", "-c", "echo sorry >&2; exit 3", check=True)
    assert (caught.value.completed.code, caught.value.completed.stderr) == (3, "sorry\n")
    assert project.run("web", "sh", "-c", "echo $WHO; exit 4", environment={"WHO": "run"}).code == 4
    assert stack.containers(oneoff=True) == []


def test_overrides_and_selection_need_no_other_file(stack):
    with compose.load(
        stack.write(FILE), name=stack.name, overrides={"services": {"web": {"environment": {"WHO": "code"}}}}
    ) as project:
        project.up("web", wait=False)
        assert project.exec("web", "sh", "-c", "echo $WHO").stdout == "code\n"
        with pytest.raises(compose.ComposeError, match="no such service: wep"):
            project.up("wep")


def test_a_job_ends_with_its_code(stack):
    with compose.load(stack.write(FILE), name=stack.name, profiles=["jobs"]) as project:
        assert project.run("job").code == 7
        assert project.run("job", "true").code == 0


def test_lines_are_followed_until_the_reader_has_enough(project):
    project.up(wait=False)
    for line in project.logs("web", follow=True):
        assert line.text == "serving"
        break


def test_it_works_beside_an_event_loop_and_in_threads(project):
    async def main():
        await asyncio.to_thread(project.up)
        return await asyncio.gather(*(asyncio.to_thread(project.exec, "web", "hostname") for _ in range(4)))

    assert len({done.stdout for done in asyncio.run(main())}) == 1


def test_events_come_until_another_thread_has_enough(project):
    seen, came, stop = [], threading.Event(), compose.Cancellation()

    def follow():
        for event in project.events("web", stop=stop):
            seen.append(event.action)
            came.set()

    thread = threading.Thread(target=follow)
    project.up("web")
    thread.start()
    while not came.wait(0.1):  # until the stream is open
        project.pause("web")
        project.unpause("web")
    stop.cancel()
    thread.join(60)
    assert not thread.is_alive()
    assert set(seen) <= {"pause", "unpause"}


def test_another_thread_can_stop_it(stack):
    file = stack.write(
        "services: {web: {image: busybox, command: sleep 60, healthcheck: {test: exit 1, interval: 1s, retries: 99}}}"
    )
    asked = compose.Cancellation()
    waiting = threading.Event()

    def told(event):
        if type(event).__name__ == "HealthChanged" and not waiting.is_set():
            waiting.set()
            threading.Thread(target=asked.cancel).start()

    with compose.load(file, name=stack.name) as project, pytest.raises(compose.Cancelled):
        project.up(stop=asked, on_event=told)
    assert waiting.is_set()


def test_our_own_probe_makes_ready_what_the_engine_would_look_at_much_later(stack):
    file = stack.write(FILE.replace("interval: 1s", "interval: 60s"))
    states = []
    with compose.load(file, name=stack.name) as project:
        project.up(probe=True, timeout=60, on_event=lambda event: states.append(getattr(event, "state", None)))
    assert "ready" in states
    assert "healthy" not in states
    assert stack.container("web").attrs["State"]["Health"]["Status"] == "starting"


def test_files_are_carried_into_containers_while_it_watches(stack):
    stack.write("first", "app/page")
    file = stack.write("""
services:
  web:
    image: busybox
    init: true
    command: sleep 600
    develop: {watch: [{action: sync, path: ./app, target: /app, initial_sync: true}]}
""")
    stop, on = compose.Cancellation(), threading.Event()

    def told(event):
        if type(event).__name__ == "WatchChanged":
            on.set()

    with compose.load(file, name=stack.name) as project:
        thread = threading.Thread(target=project.watch, kwargs={"stop": stop, "on_event": told})
        thread.start()
        assert on.wait(90)
        stack.write("second", "app/page")
        stack.until(lambda: project.exec("web", "cat", "/app/page").stdout == "second", "the file arrives")
        stop.cancel()
        thread.join(60)
        assert not thread.is_alive()
