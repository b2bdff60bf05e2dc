"""Kill the owner of a stack at random moments of its life, and count what is left of it.

    python tests/benchmarks/kills.py [--runs 50] [--with-reaper 10] [--seed 1]

A process brings a stack up (two services, a network, a volume), keeps it for a moment and takes it down; it is killed with
SIGKILL at a moment between the beginning and the end of that. In the last `--with-reaper` runs its reaper is killed at the
same moment, so that only `compose gc` is left to clean up. Another process's stack is up all the time: its containers must
be the same in the end. The engine is that of DOCKER_HOST and should have nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import docker

FILE: Final = """
services:
  db:
    image: busybox
    command: sleep 1000
    volumes: ["data:/data"]
    healthcheck: {test: "true", interval: 1s}
  web:
    image: busybox
    command: sleep 1000
    depends_on: {db: {condition: service_healthy}}
volumes: {data: }
"""
OWNER: Final = """
import sys, time
from compose.testing import Stack
stack = Stack("compose.yaml", name=sys.argv[1])
print(flush=True)
with stack:
    print(flush=True)
    time.sleep(0.5) if sys.argv[2] == "short" else sys.stdin.read()
"""
LIMIT: Final = 2.0
"""Seconds after which nothing must be left."""
QUIET: Final = 2.0
"""For so long after the limit nothing must turn up again."""
LATEST: Final = 15.0


class Engine:
    """What is on the engine, by label."""

    def __init__(self) -> None:
        self.client = docker.from_env(timeout=60)

    def left(self, name: str) -> list[str]:
        """Return everything that carries a project's label."""
        wanted: dict[str, Any] = {"label": f"com.docker.compose.project={name}"}
        containers = self.client.api.containers(all=True, filters=wanted)
        return [
            *(f"container {one['Id']}" for one in containers),
            *(f"network {one['Id']}" for one in self.client.api.networks(filters=wanted)),
            *(f"volume {one['Name']}" for one in self.client.api.volumes(filters=wanted)["Volumes"] or ()),
        ]


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start(directory: Path, name: str, kind: str = "short") -> subprocess.Popen[str]:
    """Start an owner, and return it when it is about to bring its stack up."""
    command = [sys.executable, "-c", OWNER, name, kind]
    owner = subprocess.Popen(command, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    owner.stdout.readline()
    return owner


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def lifetime(directory: Path) -> float:
    """Return how long a stack lives that nobody kills."""
    owner = start(directory, "kills-undisturbed")
    began = time.monotonic()
    owner.wait()
    return time.monotonic() - began


def one(engine: Engine, directory: Path, name: str, moment: float, *, with_reaper: bool) -> tuple[float | None, int, int]:
    """Kill an owner; return after how long nothing was left (None = not by itself), and how much was left then and after gc."""
    owner = start(directory, name)
    time.sleep(moment)
    killed = [*children(owner.pid), owner.pid] if with_reaper else [owner.pid]
    for pid in killed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    owner.wait()
    began = last = time.monotonic()
    found = engine.left(name)
    while (now := time.monotonic()) - began < LATEST and (found or now - max(last, began) < QUIET + LIMIT):
        last = now if found else last
        found = engine.left(name)
    if not found:
        return last - began, 0, 0
    subprocess.run([sys.executable, "-m", "compose", "gc"], cwd=directory, check=True, capture_output=True)
    return None, len(found), len(engine.left(name))


def main(arguments: Sequence[str]) -> int:
    """Run it all, and print a line for each run and the sums; exit code 1 when something was left, or a live stack touched."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--with-reaper", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options, _ = parser.parse_known_args(arguments)
    chance, engine = random.Random(options.seed), Engine()
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        (directory / "compose.yaml").write_text(FILE)
        os.environ["XDG_STATE_HOME"] = str(directory / "state")
        whole = lifetime(directory)
        keeper = start(directory, "kills-keeper", "until told")
        assert keeper.stdout is not None
        keeper.stdout.readline()
        kept = engine.left("kills-keeper")
        say(f"a stack lives {whole:.1f} s; the one of a live owner has {len(kept)} things")
        results = []
        try:
            for number in range(options.runs):
                with_reaper = number >= options.runs - options.with_reaper
                moment = chance.uniform(0.0, whole)
                gone, left, after = one(engine, directory, f"kills-{number}", moment, with_reaper=with_reaper)
                results.append((with_reaper, gone, left, after))
                told = f"gone after {gone:.2f} s" if gone is not None else f"{left} left, {after} after gc"
                say(f"{number:3} killed{' with its reaper' if with_reaper else ''} at {moment:.2f} s: {told}")
            touched = engine.left("kills-keeper") != kept
        finally:
            keeper.communicate()
    return told_in_sum(results, touched=touched)


def told_in_sum(results: Sequence[tuple[bool, float | None, int, int]], *, touched: bool) -> int:
    """Print how many runs left nothing in time, later, after gc, and at all."""
    for with_reaper, title in ((False, "owner killed"), (True, "owner and reaper killed")):
        mine = [one[1:] for one in results if one[0] == with_reaper]
        times = [gone for gone, _, _ in mine if gone is not None]
        quick = sum(1 for gone in times if gone <= LIMIT)
        by_gc = sum(1 for gone, _, after in mine if gone is None and not after)
        median = f", median {statistics.median(times):.2f} s, longest {max(times):.2f} s" if times else ""
        say(
            f"{title}: {len(mine)} runs; nothing left within {LIMIT:g} s: {quick}, later by itself: {len(times) - quick},"
            f" only after gc: {by_gc}, still something: {len(mine) - len(times) - by_gc}{median}"
        )
    say(f"the stack of the live owner: {'touched' if touched else 'untouched'}")
    return int(touched or any(gone is None and after for _, gone, _, after in results))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
