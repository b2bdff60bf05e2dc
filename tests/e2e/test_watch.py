"""`watch`: what changes on the host is in the containers."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from tests.e2e.watching import Watcher, tree, until_equal

pytestmark = pytest.mark.engine

WEB = """
services:
  web:
    image: busybox
    init: true
    command: sleep 1000
    stop_grace_period: 0s
    scale: {scale}
    user: "{user}"
    develop:
      watch:
        - action: sync
          path: ./src
          target: /work/src
          ignore: ["skipped/", "**/*.log"]
"""


@pytest.fixture
def source(stack):
    folder = stack.folder / "src"
    (folder / "lib").mkdir(parents=True)
    (folder / "app.py").write_text("one\n")
    (folder / "lib" / "tool.py").write_text("tool\n")
    return folder


def is_left_out(path):
    return path.startswith((".git", "skipped")) or path.endswith(".log")


def test_whatever_is_done_on_the_host_is_done_in_every_replica(stack, source):
    stack.write(WEB.format(scale=2, user=""))
    (source / "skipped").mkdir()
    (source / "skipped" / "big").write_text("x")
    watcher = Watcher(stack)
    until_equal(stack, source, "/work/src", left_out=is_left_out)

    (source / "app.py").write_text("two\n")
    (source / "new" / "deep").mkdir(parents=True)
    (source / "new" / "deep" / "file").write_text("x" * 100_000)
    (source / "dangling").symlink_to("nowhere")
    (source / "absolute").symlink_to("/etc/passwd")
    (source / "odd 'na\nme").write_text("odd")
    (source / "app.log").write_text("never")
    (source / ".git").mkdir()
    (source / ".git" / "HEAD").write_text("never")
    until_equal(stack, source, "/work/src", left_out=is_left_out)

    (source / "app.py").chmod(0o755)
    (source / "new").rename(source / "moved")
    (source / "lib" / "tool.py").unlink()
    (source / "dangling").unlink()
    (source / "dangling").write_text("a file now")
    (source / "absolute").unlink()
    (source / "absolute").mkdir()
    shutil.rmtree(source / "lib")
    (source / "lib").write_text("a file now")
    until_equal(stack, source, "/work/src", left_out=is_left_out)

    assert watcher.stop() == 130
    assert set(stack.states().values()) == {"running"}


def test_what_is_ignored_in_the_container_stays_there(stack, source):
    stack.write(WEB.format(scale=1, user=""))
    Watcher(stack)
    until_equal(stack, source, "/work/src")
    stack.container("web").exec_run(
        ["sh", "-c", "mkdir -p /work/src/lib/skipped /work/src/skipped; echo x > /work/src/lib/own.log"]
    )

    shutil.rmtree(source / "lib")
    stack.until(lambda: "lib/tool.py" not in tree(stack.container("web"), "/work/src"), "the file is removed")

    assert tree(stack.container("web"), "/work/src").keys() == {"app.py", "lib", "lib/own.log", "skipped"}


def test_files_belong_to_the_services_user(stack, source):
    stack.write(WEB.format(scale=1, user="1234:2345"))
    Watcher(stack)
    until_equal(stack, source, "/work/src")

    (source / "made").mkdir()
    (source / "made" / "file").write_text("x")
    until_equal(stack, source, "/work/src")

    done = stack.container("web").exec_run(
        ["stat", "-c", "%u:%g", "/work/src", "/work/src/app.py", "/work/src/made", "/work/src/made/file"]
    )
    assert done.output.split() == [b"1234:2345"] * 4
    assert stack.container("web").exec_run(["sh", "-c", "echo x >> /work/src/app.py && rm /work/src/made/file"]).exit_code == 0


def test_edits_while_nobody_watched_are_there_afterwards_and_equal_files_are_not_sent(stack, source):
    stack.write(WEB.format(scale=1, user=""))
    watcher = Watcher(stack)
    until_equal(stack, source, "/work/src")
    watcher.stop()

    (source / "lib" / "tool.py").unlink()
    (source / "app.py").write_text("two\n")
    os.utime(source / "app.py", (1, 1))
    (source / "kept").write_text("x")
    again = Watcher(stack, "--no-up", "--json")
    until_equal(stack, source, "/work/src")
    again.stop()

    synced = [event for event in map(json.loads, again.lines) if event["type"] == "files-synced"]
    assert [(event["written"], event["removed"]) for event in synced] == [(2, 1)]
    assert sorted(synced[0]["paths"]) == ["/work/src/app.py", "/work/src/kept", "/work/src/lib/tool.py"]
    third = Watcher(stack, "--no-up")
    third.stop()
    assert third.lines == ["Watch enabled", "Watch disabled"]


def test_a_touch_and_an_equal_save_are_no_changes(stack, source):
    stack.write(WEB.format(scale=1, user=""))
    watcher = Watcher(stack)
    until_equal(stack, source, "/work/src")

    (source / "app.py").touch()
    (source / "lib" / "tool.py").write_text("tool\n")
    (source / "app.py").read_text()
    (source / "mark").write_text("x")
    until_equal(stack, source, "/work/src")

    watcher.stop()
    assert [line for line in watcher.lines if "/work/src/mark" in line or "file" in line][-1].endswith("(/work/src/mark)")


def test_containers_that_are_replaced_stopped_or_removed_get_what_they_missed(stack, source):
    stack.write(WEB.format(scale=1, user=""))
    Watcher(stack)
    (source / "app.py").write_text("two\n")
    (source / "lib" / "tool.py").unlink()
    until_equal(stack, source, "/work/src")

    stack.compose("up", "-d", "--force-recreate")
    until_equal(stack, source, "/work/src")

    for name in ("kept", "gone"):
        (source / "lib" / name).write_text(name)
    until_equal(stack, source, "/work/src")
    stack.container("web").stop(timeout=0)
    shutil.rmtree(source / "lib")
    (source / "app.py").write_text("three\n")
    stack.until(lambda: tree(stack.container("web"), "/work/src")["app.py"][0] == b"three\n", "copied into a stopped container")
    (source / "lib").mkdir()
    (source / "lib" / "kept").write_text("new\n")
    stack.container("web").start()
    until_equal(stack, source, "/work/src")

    stack.container("web").remove(force=True)
    (source / "app.py").write_text("four\n")
    stack.compose("up", "-d")
    until_equal(stack, source, "/work/src")


def test_only_files_that_include_and_globs_name_are_copied(stack):
    for name in ("a/src/x.py", "a/src/x.txt", "a/other/x.py", "b/src/deep/y.py", "c"):
        file = stack.folder / "packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    text = (
        WEB.format(scale=1, user="")
        .replace("./src", "./packages/*/src")
        .replace("ignore: [", 'include: ["**/*.py"]\n          ignore: [')
    )
    stack.write(text)
    Watcher(stack)

    def files():
        return {path for path, content in tree(stack.container("web"), "/work/src").items() if content is not None}

    stack.until(lambda: files() == {"a/src/x.py", "b/src/deep/y.py"}, "what is named is there")
    (stack.folder / "packages" / "d" / "src").mkdir(parents=True)
    (stack.folder / "packages" / "d" / "src" / "z.py").write_text("z")
    stack.until(lambda: files() == {"a/src/x.py", "b/src/deep/y.py", "d/src/z.py"}, "a new match is there")


def test_a_symlink_in_the_container_leads_nowhere(stack, source):
    stack.write(WEB.format(scale=1, user=""))
    Watcher(stack)
    until_equal(stack, source, "/work/src")
    container = stack.container("web")
    container.exec_run(["sh", "-c", "mkdir /elsewhere; rm -r /work/src/lib; ln -s /elsewhere /work/src/lib"])

    (source / "lib" / "tool.py").write_text("changed\n")
    (source / "lib" / "more.py").write_text("more\n")
    until_equal(stack, source, "/work/src")

    assert tree(container, "/elsewhere") == {}


def test_explain_names_the_pattern_and_its_place(stack, source):
    stack.write(WEB.format(scale=1, user=""))
    watcher = Watcher(stack, "--explain")
    (source / "app.log").write_text("x")
    watcher.until_said("app.log: ignored for rule 1 of web: `**/*.log` of `ignore` of rule 1 of web (compose.yaml:")
    (source / "app.py").write_text("x")
    watcher.until_said("app.py: counts for rule 1 of web")
    watcher.stop()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("develop:", "x-other:"), "none of the selected services is configured for watch, consider setting a 'develop' section"),
        (("action: sync", "action: rebuild"), 'can\'t watch service "web" with action rebuild without a build context'),
        (("action: sync", "action: sync+exec"), 'can\'t watch with action "sync+exec" on service web without a command'),
        (("path: ./src", "path: /"), "cannot watch root directory"),
    ],
)
def test_what_cannot_be_watched_is_said_before_anything_is_made(stack, change, message):
    stack.write(WEB.format(scale=1, user="").replace(*change))
    assert message in stack.compose("watch", code=1).stderr
    assert stack.containers() == []


def test_an_image_without_a_shell_gets_and_loses_files_all_the_same(stack, source):
    stack.write(
        'FROM busybox AS tools\nFROM scratch\nCOPY --from=tools /bin/busybox /sleep\nCMD ["/sleep", "1000"]\n', "Dockerfile"
    )
    stack.write(
        WEB.format(scale=1, user="1234:2345").replace("image: busybox", "build: .").replace("    command: sleep 1000\n", "")
    )
    Watcher(stack)
    (source / "lib" / "deep").mkdir()
    (source / "lib" / "deep" / "x").write_text("x")
    (source / "app.py").write_text("two\n")
    until_equal(stack, source, "/work/src")

    (source / "lib" / "deep").rename(source / "moved")
    (source / "lib" / "tool.py").unlink()
    (source / "app.py").chmod(0o755)
    until_equal(stack, source, "/work/src")
