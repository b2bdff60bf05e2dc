"""`watch` on a large tree: how long until it watches running containers, and what that costs while nothing happens.

    python tests/benchmarks/watch_tree.py [--files 20000] [--age DAYS] [--runs 5] [--idle 30]

Half of the files lie in an ignored `node_modules`. The seconds are from the start of the process to `Watch enabled`, which
is said when the containers have what the host has:

- known: the container has everything, and a watch before remembered that;
- forgotten: it has everything, and nobody remembers; contents are compared of files that are younger than the image;
- from image: a new container of an image that got the files by COPY;
- empty: a new container without the files, so that all of them are copied.
"""

from __future__ import annotations

import argparse
import os
import resource
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

FILE = """
services:
  web:
    {image}
    command: sleep 100000
    stop_signal: SIGKILL
    network_mode: none
    develop: {{watch: [{{action: sync, path: ./src, target: /work/src, ignore: [node_modules/], initial_sync: true}}]}}
"""
DOCKERFILE = "FROM busybox\nCOPY src/pkg /work/src/pkg\n"
PER_DIRECTORY = 20


class Project:
    """A folder with a tree, and the tool that watches it."""

    def __init__(self, folder: Path, tool: str, name: str, image: str) -> None:
        self.folder = folder
        self.state = folder.with_name(f"{folder.name}-state")
        self.command = [*shlex.split(tool), "-p", name]
        (folder / "compose.yaml").write_text(FILE.format(image=image))
        (folder / "Dockerfile").write_text(DOCKERFILE)
        (folder / ".dockerignore").write_text("**/node_modules\n")

    def run(self, *arguments: str) -> None:
        """Run a command of the tool to its end."""
        done = subprocess.run([*self.command, *arguments], cwd=self.folder, env=self._environ, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"{arguments}: {done.stderr.decode()}")

    def watch(self, *arguments: str) -> tuple[subprocess.Popen[str], float]:
        """Start to watch, and return the process and the seconds until it does."""
        began = time.perf_counter()
        process = subprocess.Popen(
            [*self.command, "watch", *arguments],
            cwd=self.folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if "Watch enabled" in line:
                return process, time.perf_counter() - began
        return sys.exit(f"it does not watch: exit {process.wait()}")

    def forget(self) -> None:
        """Remove what was remembered of containers."""
        shutil.rmtree(self.state, ignore_errors=True)

    @property
    def _environ(self) -> dict[str, str]:
        environ = {**os.environ, "XDG_STATE_HOME": str(self.state)}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        return environ


def stop(process: subprocess.Popen[str]) -> None:
    """End watching as Ctrl-C does."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def plant(root: Path, files: int, age: float) -> int:
    """Make the tree; return how many directories are not ignored."""
    token = uuid.uuid4().hex  # builders know equal contents again, whatever their times
    for number in range(files // PER_DIRECTORY):
        folder = root / ("node_modules" if number % 2 else "pkg") / f"d{number // 50}" / f"e{number}"
        folder.mkdir(parents=True)
        for name in range(PER_DIRECTORY):
            (folder / f"f{name}.js").write_text(f"{number} {name} {token}\n" * 10)
            os.utime(folder / f"f{name}.js", (time.time() - age, time.time() - age))
    return sum(1 for path in (root, root / "pkg", *(root / "pkg").rglob("*")) if path.is_dir())


def timed(title: str, project: Project, runs: int, before: Callable[[], object], *arguments: str) -> None:
    """Print the seconds until it watches, and the processor time up to then."""
    seconds, used = [], []
    for _ in range(runs):
        before()
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        process, took = project.watch(*arguments)
        stop(process)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(took)
        used.append(after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime)
    sys.stdout.write(
        f"{title:<28} {statistics.median(seconds):7.2f} s   (from {min(seconds):.2f} to {max(seconds):.2f}; "
        f"processor {statistics.median(used):.2f} s with its end)\n"
    )
    sys.stdout.flush()


def ticks(pid: int) -> int:
    """Return the processor time of a process so far, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def watches(pid: int) -> int:
    """Return how many directories a process has the kernel watch."""
    return sum(file.read_text().count("inotify wd") for file in Path(f"/proc/{pid}/fdinfo").iterdir())


def resting(project: Project, directories: int, idle: float) -> None:
    """Print what watching costs while nothing happens."""
    process, _ = project.watch()
    time.sleep(5)
    began, before = time.monotonic(), ticks(process.pid)
    time.sleep(idle)
    share = (ticks(process.pid) - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
    status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    memory = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
    sys.stdout.write(f"{'processor while idle':<28} {share * 100:7.2f} %   over {idle:g} s\n")
    sys.stdout.write(
        f"{'directories watched':<28} {watches(process.pid):7}     of {directories} not ignored, and the project's\n"
    )
    sys.stdout.write(f"{'memory':<28} {memory:7.0f} MB\n")
    stop(process)


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=f"{sys.executable} -m compose")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--age", type=float, default=3650.0, help="days since the files were changed")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--idle", type=float, default=30.0)
    given, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "project"
        directories = plant(folder / "src", given.files, given.age * 86_400)
        name = f"bench-tree-{uuid.uuid4().hex[:8]}"
        plain = Project(folder, given.ours, name, "image: busybox")
        sys.stdout.write(f"{given.files} files, {given.files // 2} of them ignored\n")
        try:
            plain.run("up", "-d")
            timed("first", plain, 1, lambda: None)
            timed("known", plain, given.runs, lambda: None)
            resting(plain, directories, given.idle)
            timed("forgotten", plain, given.runs, plain.forget)
            timed("empty", plain, given.runs, lambda: plain.run("up", "-d", "--force-recreate"))
            plain.run("down", "-t", "0")
            built = Project(folder, given.ours, name, "build: .")
            built.run("build")
            timed("from image", built, given.runs, lambda: built.run("up", "-d", "--force-recreate"), "--no-up")
        finally:
            subprocess.run([*plain.command, "down", "-t", "0", "--rmi", "local"], cwd=folder, capture_output=True, check=False)


if __name__ == "__main__":
    main()
