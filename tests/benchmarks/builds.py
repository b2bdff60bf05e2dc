"""Time builds of this tool beside another Compose tool's, in one run, with the memory that each needed.

    python tests/benchmarks/builds.py --peer 'docker compose' [--runs 5] [--only small,large] [--builders classic,buildkit]

`small` is one service with three files, `three` are three services with equal inputs, `large` is a context of 50,000 files
and 1 GB of which `.dockerignore` leaves ten, `scattered` the same with rules that name files instead of the one directory,
`ignored` with rules that leave only the Dockerfile and one more. Both tools use the engine that
DOCKER_HOST names, in turn (ours, peer, ours, ...). `first` is a build whose files changed, `again` one of the same files.
Seconds and ratios are medians; memory is the largest resident set of the tool's process (of buildx too where it runs), beside
that of `version`, which does nothing.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FILES, FOLDERS, SIZE, KEPT = 50_000, 500, 20_000, 10
DOCKERFILE = "FROM busybox\nCOPY . /app/\n"


class Took(NamedTuple):
    """Seconds, and kilobytes of memory."""

    seconds: float
    memory: int


def small(folder: Path) -> str:
    """Write one service with three files."""
    write_application(folder / "app")
    return "services: {web: {build: app}}\n"


def three(folder: Path) -> str:
    """Write three services that are built from the same files."""
    write_application(folder / "app")
    return "services: {a: {build: app}, b: {build: app}, c: {build: app}}\n"


def large(folder: Path, rules: str = "node_modules\n*.log\n") -> str:
    """Write a context of which the ignore file leaves ten files, as it names the directory of all others."""
    write_application(folder / "app")
    for number in range(FOLDERS):
        directory = folder / "app" / "node_modules" / f"package{number}"
        directory.mkdir(parents=True)
        for file in range(FILES // FOLDERS):
            with (directory / f"file{file}.js").open("wb") as target:
                target.truncate(SIZE)
    for number in range(KEPT - 3):
        (folder / "app" / f"kept{number}.py").write_text("x")
    (folder / "app" / ".dockerignore").write_text(rules)
    return "services: {web: {build: app}}\n"


def scattered(folder: Path) -> str:
    """Write the same context, whose ignore file names the files, so that every one of them is judged."""
    return large(folder, "**/*.js\n**/*.map\n!**/kept*.py\n*.log\n")


def ignored(folder: Path) -> str:
    """Write the same context, of which nothing is left but the Dockerfile and what changed."""
    return large(folder, "*\n!Dockerfile\n!changed.txt\n")


def write_application(folder: Path) -> None:
    """Write a Dockerfile and two files."""
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "main.py").write_text("print('hello')\n")
    touch(folder)


def touch(folder: Path) -> None:
    """Change a file, so that something is built."""
    (folder / "changed.txt").write_text(uuid.uuid4().hex)


WORKLOADS: dict[str, Callable[[Path], str]] = {
    "small": small,
    "three": three,
    "large": large,
    "scattered": scattered,
    "ignored": ignored,
}


def run(tool: str, folder: Path, arguments: tuple[str, ...], builder: str) -> Took:
    """Run one command to its end; leaves with its output when it fails."""
    # Where that variable is set, Python would compile an installed program anew in every run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"DOCKER_BUILDKIT": "1" if builder == "buildkit" else "0", "XDG_CACHE_HOME": str(folder / "cache")}
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [*shlex.split(tool), *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{tool} {shlex.join(arguments)}: exit {process.returncode}\n{output.read().decode(errors='replace')}")
    return Took(seconds, usage.ru_maxrss)


def measure(tools: dict[str, str], name: str, builder: str, runs: int) -> None:
    """Print a line for each step of a workload."""
    found: dict[str, dict[str, list[Took]]] = {step: {tool: [] for tool in tools} for step in ("first", "again")}
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "compose.yaml").write_text(WORKLOADS[name](folder))
        project = f"bench-{name}-{uuid.uuid4().hex[:8]}"
        for _ in range(runs + 1):
            for tool, command in tools.items():
                touch(folder / "app")
                for step in ("first", "again"):
                    found[step][tool].append(run(command, folder, ("-p", project, "build"), builder))
        for command in list(tools.values())[:1]:
            run(command, folder, ("-p", project, "down", "--rmi", "all"), builder)
    for step, by_tool in found.items():
        pairs = list(zip(*(took[1:] for took in by_tool.values()), strict=True))  # the first pair only warms up
        ratios = [ours.seconds / peer.seconds for ours, peer in pairs]
        ours, peer = (statistics.median(took.seconds for took in one[1:]) for one in by_tool.values())
        memory = [max(took.memory for took in one) / 1024 for one in by_tool.values()]
        sys.stdout.write(
            f"{name:8} {builder:9} {step:6} {ours:8.3f} {peer:8.3f} {statistics.median(ratios):7.2f}"
            f"  {min(ratios):.2f}-{max(ratios):.2f}   {memory[0]:6.0f} {memory[1]:6.0f}\n"
        )
        sys.stdout.flush()


def main() -> None:
    """Read the arguments, run all pairs, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=f"{sys.executable} -m compose")
    parser.add_argument("--peer", default="docker compose")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default=",".join(WORKLOADS))
    parser.add_argument("--builders", default="classic,buildkit")
    arguments = parser.parse_args()
    tools = {"ours": arguments.ours, "peer": arguments.peer}
    with tempfile.TemporaryDirectory() as folder:
        idle = run(arguments.ours, Path(folder), ("version",), "classic")
    sys.stdout.write(f"memory of `version`: {idle.memory / 1024:.0f} MB\n")
    sys.stdout.write(f"{'workload':8} {'builder':9} {'step':6} {'ours':>8} {'peer':>8} {'ratio':>7}  min-max     MB: ours peer\n")
    for name in arguments.only.split(","):
        for builder in arguments.builders.split(","):
            measure(tools, name, builder, arguments.runs)


if __name__ == "__main__":
    main()
