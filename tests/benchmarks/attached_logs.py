"""Many containers that log much, through attached `up`: nothing may be lost, each one's order kept, memory bounded.

    DOCKER_HOST=... python tests/benchmarks/attached_logs.py [--containers 100] [--rate 1000] [--seconds 20]

Nothing lost means: everything that the engine has in the end. An engine on a starved machine cuts off the log of a
container that ended before all of its output was taken (Docker waits 10 s), which no client can make good.

Every container writes `rate` numbered lines a second for `seconds`, then ends. What arrives is counted while it comes;
the resident memory of the client is sampled from /proc. With `--peer CMD` the other tool does the same afterwards.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINE = re.compile(rb"w-(\d+)\s+\| (\d+) ")
PROJECT = "attached-logs-bench"
PROGRAM = 'BEGIN {{ while (t++ < {ticks}) {{ for (i = 0; i < {batch}; i++) print ++n, text; fflush(); system("sleep 0.5") }} }}'
TEXT = "a line of about the length that programs usually write"


def compose_file(containers: int, rate: int, seconds: int) -> str:
    """Return the project: one service of so many replicas."""
    program = PROGRAM.format(ticks=seconds * 2, batch=rate // 2)
    return (
        f"name: {PROJECT}\nservices:\n  w:\n    image: busybox\n    scale: {containers}\n"
        f"    command: [awk, -v, 'text={TEXT}', '{program}']\n    stop_grace_period: 0s\n    network_mode: none\n"
    )


def resident(pid: int) -> int:
    """Return the resident memory of a process in kilobytes, 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0


def run(command: list[str], folder: Path) -> dict[str, float]:
    """Bring the project up attached, read everything, and return what was seen."""
    subprocess.run([*command, "up", "--no-start"], cwd=folder, check=True, capture_output=True)
    began = time.monotonic()
    last: dict[int, int] = {}
    lines = disorder = most = 0
    with (
        (folder / "stderr").open("wb") as errors,
        subprocess.Popen([*command, "up"], cwd=folder, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        assert process.stdout is not None
        rest = b""
        while chunk := process.stdout.read1(1 << 20):  # type: ignore[attr-defined]
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                found = LINE.search(line)
                if found is None:
                    continue
                container, number = int(found[1]), int(found[2])
                disorder += number != last.get(container, 0) + 1
                last[container] = number
                lines += 1
            most = max(most, resident(process.pid))
    took = time.monotonic() - began
    if process.returncode:
        sys.stdout.write("".join((folder / "stderr").read_text(errors="replace").splitlines(keepends=True)[-20:]))
    return {
        "code": process.returncode,
        "lines": lines,
        "containers": len(last),
        "disorder": disorder,
        "seconds": took,
        "most_megabytes": most / 1024,
    }


def kept(command: list[str], folder: Path) -> int:
    """Return how many lines the engine has in the end: a container whose log it cut off is nobody's loss but its own."""
    with subprocess.Popen([*command, "logs", "--no-color"], cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return sum(LINE.search(line) is not None for line in process.stdout)


def main() -> int:
    """Run, print, and fail when something is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--containers", type=int, default=100)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--peer", default="")
    options = parser.parse_args()
    wanted = options.containers * options.rate * options.seconds
    ours = [sys.executable, "-m", "compose"]
    tools = {"compose": ours} | ({options.peer: shlex.split(options.peer)} if options.peer else {})
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "compose.yaml").write_text(compose_file(options.containers, options.rate, options.seconds))
        for tool, command in tools.items():
            try:
                seen = run(command, folder)
                seen["kept"] = kept(ours, folder)
            finally:
                subprocess.run([*ours, "down", "-t", "0"], cwd=folder, check=True, capture_output=True)
            sys.stdout.write(
                f"{tool}: {seen['lines']:.0f} of {wanted} lines from {seen['containers']:.0f} containers,"
                f" {seen['disorder']:.0f} out of order, {seen['seconds']:.1f} s,"
                f" {seen['lines'] / seen['seconds']:.0f} lines/s, {seen['most_megabytes']:.0f} MB at most,"
                f" exit code {seen['code']:.0f}; the engine has {seen['kept']:.0f} lines\n"
            )
            good = good and (tool != "compose" or (seen["lines"] == seen["kept"] and not seen["disorder"]))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
