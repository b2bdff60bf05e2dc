"""After any storm of changes the container equals the host, and the host is as its owner left it."""

from __future__ import annotations

import os
import time

import pytest

from tests.e2e.storm import Storm
from tests.e2e.watching import Watcher, host_tree, until_equal

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: busybox
    init: true
    command: sleep 100000
    stop_grace_period: 0s
    develop: {watch: [{action: sync, path: ./src, target: /work/src, ignore: ["skipped", "**/*.log"]}]}
"""
SECONDS = float(os.environ.get("STORM_SECONDS", "0"))
"""How long to go on; by default three rounds."""
SEED = int(os.environ.get("STORM_SEED", "1"))


def is_left_out(path):
    return path == "skipped" or path.startswith(("skipped/", ".git")) or ".log/" in path or path.endswith((".log", "~"))


def test_after_any_storm_the_container_equals_the_host(stack):
    source = stack.folder / "src"
    source.mkdir()
    stack.write(FILE)
    watcher = Watcher(stack)
    storm = Storm(source, SEED)
    end = time.monotonic() + SECONDS
    rounds = 0
    while rounds < 3 or time.monotonic() < end:
        rounds += 1
        storm.blow(storm.random.choice((5, 30, 100)))
        if storm.random.random() < 0.15:
            stack.compose("up", "-d", "--force-recreate")
        elif storm.random.random() < 0.15:
            stack.container("web").stop(timeout=0)
            storm.blow(10)
            stack.container("web").start()
        before = host_tree(source)
        began = time.monotonic()
        try:
            until_equal(stack, source, "/work/src", left_out=is_left_out)
        except BaseException:
            print(*watcher.lines[-20:], *watcher.told[-20:], sep="\n")  # noqa: T201 - it says why the test failed
            raise
        print(f"round {rounds}: {storm.done} changes, equal after {time.monotonic() - began:.2f} s")  # noqa: T201 - asked for by -s
        assert host_tree(source) == before
    assert watcher.process.poll() is None
    watcher.stop()
