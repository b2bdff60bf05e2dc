"""`watch` when something is in its way: said once, without a traceback, and mended as soon as that can be."""

from __future__ import annotations

import subprocess

import pytest

from tests.e2e.watching import Watcher, until_equal

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: busybox
    init: true
    command: sleep 1000
    stop_grace_period: 0s
    tmpfs: ["/work:size=256k"]
    develop: {watch: [{action: sync, path: ./src, target: /work/src}]}
"""
LIMITED = ("unshare", "--user", "--map-root-user", "sh", "-c", 'echo 2 > /proc/sys/user/max_inotify_watches && exec "$@"', "-")


@pytest.fixture
def source(stack):
    folder = stack.folder / "src"
    (folder / "lib" / "deep").mkdir(parents=True)
    (folder / "app.py").write_text("one\n")
    (folder / "lib" / "deep" / "tool.py").write_text("tool\n")
    return folder


def files(stack):
    """Return what the container has, as programs in it see it: archives do not show a tmpfs."""
    done = stack.container("web").exec_run(["sh", "-c", "cd /work/src && find . -type f -exec sha256sum {} +"])
    return {line.split()[1].decode(): line.split()[0].decode() for line in done.output.splitlines()}


def until_there(stack, source):
    def there():
        asked = ["sh", "-c", "find . -type f -exec sha256sum {} +"]
        lines = subprocess.run(asked, cwd=source, capture_output=True, text=True, check=True).stdout.splitlines()
        return files(stack) == {line.split()[1]: line.split()[0] for line in lines}

    stack.until(there, "the container has what the host has")


def test_a_full_disk_is_said_once_and_filled_when_there_is_room(stack, source):
    stack.write(FILE)
    watcher = Watcher(stack)
    until_there(stack, source)

    (source / "large").write_bytes(b"x" * 500_000)
    watcher.until_said("No space left on device")
    (source / "app.py").write_text("two\n")
    stack.until(lambda: stack.container("web").exec_run("cat /work/src/app.py").output == b"two\n", "what has room is written")
    (source / "large").write_bytes(b"x" * 1000)
    until_there(stack, source)

    assert len(watcher.said("No space left on device")) == 1
    assert watcher.said("/work/src/large")
    assert watcher.stop() == 130


def test_a_container_that_crashes_again_and_again_gets_the_repair(stack, source):
    (source / "run.sh").write_text("exec sleep 1000\n")
    stack.write(
        FILE.replace('    tmpfs: ["/work:size=256k"]\n', "    restart: always\n")
        .replace("command: sleep 1000", "command: sh /work/src/run.sh")
        .replace("action: sync", "action: sync+restart")
    )
    watcher = Watcher(stack)
    (source / "run.sh").write_text("exit 1\n")
    stack.until(lambda: stack.container("web").attrs["RestartCount"] > 2, "it crashes")
    (source / "run.sh").write_text("echo repaired; exec sleep 1000\n")
    stack.until(lambda: b"repaired" in stack.container("web").logs(), "it runs again")
    assert watcher.stop() == 130
    assert not [line for line in watcher.told if line.startswith(("warning", "error"))]


def test_where_the_system_watches_no_more_directories_files_are_looked_at_again_and_again(stack, source):
    if subprocess.run([*LIMITED, "true"], capture_output=True, check=False).returncode:
        pytest.skip("limits of a single process cannot be set here")
    stack.write(FILE.replace('    tmpfs: ["/work:size=256k"]\n', ""))
    watcher = Watcher(stack, through=LIMITED)
    watcher.until_said("hit OS limits creating a watcher.")
    (source / "lib" / "deep" / "tool.py").write_text("changed\n")
    (source / "lib" / "new").mkdir()
    (source / "lib" / "new" / "file").write_text("new\n")
    until_equal(stack, source, "/work/src")

    assert len(watcher.said("hit OS limits")) == 1
    assert watcher.said("sysctl fs.inotify.max_user_watches=")
    assert watcher.stop() == 130
