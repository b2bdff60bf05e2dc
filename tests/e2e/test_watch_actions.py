"""What `watch` does besides copying: restart, signal, exec, rebuild, reload; and watching beside the output of `up`."""

from __future__ import annotations

import re
import signal

import pytest

from tests.e2e.watching import Watcher, until_equal

pytestmark = pytest.mark.engine

RULES = """
services:
  web:
    image: busybox
    init: true
    command: [sh, -c, "cat /work/app/file; exec sleep 1000"]
    stop_grace_period: 1s
    develop:
      watch:
        - {action: sync+restart, path: ./app, target: /work/app}
        - action: sync+exec
          path: ./lib
          target: /work/lib
          exec: {command: [sh, -c, "echo seen `cat /work/lib/file`; exit 3"]}
        - {action: restart, path: ./restart}
  other:
    image: busybox
    command: [sh, -c, "trap 'echo told to reload' HUP; while true; do sleep 0.1; done"]
    stop_grace_period: 0s
    develop:
      watch:
        - {action: sync+restart, path: ./app, target: /work/app, x-signal: SIGHUP}
"""


@pytest.fixture
def folders(stack):
    for name in ("app", "lib", "restart"):
        (stack.folder / name).mkdir()
        (stack.folder / name / "file").write_text("one\n")
    stack.write(RULES)
    return stack.folder


def started(stack, service="web"):
    container = stack.container(service)
    return container.attrs["State"]["StartedAt"]


def test_each_rule_does_its_own(stack, folders):
    watcher = Watcher(stack, "--no-reload")
    stack.until(lambda: stack.container("web").logs() == b"one\n", "its files were there when it was started")
    first = started(stack)
    other = started(stack, "other")

    (folders / "lib" / "file").write_text("two\n")
    watcher.until_said(f"{stack.name}-web-1: seen two")
    watcher.until_said("web: failed with exit code 3")
    assert started(stack) == first

    (folders / "app" / "file").write_text("three\n")
    stack.until(lambda: stack.container("web").logs().endswith(b"three\n"), "the restarted process has the new file")
    stack.until(lambda: b"told to reload" in stack.container("other").logs(), "the signal came")
    second = started(stack)
    assert second != first
    assert started(stack, "other") == other

    (folders / "restart" / "file").write_text("one\n")
    (folders / "restart" / "file").touch()
    (folders / "restart" / "file").write_text("changed\n")
    stack.until(lambda: started(stack) not in {first, second}, "it is restarted without a copy")
    assert watcher.stop() == 130


def test_a_process_that_ignores_the_signal_to_stop_is_named_and_delays_nobody_else(stack):
    for name in ("slow", "quick"):
        (stack.folder / name).mkdir()
        (stack.folder / name / "file").write_text("one\n")
    stack.write("""
services:
  slow:
    image: busybox
    command: [sh, -c, "trap '' TERM; while true; do sleep 1000; done"]
    stop_grace_period: 3s
    develop: {watch: [{action: sync+restart, path: ./slow, target: /work}]}
  quick:
    image: busybox
    init: true
    command: sleep 1000
    develop: {watch: [{action: sync, path: ./quick, target: /work}]}
""")
    watcher = Watcher(stack)
    (stack.folder / "slow" / "file").write_text("two\n")
    watcher.until_said("slow: restarting")
    (stack.folder / "quick" / "file").write_text("two\n")
    until_equal(stack, stack.folder / "quick", "/work", service="quick")
    assert watcher.said("slow: restarted") == []
    watcher.until_said("slow ignored SIGTERM for 3 s and was killed")


BUILT = """
services:
  web:
    build: .
    init: true
    stop_grace_period: 0s
    develop:
      watch:
        - {action: rebuild, path: ./src}
  other:
    image: busybox
    init: true
    command: sleep 1000
    stop_grace_period: 0s
"""


def test_a_rebuild_replaces_only_what_it_is_for_and_a_failed_one_nothing(stack):
    (stack.folder / "src").mkdir()
    (stack.folder / "src" / "file").write_text("one\n")
    stack.write("FROM busybox\nCOPY src /src\nCMD sleep 1000\n", "Dockerfile")
    stack.write(BUILT)
    watcher = Watcher(stack)
    before = stack.ids()

    (stack.folder / "src" / "file").write_text("two\n")
    watcher.until_said("web: built and up")
    assert stack.container("web").exec_run("cat /src/file").output == b"two\n"
    after = stack.ids()
    assert after[f"{stack.name}-other-1"] == before[f"{stack.name}-other-1"]
    assert after[f"{stack.name}-web-1"] != before[f"{stack.name}-web-1"]

    stack.write("FROM busybox\nRUN echo this is broken; exit 7\n", "Dockerfile")
    watcher.until_said("web: cannot be rebuilt")
    assert watcher.said("this is broken")
    assert stack.ids() == after

    stack.write("FROM busybox\nCOPY src /src\nENV MADE=new\nCMD sleep 1000\n", "Dockerfile")
    watcher.until_said("web: built and up", count=2)
    assert "MADE=new" in stack.container("web").attrs["Config"]["Env"]
    assert watcher.stop() == 130


def test_a_newer_save_ends_an_outdated_rebuild(stack):
    (stack.folder / "src").mkdir()
    (stack.folder / "src" / "file").write_text("one\n")
    stack.write(
        'FROM busybox\nCOPY src /src\nRUN if grep slow /src/file; then sleep 1000; fi\nCMD ["sleep", "1000"]\n', "Dockerfile"
    )
    stack.write(BUILT)
    watcher = Watcher(stack)
    (stack.folder / "src" / "file").write_text("slow\n")
    watcher.until_said("web: building its image")
    (stack.folder / "src" / "file").write_text("quick\n")
    watcher.until_said("web: built and up")
    assert watcher.said("an outdated build was stopped")
    assert stack.container("web").exec_run("cat /src/file").output == b"quick\n"
    assert watcher.stop() == 130


def test_a_changed_compose_file_is_planned_and_applied_and_a_broken_one_explained(stack, folders):
    watcher = Watcher(stack)
    web = stack.container("web").id
    other = stack.container("other").id

    stack.write(RULES.replace("  other:", "  other:\n    environmental: {A: b}"))
    watcher.until_said("compose.yaml: cannot be reloaded")
    watcher.until_said("environmental")

    stack.write(
        RULES.replace("  other:", "  other:\n    environment: {A: b}").replace(
            "target: /work/app, x-signal", "target: /moved, x-signal"
        )
    )
    watcher.until_said("compose.yaml: reloaded")
    watcher.until_said("compose.yaml changed: the new plan")
    assert stack.container("web").id == web
    assert stack.container("other").id != other
    (folders / "app" / "file").write_text("two\n")
    until_equal(stack, folders / "app", "/moved", service="other")
    assert watcher.stop() == 130


def test_watching_goes_on_beside_the_output_of_up(stack, folders):
    process = stack.start("up", "--watch", "web")
    lines = iter(process.stdout.readline, "")
    assert any("Watch enabled" in line for line in lines)
    (folders / "app" / "file").write_text("two\n")
    assert any(re.search(r"^web-1 +\| two", line) for line in lines)
    process.send_signal(signal.SIGINT)
    assert any("Watch disabled" in line for line in lines)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert stack.states() == {"web-1": "exited"}


def test_up_watch_needs_something_to_watch_and_somebody_to_see_it(stack):
    stack.write("services: {web: {image: busybox}}")
    assert "none of the selected services is configured for watch, see https://" in stack.compose("up", "--watch", code=1).stderr
    assert "--detach cannot be combined with" in stack.compose("up", "-d", "--watch", code=1).stderr
    assert "--no-build and --watch are incompatible" in stack.compose("up", "--no-build", "--watch", code=1).stderr
